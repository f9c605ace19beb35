/** The region's strategy overrules the mode of a purge: a hard purge in a lazy region only marks as stale. */
import type { Application, ApplyOutcome } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { Mutant } from './mutant.ts';

class Softening extends DecoratedCache {
  override apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    return this.cache.apply(
      batch.map(({ mark, ...application }) => ({
        ...application,
        mark: mark.version === undefined ? { ...mark, mode: 'soft' as const } : mark,
      })),
    );
  }
}

export const softPurges: Mutant = {
  name: 'soft-purges',
  about: 'a hard purge in a lazy region only marks entries as stale',
  caughtBy: ['purge-ignored'],
  shownBy: 'baseline',
  edge: (ports, { config }) => (config.INVALIDATION_STRATEGY === 'lazy' ? { ...ports, cache: new Softening(ports.cache) } : ports),
};
