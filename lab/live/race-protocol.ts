/**
 * What is told of a race that is played step by step, as schemas. The words of a race are those of
 * `races/step-by-step.ts`.
 */
import { z } from 'zod';
import { invalidationMode, invalidationType } from '../../services/protocol/invalidation.ts';
import { OUTCOMES } from '../races/race.ts';
import { STEP_ACTS, TURN_ACTS } from '../races/step-by-step.ts';
import { RACE_PARTS } from '../races/steps.ts';

const way = z.strictObject({ mode: invalidationMode, type: invalidationType });
export type RaceWay = Readonly<z.infer<typeof way>>;

/** What the list shows of a race. */
const raceCard = z.strictObject({
  name: z.string(),
  about: z.string(),
  /** The purges that it is a race for. */
  ways: z.array(way).readonly(),
  /** It takes two instances of the cache. */
  tiers: z.boolean(),
});
export type RaceCard = Readonly<z.infer<typeof raceCard>>;

/** A cache that this machine has. */
const cacheCard = z.strictObject({
  name: z.string(),
  about: z.string(),
  /** undefined: it does not tell. */
  version: z.string().optional(),
  ways: z.array(way).readonly(),
  /** The cache whose recipe it is. */
  mends: z.string().optional(),
  /** Two of it can stand one behind the other. */
  tiers: z.boolean(),
});
export type CacheCard = Readonly<z.infer<typeof cacheCard>>;

export const RACE_EVENTS = {
  races: {
    races: z.array(raceCard).readonly(),
    caches: z.array(cacheCard).readonly(),
    /** Presets that could be raced here, had this machine their programs. */
    missing: z.array(z.string()).readonly(),
  },
  'race-begun': { race: z.string(), cache: z.string(), way },
  /** The cache serves and is looked at; it was found to be what its file says. */
  'race-stage': { stage: z.enum(['checking', 'racing']) },
  /** `waits`: for the command `next-turn`. Otherwise it has begun. */
  'race-turn': { turn: z.strictObject({ act: z.enum(TURN_ACTS), name: z.string(), waits: z.boolean() }) },
  'race-step': {
    step: z.strictObject({
      who: z.enum(RACE_PARTS),
      act: z.enum(STEP_ACTS),
      /** ms since the race began, without those in which it waited for a key. */
      atMs: z.number(),
      text: z.string(),
      name: z.string().optional(),
      version: z.number().optional(),
      label: z.string().optional(),
    }),
  },
  'race-judged': { outcome: z.enum(OUTCOMES), why: z.string() },
  /** Whatever was started for it is stopped. `why`: there was no race, or it was stopped. */
  'race-ended': { why: z.string().optional() },
} as const;

/** Without `do`, by the name of each. */
export const RACE_COMMANDS = {
  /** What can be raced on this machine. */
  'list-races': {},
  /** In a world of its own. One that is under way is stopped first. */
  'play-race': { race: z.string(), cache: z.string(), mode: invalidationMode, type: invalidationType },
  /** The turn that waits may begin. */
  'next-turn': {},
  /** No turn waits any more. */
  'finish-race': {},
  'stop-race': {},
} as const;
