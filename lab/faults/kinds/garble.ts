/** garble: what a write appends to the log cannot be read. */
import { damaging } from '../damaging.ts';

export const garble = damaging({
  name: 'garble',
  about: 'records that writes append to the log are unreadable; purges and deletions are spared',
  toSee: 'each such record counts as a purge of all: rows become invalid in an eager region and stale in a lazy region',
  damage: 'garble',
  of: 'kafka',
  lasts: true,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  emptiesCache: true,
  shows: { word: 'garbled' },
  says: 'gets records that nobody can read',
});
