/**
 * A race that is played step by step, as its events tell of it. It may be further than what is shown: while an answer
 * is held it waits for nobody, and whoever looks on turns the pages.
 */
import type { Commands, LabCommand, LiveEvent } from '../../../lab/live/protocol.ts';
import type { CacheCard, RaceCard, RaceWay } from '../../../lab/live/race-protocol.ts';

export interface RaceChoices {
  readonly races: readonly RaceCard[];
  /** Ours first. */
  readonly caches: readonly CacheCard[];
  /** Those that this machine does not have. */
  readonly missing: readonly string[];
}

export type RaceLiveEvent = Extract<
  LiveEvent,
  { type: 'race-begun' | 'race-stage' | 'race-turn' | 'race-step' | 'race-judged' | 'race-ended' }
>;
type TurnEvent = Extract<LiveEvent, { type: 'race-turn' }>;
export type RaceStepView = Extract<LiveEvent, { type: 'race-step' }>['step'];
type Judged = Extract<LiveEvent, { type: 'race-judged' }>;

export interface RaceTurnView {
  readonly act: TurnEvent['turn']['act'];
  readonly name: string;
  /** For a key. */
  readonly waits: boolean;
  readonly steps: readonly RaceStepView[];
}

export interface RaceView {
  readonly race: string;
  readonly cache: string;
  readonly way: RaceWay;
  /** `asked`: the lab has not said yet that it begins. */
  readonly stage: 'asked' | 'starting' | 'checking' | 'racing';
  readonly turns: readonly RaceTurnView[];
  /** How many turns are shown. */
  readonly shown: number;
  /** Each is shown as it comes. */
  readonly showsAll: boolean;
  readonly judged: Pick<Judged, 'outcome' | 'why'> | undefined;
  /** What was started for it is gone. */
  readonly isOver: boolean;
  /** Why there was no race. */
  readonly why: string | undefined;
}

/** Of any race: a crowd has eighty steps. */
const TURNS_MAX = 100;
const STEPS_MAX = 500;

export function newRace({ race, cache, mode, type }: Pick<Commands['play-race'], 'race' | 'cache' | 'mode' | 'type'>): RaceView {
  const none = { turns: [], shown: 0, showsAll: false, judged: undefined, isOver: false, why: undefined };
  return { race, cache, way: { mode, type }, stage: 'asked', ...none };
}

export function raceAfter(race: RaceView, event: RaceLiveEvent): RaceView {
  if (event.type === 'race-begun') return { ...newRace({ ...event, ...event.way }), stage: 'starting' };
  // Of the one before, which is being stopped.
  if (race.stage === 'asked') return race;
  switch (event.type) {
    case 'race-stage':
      return { ...race, stage: event.stage };
    case 'race-turn': {
      const turns = [...race.turns, { ...event.turn, steps: [] }].slice(0, TURNS_MAX);
      return { ...race, turns, shown: race.showsAll ? turns.length : race.shown };
    }
    case 'race-step':
      return { ...race, turns: withStep(race.turns, event.step) };
    case 'race-judged':
      return { ...race, judged: { outcome: event.outcome, why: event.why } };
    case 'race-ended':
      return { ...race, isOver: true, why: event.why };
  }
}

function withStep(turns: readonly RaceTurnView[], step: RaceStepView): readonly RaceTurnView[] {
  const last = turns.at(-1);
  if (last === undefined) return turns;
  return [...turns.slice(0, -1), { ...last, steps: [...last.steps, step].slice(0, STEPS_MAX) }];
}

/** What a key asked of the lab, as long as that has not said so. */
export function raceAfterCommand(race: RaceView, command: LabCommand): RaceView {
  if (command.do === 'next-turn') return withTurnShown(race);
  if (command.do === 'finish-race') return { ...race, turns: race.turns.map(begun), shown: race.turns.length, showsAll: true };
  return race;
}

/** One more. */
export function withTurnShown(race: RaceView): RaceView {
  const turns = race.turns.map((turn, at) => (at === race.shown ? begun(turn) : turn));
  return { ...race, turns, shown: Math.min(race.turns.length, race.shown + 1) };
}

function begun(turn: RaceTurnView): RaceTurnView {
  return turn.waits ? { ...turn, waits: false } : turn;
}

/** What came of it, once everything that led to it is shown. */
export function outcomeShown({ judged, shown, turns }: RaceView): RaceView['judged'] {
  return shown === turns.length ? judged : undefined;
}

/** What the next key shows; undefined: nothing has come yet, or nothing more comes. */
export function nextTurn({ shown, turns }: RaceView): RaceTurnView | undefined {
  return turns[shown];
}
