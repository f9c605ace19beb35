/** rollback: a cache is restored from the snapshot that was taken when the fault began. */
import { damaging } from '../damaging.ts';

export const rollback = damaging({
  name: 'rollback',
  about: 'the heal restores a cache from a snapshot that was taken when the fault began',
  damage: 'roll-back',
  of: 'redis',
  lasts: true,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  emptiesCache: true,
  destroys: 'the heal takes back all that the cache has taken meanwhile',
  shows: { word: 'snapshot' },
  says: 'will be what it is now',
});
