/** As the original EdgeSync had it: a 404 of the origin is answered as an error of the edge. */
import { type OriginAnswer, OriginUnavailable } from '../../services/edge/origin-client.ts';
import { DecoratedOriginClient } from './decorated-origin-client.ts';
import type { Mutant } from './mutant.ts';

class Failing extends DecoratedOriginClient {
  override async fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    const answer = await this.origin.fetch(id, ifNoneMatch);
    if (answer.kind === 'missing') throw new OriginUnavailable('expected a content, got 404');
    return answer;
  }
}

export const missingAsError: Mutant = {
  name: 'missing-as-error',
  about: 'an edge answers a 404 of the origin with an error',
  caughtBy: ['unavailable'],
  shownBy: 'delete-while-filling',
  edge: (ports) => ({ ...ports, origin: new Failing(ports.origin) }),
};
