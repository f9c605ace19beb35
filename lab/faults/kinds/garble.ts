/** garble: what a write appends to the log cannot be read. */
import { damaging } from '../damaging.ts';

export const garble = damaging({
  name: 'garble',
  about: 'what writes append to the log cannot be read; purges and deletions, which ask for a mode, are spared',
  toSee: 'each such record counts as a purge of all: rows become invalid where the region is eager and stale where it is lazy',
  damage: 'garble',
  of: 'kafka',
  lasts: true,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  emptiesCache: true,
  shows: { word: 'garbled' },
  says: 'takes writes that nobody can read',
});
