/**
 * What stands for an upstream in virtual time: between an edge and the origin, where it holds answers back. There are
 * no sockets here and an answer is one piece, so half a body is held as the whole of it: the edge has nothing of it
 * before it is let go.
 */
import type { OriginAnswer, OriginClient } from '../../../services/edge/origin-client.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import { Fetches } from '../../../services/upstream/fetches.ts';
import type { UpstreamControl } from '../../targets/upstream-control.ts';

const STATUSES: Readonly<Record<OriginAnswer['kind'], number>> = { content: 200, unchanged: 304, missing: 404 };

export class HeldOrigin implements UpstreamControl {
  /** It stamps nothing: our own edge would not pass it on. */
  readonly run = 'simulated';
  readonly #fetches: Fetches;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#fetches = new Fetches(clock);
  }

  hold: UpstreamControl['hold'] = (path, at) => this.#fetches.hold(path, at);

  fetchesOf: UpstreamControl['fetchesOf'] = (path) => this.#fetches.of(path);

  /**
   * Lifetimes and tags are headers for caches of others: our own edge has a lifetime of its own, and reads tags from
   * the content.
   */
  set(): void {}

  /** The origin as an edge reaches it from then on. */
  before(origin: OriginClient): OriginClient {
    return {
      fetch: (id, ifNoneMatch) => this.#fetch(origin, id, ifNoneMatch),
      list: (query) => origin.list(query),
      answers: () => origin.answers(),
      close: () => origin.close(),
    };
  }

  async #fetch(origin: OriginClient, id: number, ifNoneMatch: string | undefined): Promise<OriginAnswer> {
    const path = `/api/content/${id}`;
    const fetch = this.#fetches.begin(path, { conditional: ifNoneMatch !== undefined });
    const answer = await origin.fetch(id, ifNoneMatch);
    fetch.status = STATUSES[answer.kind];
    const hold = this.#fetches.take(path);
    if (hold !== undefined) {
      hold.reach(fetch);
      await hold.until;
    }
    this.#fetches.end(fetch);
    return answer;
  }
}
