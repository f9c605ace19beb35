/** As the original EdgeSync had it: an edge that joins the log reads from its end, whatever it had applied. */
import type { Mutant } from './mutant.ts';
import { resuming } from './resumed-log.ts';

export const startAtLatest: Mutant = {
  name: 'start-at-latest',
  about: 'an edge that joins the log reads from its end, not from the offset it stored',
  caughtBy: ['lost-invalidation', 'stale-after-bound', 'resurrection', 'purge-ignored'],
  shownBy: 'edge-crash',
  edge: (ports) => resuming(ports, (_stored, { end }) => end),
};
