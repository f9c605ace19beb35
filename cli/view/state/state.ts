/**
 * What the terminal shows: the shapes of the state, and what it is before anything was told. How it changes stands in
 * reduce.ts.
 *
 * Phases: starting -> playing -> leaving; starting -> leaving
 */
import type { ExitCode } from '../../../lab/errors.ts';
import type { LabCommand, MysteryView, ScenarioCard } from '../../../lab/live/protocol.ts';
import type { Trace } from '../../../lab/trace/trace-schema.ts';
import type { Backend } from '../../../lab/worlds/worlds.ts';
import type { RaceChoices, RaceView } from './race-view.ts';
import type { Ran, RunView } from './run-view.ts';
import { OVERVIEW, type ScreenState } from './screen-state.ts';
import { type Moment, type Traveller, UNSEEN, type Watched } from './watched.ts';

/** A fault, in force or over. */
export interface FaultBand {
  readonly id: string;
  readonly says: string;
  readonly fault: string;
  readonly target: string;
  /** undefined: it touches every region. */
  readonly region: string | undefined;
  readonly fromMs: number;
  /** undefined: in force. */
  readonly toMs: number | undefined;
}

/** The one trace there is at a time. */
export type TraceView =
  | { readonly state: 'running'; readonly id: number; readonly sinceMs: number }
  | { readonly state: 'done'; readonly trace: Trace; readonly atMs: number }
  | { readonly state: 'failed'; readonly why: string; readonly atMs: number };

export interface LogLine {
  readonly t: number;
  readonly tone: 'info' | 'good' | 'warning' | 'error';
  readonly text: string;
}

/** In which order the rows of the version tables stand. */
export const SORTS = ['key', 'behind', 'read'] as const;
export type Sort = (typeof SORTS)[number];

export interface Newest {
  readonly version: number;
  /** When it was seen first. */
  readonly t: number;
}

export interface OwnWrite {
  readonly key: string;
  readonly version: number;
  /** When it was told of. */
  readonly t: number;
}

export interface StepView {
  readonly step: string;
  readonly elapsedMs: number;
}

export interface ViewState extends Watched {
  /** Contents that are deleted and that no region serves: since when, by key. */
  readonly gone: ReadonlyMap<string, number>;
  /** undefined: no bug is hidden in this world. */
  readonly mystery: MysteryView | undefined;
  readonly phase: 'starting' | 'playing' | 'leaving';
  readonly steps: readonly StepView[];
  readonly backend: Backend | undefined;
  readonly originUrl: string | undefined;
  /** The world goes on when the lab leaves it. */
  readonly staysUp: boolean;
  /** Faults injected so far, healed or not. */
  readonly faultsSeen: number;
  /** Each with its time, oldest first, as far back as the samples go. */
  readonly bands: readonly FaultBand[];
  readonly trace: TraceView | undefined;
  /** undefined before it was asked for. */
  readonly scenarios: readonly ScenarioCard[] | undefined;
  /** The scenario that runs, or ran last. */
  readonly run: RunView | undefined;
  /** How the scenarios of the session ended, the newest last. */
  readonly ran: readonly Ran[];
  /** What can be raced here; undefined before it was asked for. */
  readonly raceChoices: RaceChoices | undefined;
  /** The race that is played, or was played last. */
  readonly played: RaceView | undefined;
  /** Invalidations on their way, for the map. */
  readonly travellers: readonly Traveller[];
  /** By key how many reads were answered in the last minute. */
  readonly reads: Readonly<Record<string, number>>;
  readonly sort: Sort;
  /** By key the highest version that an edge was seen to hold. */
  readonly newest: ReadonlyMap<string, Newest>;
  /** What one's own keys wrote, oldest first. */
  readonly written: readonly OwnWrite[];
  readonly log: readonly LogLine[];
  /** The world could not start, or ended by itself. */
  readonly lost: { readonly why: string; readonly exitCode: ExitCode } | undefined;
  /** Index into `regions`. */
  readonly selected: number;
  /** Bottom first, never empty; the last is on top. */
  readonly screens: readonly ScreenState[];
  /** Keys of one's own for what the table of keys does, by the name there. */
  readonly ownKeys: ReadonlyMap<string, string>;
  /** Only versions and events with this word are shown; empty: all. */
  readonly filter: string;
  /** A moment a second, the newest last. */
  readonly past: readonly Moment[];
  /** The time one looks back at; undefined: now. */
  readonly lookedAtMs: number | undefined;
  /** What was entered on the command line, oldest first. */
  readonly commands: readonly string[];
  /** The last key that did something, in words. */
  readonly echo: { readonly text: string; readonly t: number } | undefined;
}

export type ViewAction =
  | { readonly type: 'tick'; readonly t: number }
  | { readonly type: 'select'; readonly index: number }
  | { readonly type: 'step-selection'; readonly by: number }
  | { readonly type: 'open'; readonly screen: ScreenState }
  /** The top screen remembers something else. */
  | { readonly type: 'change'; readonly screen: ScreenState }
  | { readonly type: 'back' }
  /** The next turn of the race is shown, which has begun already. */
  | { readonly type: 'show-turn' }
  | { readonly type: 'filter'; readonly text: string }
  | { readonly type: 'sort'; readonly by: Sort }
  /** Stops the display, or lets it go on. */
  | { readonly type: 'pause' }
  /** Looks further back, or further on until it is now. */
  | { readonly type: 'look'; readonly byMs: number }
  /** Looks at a moment that is kept. */
  | { readonly type: 'look-at'; readonly atMs: number }
  | { readonly type: 'look-now' }
  /** A line was entered on the command line. */
  | { readonly type: 'entered'; readonly text: string }
  /** An answer to a key that sends nothing. */
  | { readonly type: 'echo'; readonly text: string }
  /** A command went to the lab. */
  | { readonly type: 'sent'; readonly command: LabCommand; readonly text: string }
  /** The program stops until its shell lets it go on. */
  | { readonly type: 'stop' }
  /** Into the clipboard of the terminal, where it takes that. */
  | { readonly type: 'copy'; readonly text: string }
  /** Everything is drawn again, whatever is on the screen. */
  | { readonly type: 'repaint' }
  | { readonly type: 'leave'; readonly by: 'quit' | 'interrupt' };

export const INITIAL_STATE: ViewState = {
  mystery: undefined,
  phase: 'starting',
  nowMs: 0,
  steps: [],
  backend: undefined,
  originUrl: undefined,
  staysUp: false,
  origin: UNSEEN,
  regions: [],
  keys: [],
  gone: new Map(),
  faults: [],
  faultsSeen: 0,
  bands: [],
  verdict: undefined,
  rates: undefined,
  trace: undefined,
  scenarios: undefined,
  run: undefined,
  ran: [],
  raceChoices: undefined,
  played: undefined,
  race: undefined,
  stampede: undefined,
  travellers: [],
  reads: {},
  sort: 'key',
  newest: new Map(),
  written: [],
  log: [],
  lost: undefined,
  selected: 0,
  screens: [OVERVIEW],
  ownKeys: new Map(),
  filter: '',
  past: [],
  lookedAtMs: undefined,
  commands: [],
  echo: undefined,
};

export function topOf({ screens }: Pick<ViewState, 'screens'>): ScreenState {
  return screens.at(-1) ?? OVERVIEW;
}
