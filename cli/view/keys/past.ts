/** The keys that stop the display and look back. */
import { faultMoments } from '../state/past.ts';
import type { ViewState } from '../state/state.ts';
import type { Actions, KeyBinding } from './binding.ts';

const STEP_MS = 1_000;
/** Of the keys that go further at once. */
const STEPS_MS: Readonly<Record<string, number>> = { pageup: 30_000, pagedown: 30_000 };

const NO_PAST = 'no earlier second is kept yet';
const NO_EARLIER = 'no earlier second is kept';
const IS_NOW = 'this is now';

function toFault(find: (moments: readonly number[], fromMs: number) => number | undefined, none: string): KeyBinding['act'] {
  return (state: ViewState): Actions => {
    if (state.past.length === 0) return undefined;
    const atMs = find(faultMoments(state), state.lookedAtMs ?? state.nowMs);
    return atMs === undefined ? { type: 'echo', text: none } : { type: 'look-at', atMs };
  };
}

export const PAST: readonly KeyBinding[] = [
  {
    name: 'pause-display',
    keys: [' '],
    shown: 'Space',
    group: 'look',
    short: 'stop the display',
    about: 'stop the display; again: back to now',
    nothing: NO_PAST,
    act: ({ past }) => (past.length === 0 ? undefined : { type: 'pause' }),
  },
  {
    name: 'earlier',
    keys: ['[', 'pageup'],
    shown: '[, PgUp',
    group: 'look',
    about: 'look back by a second, or by half a minute; up to ten minutes',
    nothing: NO_EARLIER,
    act: ({ past }, key) => (past.length === 0 ? undefined : { type: 'look', byMs: -(STEPS_MS[key] ?? STEP_MS) }),
  },
  {
    name: 'later',
    keys: [']', 'pagedown'],
    shown: '], PgDn',
    group: 'look',
    about: 'look forward by as much',
    nothing: IS_NOW,
    act: (state, key) => (state.lookedAtMs === undefined ? undefined : { type: 'look', byMs: STEPS_MS[key] ?? STEP_MS }),
  },
  {
    name: 'previous-fault',
    keys: ['{'],
    shown: '{',
    group: 'look',
    about: 'back to the start of the previous fault',
    act: toFault((moments, fromMs) => moments.findLast((atMs) => atMs < fromMs), 'no fault began in the earlier seconds that are kept'),
  },
  {
    name: 'next-fault',
    keys: ['}'],
    shown: '}',
    group: 'look',
    about: 'forward to the start of the next fault',
    act: toFault((moments, fromMs) => moments.find((atMs) => atMs > fromMs), 'no fault began later'),
  },
  {
    keys: ['home'],
    shown: 'Home',
    group: 'look',
    about: 'back to the earliest second that is kept',
    nothing: NO_EARLIER,
    act: ({ past: [first] }) => (first === undefined ? undefined : { type: 'look-at', atMs: first.nowMs }),
  },
  {
    keys: ['end'],
    shown: 'End',
    group: 'look',
    about: 'back to now',
    nothing: IS_NOW,
    act: ({ lookedAtMs }) => (lookedAtMs === undefined ? undefined : { type: 'look-now' }),
  },
];
