/** rollback: a cache is restored from the snapshot that was taken when the fault began. */
import { damaging } from '../damaging.ts';

export const rollback = damaging({
  name: 'rollback',
  about: 'the heal restores a cache from a snapshot that was taken when the fault began',
  toSee: 'after the heal the cache has old rows again; the edge notices another life of the cache and labels no old row fresh',
  damage: 'roll-back',
  of: 'redis',
  lasts: true,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  emptiesCache: true,
  destroys: 'the heal undoes every change that the cache has stored since the snapshot',
  shows: { word: 'snapshot' },
  says: 'will return to its present state',
});
