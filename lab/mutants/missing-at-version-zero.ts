/** Every 404 is at version 0: it cannot be told from "never created", nor ordered against the content it follows. */
import type { OriginAnswer } from '../../services/edge/origin-client.ts';
import { DecoratedOriginClient } from './decorated-origin-client.ts';
import type { Mutant } from './mutant.ts';

class Zeroing extends DecoratedOriginClient {
  override async fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    const answer = await this.origin.fetch(id, ifNoneMatch);
    return answer.kind === 'missing' ? { ...answer, version: 0 } : answer;
  }
}

export const missingAtVersionZero: Mutant = {
  name: 'missing-at-version-zero',
  about: 'a 404 has version 0, also of a content that was deleted',
  caughtBy: ['misdated', 'stale-after-bound', 'phantom-version', 'lost-invalidation', 'divergence'],
  shownBy: 'delete-while-filling',
  edge: (ports) => ({ ...ports, origin: new Zeroing(ports.origin) }),
};
