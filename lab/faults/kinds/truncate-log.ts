/** truncate-log: what the log holds is dropped, as when its retention is over. */
import { damaging } from '../damaging.ts';

export const truncateLog = damaging({
  name: 'truncate-log',
  about: 'the log drops all its records, read or not, as at the end of its retention',
  toSee: 'the offsets of an edge point at nothing: every row becomes invalid, and reads fill the cache again',
  damage: 'truncate',
  of: 'kafka',
  lasts: false,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  emptiesCache: true,
  destroys: 'every invalidation that the log holds is dropped',
  says: 'drops all its records',
});
