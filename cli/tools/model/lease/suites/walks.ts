/** Random walks with everything mixed: writes, faults and time are weighed so that they spread over a walk. */
import { weighBy } from '../../suite.ts';
import type { Sizes } from '../sizes.ts';
import { BREAK } from './break.ts';
import type { Suite } from './suite.ts';

export const WALK_STEPS_MAX = 200;

const WIDE: Partial<Sizes> = {
  end: 24,
  relays: 2,
  claimMax: 2,
  fetchesAtOnceMax: 2,
  fetchTicksMax: 1,
  budget: {
    writes: 4,
    purges: 3,
    earlyTransactions: 1,
    otherWrites: 2,
    heartbeats: 16,
    lostSends: 4,
    halfHeartbeats: 3,
    relayCrashes: 2,
    fetches: 9,
    restarts: 2,
    newLogs: 1,
    snapshots: 1,
    restores: 1,
    delayRaises: 1,
    delayDrops: 1,
    slowReads: 6,
  },
};

const LEASES_AND_DELAYS = [
  { lease: 2, delay: 1 },
  { lease: 3, delay: 1 },
  { lease: 4, delay: 2 },
] as const;

/** The rules as they should stand. */
export const WALKS: readonly Suite[] = [false, true].flatMap((isLazy, lazy) =>
  LEASES_AND_DELAYS.map(({ lease, delay }, index) => ({
    name: `W${lazy * LEASES_AND_DELAYS.length + index + 1}`,
    about: `everything mixed, ${isLazy ? 'lazy' : 'eager'}, a lease of ${lease}, a delay of ${delay}`,
    rules: {},
    sizes: { ...WIDE, lease, delay, isLazy },
  })),
);

/** L15 is L14 in another order; L19 is a fault of a clock, which the walks do not have. */
const NOT_WALKED: readonly string[] = ['L15', 'L19'];

/** Each rule taken out, under the same walks: what they find says what they can see. */
export const POWER: readonly Suite[] = BREAK.filter(({ name }) => !NOT_WALKED.includes(name)).map((suite) => ({
  ...suite,
  sizes: { ...WIDE, lease: 2, delay: 1, ...showing(suite) },
}));

/** What the walks must have beside, for such a broken rule to show. */
function showing({ rules }: Suite): Partial<Sizes> {
  return {
    ...(rules.labelOrigin !== undefined || rules.byTimer !== undefined ? { mayPause: true } : {}),
    ...(rules.future !== undefined ? { clocksAhead: [6, 6] } : {}),
    ...(rules.fetchedAt !== undefined ? { fetchTicksMax: 3 } : {}),
  };
}

export const weigh = weighBy([
  [/time/, 1],
  [/v\d+ committed|commits|purge of all comm|another key/, 0.1],
  [/takes its outbox/, 0.05],
  [/fetch begins/, 0.25],
  [/times out/, 0.15],
  [/only/, 0.15],
  [/late .* lands/, 0.2],
  [/killed|restarts|snapshot|anew|raised|lowered/, 0.04],
  [/applies|reads p/, 0.8],
  [/looks up/, 0.3],
]);
