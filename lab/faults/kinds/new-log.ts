/** new-log: the log is deleted and made anew, with other records at the same offsets. */
import { damaging } from '../damaging.ts';

export const newLog = damaging({
  name: 'new-log',
  about: 'the log is deleted and created again, with other records at the same offsets',
  toSee: 'offsets begin again; every row becomes invalid once the edge has noticed, and then no old version may be labelled fresh',
  damage: 'recreate',
  of: 'kafka',
  lasts: false,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  emptiesCache: true,
  destroys: 'every invalidation in the log is replaced by a record without meaning',
  says: 'is replaced by another log',
});
