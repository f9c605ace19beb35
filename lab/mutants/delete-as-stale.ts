/**
 * As the original EdgeSync had it: a deletion is an invalidation like any other, which a lazy region takes as a stale
 * mark, and a revalidation that finds nothing fails: deleted content is served until its life ends.
 */
import type { Application, ApplyOutcome, EdgeCache } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import { type OriginAnswer, OriginUnavailable } from '../../services/edge/origin-client.ts';
import type { InvalidationMode } from '../../services/protocol/invalidation.ts';
import { DecoratedOriginClient } from './decorated-origin-client.ts';
import type { Mutant } from './mutant.ts';

class StaleDeletes extends DecoratedCache {
  readonly #mode: InvalidationMode;

  constructor(cache: EdgeCache, mode: InvalidationMode) {
    super(cache);
    this.#mode = mode;
  }

  override apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    const softened = ({ mark, ...application }: Application) => ({
      ...application,
      mark: mark.version === undefined ? mark : { ...mark, mode: this.#mode },
    });
    return this.cache.apply(batch.map(softened));
  }
}

class FailingRevalidation extends DecoratedOriginClient {
  override async fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    const answer = await this.origin.fetch(id, ifNoneMatch);
    if (answer.kind === 'missing' && ifNoneMatch !== undefined) throw new OriginUnavailable('expected a content, got 404');
    return answer;
  }
}

export const deleteAsStale: Mutant = {
  name: 'delete-as-stale',
  about: 'a deletion only marks the content as stale in a lazy region',
  caughtBy: ['resurrection'],
  shownBy: 'delete-while-filling',
  edge: (ports, { config }) => ({
    ...ports,
    cache: new StaleDeletes(ports.cache, config.INVALIDATION_STRATEGY === 'lazy' ? 'soft' : 'hard'),
    origin: new FailingRevalidation(ports.origin),
  }),
};
