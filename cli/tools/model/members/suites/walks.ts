/** Random walks with everything mixed: writes, faults and time are weighed so that they spread over a walk. */
import { weighBy } from '../../suite.ts';
import type { Sizes } from '../sizes.ts';
import { BREAK } from './break.ts';
import type { Suite } from './suite.ts';

export const WALK_STEPS_MAX = 160;

const WIDE: Partial<Sizes> = {
  end: 18,
  lease: 3,
  budget: {
    writes: 4,
    purges: 2,
    heartbeats: 12,
    restarts: 1,
    newLogs: 1,
    snapshots: 1,
    restores: 1,
    fetches: 9,
    reads: 5,
    flushes: 1,
    readsThrough: 1,
    lookups: 14,
    questions: 14,
    moves: 2,
    otherLookups: 4,
  },
};

const HOTS = ['confirmed', 'timed'] as const;
const MEMBERS = [1, 2, 3] as const;
const TICKS = [1, 2] as const;

const MIXES = HOTS.flatMap((hot) => MEMBERS.flatMap((members) => TICKS.map((ticks) => ({ hot, members, ticks }))));

/** The rules as they should stand. */
export const WALKS: readonly Suite[] = MIXES.map(({ hot, members, ticks }, index) => ({
  name: `W${index + 1}`,
  about: `everything mixed, hot entries ${hot}, good for ${ticks}, members: ${members}`,
  rules: { hot },
  sizes: { ...WIDE, members, hot: ticks },
}));

/** Each rule taken out, under the same walks: what they find says what they can see. */
export const POWER: readonly Suite[] = BREAK.map(({ name, about, rules }) => ({
  name,
  about,
  rules: { hot: 'confirmed', ...rules },
  sizes: WIDE,
}));

export const weigh = weighBy([
  [/time/, 0.7],
  [/committed|purge of all, its/, 0.1],
  [/HB\(\d+\) in both/, 0.5],
  [/fetches/, 0.3],
  [/killed|snapshot|anew|flushes|does not reach|the group gives/, 0.04],
  [/asks what|looks up/, 0.6],
  [/answers a reader/, 0.2],
]);
