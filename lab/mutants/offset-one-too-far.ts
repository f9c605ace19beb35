/** An offset recorded one too far: what comes next when an edge reads on is passed over. */
import type { Mutant } from './mutant.ts';
import { resuming } from './resumed-log.ts';

const NEXT = 1;
const ONE_TOO_FAR = 1;

export const offsetOneTooFar: Mutant = {
  name: 'offset-one-too-far',
  about: 'an edge that continues in the log skips one record',
  caughtBy: ['lost-invalidation', 'stale-after-bound', 'resurrection', 'purge-ignored'],
  shownBy: 'rolling-restart',
  edge: (ports) => resuming(ports, (stored, { start }) => (stored === undefined ? start : stored + NEXT + ONE_TOO_FAR)),
};
