/** As the original EdgeSync had it: whatever a fetch brings is stored, as if it had begun now. */

import { UnfencedStore } from '../../services/edge/cache/unfenced.ts';
import { cacheServerOf } from './cache-server.ts';
import type { Mutant } from './mutant.ts';

export const unfencedFill: Mutant = {
  name: 'unfenced-fill',
  about: 'a fill is stored whatever was invalidated while its fetch was under way',
  caughtBy: ['stale-after-bound', 'lost-invalidation', 'version-regression', 'resurrection', 'purge-ignored'],
  shownBy: 'stale-set-race',
  cacheServer: cacheServerOf((options) => new UnfencedStore(options)),
};
