/** rollback: a cache is restored from the snapshot that was taken when the fault began. */
import { damaging } from '../damaging.ts';

export const rollback = damaging({
  name: 'rollback',
  about: 'the heal restores a cache from a snapshot that was taken when the fault began',
  toSee: 'after the heal the cache has old rows again; the edge notices another life, and none of them may be called fresh',
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
