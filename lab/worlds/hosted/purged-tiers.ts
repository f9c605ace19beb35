/** What a purge is to a cache that stands behind a shield: a request to each of the two, one after the other. */
import type { DeliveryOptions } from '../../../services/purger/delivery.ts';
import type { Shield } from '../../targets/target.ts';

type Ask = DeliveryOptions['ask'];

export interface Tiers<Tier> {
  readonly cache: Tier;
  /** undefined: it stands behind none. */
  readonly shield: Tier | undefined;
}

/** In the order in which they are purged. */
export function inOrder<Tier>({ cache, shield }: Tiers<Tier>, order: Shield | undefined): readonly Tier[] {
  if (shield === undefined) return [cache];
  return order === 'purged-last' ? [cache, shield] : [shield, cache];
}

/** It is taken when both have taken it. `ok`: the statuses of a purge that was taken. */
export function askEach(asks: readonly Ask[], ok: readonly number[]): Ask {
  return async (request) => {
    let answer = { status: 0 };
    for (const ask of asks) {
      answer = await ask(request);
      if (!ok.includes(answer.status)) break;
    }
    return answer;
  };
}
