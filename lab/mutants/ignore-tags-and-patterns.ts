/** As the original EdgeSync had it: tag and pattern purges reach the edge and do nothing there. */
import type { Application, ApplyOutcome, Mark } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { Mutant } from './mutant.ts';

/** A mark that covers nothing. */
const NOTHING: Mark = { type: 'key', target: 'nothing', mode: 'soft' };

class KeysOnly extends DecoratedCache {
  override apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    const isIgnored = ({ mark }: Application) => mark.type === 'tag' || mark.type === 'pattern';
    return this.cache.apply(batch.map((application) => (isIgnored(application) ? { ...application, mark: NOTHING } : application)));
  }
}

export const ignoreTagsAndPatterns: Mutant = {
  name: 'ignore-tags-and-patterns',
  about: 'purges by tag and by pattern do nothing',
  caughtBy: ['purge-ignored'],
  shownBy: 'baseline',
  edge: (ports) => ({ ...ports, cache: new KeysOnly(ports.cache) }),
};
