/** torn-batch: the connection to a cache breaks in the middle of each batch, and one of its steps is not done. */
import { damaging, UNTIL_OVERDUE } from '../damaging.ts';

export const tornBatch = damaging({
  name: 'torn-batch',
  about: 'a cache leaves out one step in the middle of each batch, without a word',
  toSee: 'nothing in the tables: the edge applies such a batch again until every step is done',
  damage: 'tear',
  of: 'redis',
  lasts: true,
  excuses: 'stale-answers',
  slows: () => UNTIL_OVERDUE,
  recoveryAllowanceMs: 2_000,
  shows: { word: 'torn', state: 'slow' },
  says: 'loses a step of each batch',
});
