/** read-only: a cache answers and takes nothing, as a Redis that cannot save or was made a replica. */
import { damaging, UNTIL_OVERDUE } from '../damaging.ts';

export const readOnly = damaging({
  name: 'read-only',
  about: 'a cache answers lookups and refuses every change',
  toSee: 'rows do not change and fall behind; an invalidated entry is labelled fresh for a second at most',
  damage: 'refuse-writes',
  of: 'redis',
  lasts: true,
  excuses: 'stale-answers',
  slows: () => UNTIL_OVERDUE,
  recoveryAllowanceMs: 2_000,
  shows: { word: 'read-only', state: 'slow' },
  says: 'refuses writes',
});
