/** new-log: the log is deleted and made anew, with other records at the same offsets. */
import { damaging } from '../damaging.ts';

export const newLog = damaging({
  name: 'new-log',
  about: 'the log is deleted and made anew, with other records at the same offsets',
  toSee: 'offsets begin again; every row becomes invalid once the edge has noticed, and no old version may be called fresh after that',
  damage: 'recreate',
  of: 'kafka',
  lasts: false,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  emptiesCache: true,
  destroys: 'every invalidation that the log holds is replaced by one of nobody’s',
  says: 'is another log',
});
