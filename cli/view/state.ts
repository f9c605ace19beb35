/**
 * What the terminal shows, as a pure function of what it was told: the lab's events, and the view's own actions.
 *
 * Phases: starting -> playing -> leaving; starting -> leaving
 */
import type { ExitCode } from '../../lab/errors.ts';
import type {
  FaultView,
  LabCommand,
  LiveEvent,
  LiveVerdict,
  LoadRates,
  Observation,
  RegionStaleness,
  RegionView,
  Seen,
} from '../../lab/live/live-lab.ts';
import type { Trace } from '../../lab/trace.ts';
import type { Backend } from '../../lab/worlds/world.ts';
import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../services/protocol/origin-api.ts';
import type { KeyBinding } from './keys/binding.ts';
import { OVERVIEW, SCREENS_MAX, type ScreenState } from './screen-state.ts';
import { type Traveller, travellersAfter } from './travellers.ts';
import { keysInUse } from './version-rows.ts';
import { type Wanted, wantedAfter, wantedFrom } from './wanted.ts';

/** One second of a region. null: no reads, or no answer. */
export interface Sample {
  readonly p99: number | null;
  readonly hitRatio: number | null;
  /** The P99 of how old its answers were, in ms. */
  readonly staleness: number | null;
}

export interface RegionState extends RegionView {
  readonly seen: Seen<EdgeMetrics>;
  /** One a second, the newest last. */
  readonly history: readonly Sample[];
  /** Settings asked for and not yet seen in force. */
  readonly wanted: Wanted | undefined;
  readonly staleness: RegionStaleness | undefined;
}

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

export interface StepView {
  readonly step: string;
  readonly elapsedMs: number;
}

export interface ViewState {
  readonly phase: 'starting' | 'playing' | 'leaving';
  /** ms since the start, of the last thing heard. */
  readonly nowMs: number;
  readonly steps: readonly StepView[];
  readonly backend: Backend | undefined;
  readonly originUrl: string | undefined;
  /** The world goes on when the lab leaves it. */
  readonly staysUp: boolean;
  readonly origin: Seen<OriginMetrics>;
  readonly regions: readonly RegionState[];
  /** Rows of the version tables, the same in every region. */
  readonly keys: readonly string[];
  readonly faults: readonly FaultView[];
  /** Faults injected so far, healed or not. */
  readonly faultsSeen: number;
  /** Each with its time, oldest first, as far back as the samples go. */
  readonly bands: readonly FaultBand[];
  readonly verdict: LiveVerdict | undefined;
  readonly rates: LoadRates | undefined;
  readonly trace: TraceView | undefined;
  /** Invalidations on their way, for the map. */
  readonly travellers: readonly Traveller[];
  readonly log: readonly LogLine[];
  /** The world could not start, or ended by itself. */
  readonly lost: { readonly why: string; readonly exitCode: ExitCode } | undefined;
  /** Index into `regions`. */
  readonly selected: number;
  /** Bottom first, never empty; the last is on top. */
  readonly screens: readonly ScreenState[];
  /** Keys of one's own that hold everywhere; undefined: those of the table. */
  readonly everywhere: readonly KeyBinding[] | undefined;
  /** Only versions and events with this word are shown; empty: all. */
  readonly filter: string;
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
  | { readonly type: 'filter'; readonly text: string }
  /** A line was entered on the command line. */
  | { readonly type: 'entered'; readonly text: string }
  /** An answer to a key that sends nothing. */
  | { readonly type: 'echo'; readonly text: string }
  /** A command went to the lab. */
  | { readonly type: 'sent'; readonly command: LabCommand; readonly text: string }
  | { readonly type: 'leave'; readonly by: 'quit' | 'interrupt' };

/** Ten minutes. */
export const HISTORY_MAX = 600;
export const LOG_MAX = 500;
export const COMMANDS_MAX = 100;
const BANDS_MAX = 200;
const STEPS_MAX = 50;
const MS_PER_S = 1000;

const UNSEEN = { metrics: undefined, answeredMs: undefined, failures: 0 } as const;

export const INITIAL_STATE: ViewState = {
  phase: 'starting',
  nowMs: 0,
  steps: [],
  backend: undefined,
  originUrl: undefined,
  staysUp: false,
  origin: UNSEEN,
  regions: [],
  keys: [],
  faults: [],
  faultsSeen: 0,
  bands: [],
  verdict: undefined,
  rates: undefined,
  trace: undefined,
  travellers: [],
  log: [],
  lost: undefined,
  selected: 0,
  screens: [OVERVIEW],
  everywhere: undefined,
  filter: '',
  commands: [],
  echo: undefined,
};

export function topOf({ screens }: Pick<ViewState, 'screens'>): ScreenState {
  return screens.at(-1) ?? OVERVIEW;
}

export function reduce(state: ViewState, event: LiveEvent | ViewAction): ViewState {
  if ('t' in event && event.type !== 'tick') return withEvent(withTime(state, event.t), event);
  return withAction(event.type === 'tick' ? withTime(state, event.t) : state, event as ViewAction);
}

function withEvent(now: ViewState, event: LiveEvent): ViewState {
  switch (event.type) {
    case 'step':
      return { ...now, steps: [...now.steps, { step: event.step, elapsedMs: event.elapsedMs }].slice(-STEPS_MAX) };
    case 'ready':
      return withLine(toPlaying(now, event), { t: event.t, tone: 'good', text: `the ${event.backend} world is up` });
    case 'observed':
      return withObservation(now, event.observation);
    case 'faults':
      return withFaults(now, event.inForce);
    case 'note':
      return withLine(now, { t: event.t, tone: event.tone, text: event.text });
    case 'judged':
      return {
        ...now,
        verdict: event.verdict,
        regions: now.regions.map((one) => ({ ...one, staleness: event.staleness.get(one.region) })),
      };
    case 'load':
      return { ...now, rates: event.rates };
    case 'trace-begun':
      return { ...now, trace: { state: 'running', id: event.id, sinceMs: event.t } };
    case 'traced':
      return { ...now, trace: { state: 'done', trace: event.trace, atMs: event.t } };
    case 'trace-failed':
      return withLine(
        { ...now, trace: { state: 'failed', why: event.why, atMs: event.t } },
        { t: event.t, tone: 'warning', text: `no trace: ${event.why}` },
      );
    case 'lost':
      return { ...withLine(now, { t: event.t, tone: 'error', text: event.why }), lost: { why: event.why, exitCode: event.exitCode } };
  }
}

function withAction(now: ViewState, action: ViewAction): ViewState {
  switch (action.type) {
    case 'tick':
      return now;
    case 'select':
      return { ...now, selected: within(action.index, now.regions.length, now.selected) };
    case 'step-selection':
      return { ...now, selected: wrapped(now.selected + action.by, now.regions.length) };
    case 'open':
      return now.screens.length < SCREENS_MAX ? { ...now, screens: [...now.screens, action.screen] } : now;
    case 'change':
      return { ...now, screens: [...now.screens.slice(0, -1), action.screen] };
    case 'back':
      return now.screens.length > 1 ? { ...now, screens: now.screens.slice(0, -1) } : now;
    case 'filter':
      return { ...now, filter: action.text };
    case 'entered':
      return { ...now, commands: [...now.commands.filter((text) => text !== action.text), action.text].slice(-COMMANDS_MAX) };
    case 'echo':
      return { ...now, echo: { text: action.text, t: now.nowMs } };
    case 'sent':
      return withSent(now, action);
    case 'leave':
      return { ...now, phase: 'leaving', screens: [OVERVIEW] };
  }
}

/** The time, and a sample of every region for each second that began. */
function withTime(state: ViewState, t: number): ViewState {
  const nowMs = Math.max(state.nowMs, t);
  const begun = Math.floor(nowMs / MS_PER_S) - Math.floor(state.nowMs / MS_PER_S);
  if (begun === 0 || state.regions.length === 0) return { ...state, nowMs };
  return { ...state, nowMs, regions: state.regions.map((region) => sampled(region, begun)) };
}

/** Seconds nobody counted (a machine that slept) are gaps; only the last is known. */
function sampled(region: RegionState, begun: number): RegionState {
  const { metrics, failures } = region.seen;
  const nothing: Sample = { p99: null, hitRatio: null, staleness: null };
  const missed = Array.from({ length: Math.min(begun - 1, HISTORY_MAX) }, () => nothing);
  const answered = failures === 0 ? metrics?.window : undefined;
  const sample = { p99: answered?.p99 ?? null, hitRatio: answered?.hitRatio ?? null, staleness: region.staleness?.p99 ?? null };
  return { ...region, history: [...region.history, ...missed, sample].slice(-HISTORY_MAX) };
}

function toPlaying(state: ViewState, { backend, originUrl, staysUp, regions }: Extract<LiveEvent, { type: 'ready' }>): ViewState {
  const known = regions.map((region) => ({ ...region, seen: UNSEEN, history: [], wanted: undefined, staleness: undefined }));
  return {
    ...state,
    phase: state.phase === 'starting' ? 'playing' : state.phase,
    backend,
    originUrl,
    staysUp,
    regions: known,
    selected: 0,
  };
}

function withObservation(state: ViewState, { origin, regions }: Observation): ViewState {
  const updated = state.regions.map((region) => {
    const seen = regions.get(region.region) ?? region.seen;
    return { ...region, seen, wanted: wantedAfter(region.wanted, seen.metrics, state.nowMs) };
  });
  const edges = updated.map(({ seen }) => seen);
  const travellers = travellersAfter(state, updated);
  return { ...state, origin, regions: updated, travellers, keys: keysInUse(state.keys, origin.metrics, edges) };
}

function withFaults(state: ViewState, inForce: readonly FaultView[]): ViewState {
  const known = new Set(state.faults.map(({ id }) => id));
  const begun = inForce.filter(({ id }) => !known.has(id));
  const there = new Set(inForce.map(({ id }) => id));
  const bands = state.bands.map((band) => (band.toMs === undefined && !there.has(band.id) ? { ...band, toMs: state.nowMs } : band));
  const added = begun.map(
    ({ id, says, fault, target, region, injectedMs }): FaultBand => ({
      id,
      says,
      fault,
      target,
      region,
      fromMs: injectedMs,
      toMs: undefined,
    }),
  );
  return { ...state, faults: inForce, faultsSeen: state.faultsSeen + begun.length, bands: [...bands, ...added].slice(-BANDS_MAX) };
}

function withLine(state: ViewState, line: LogLine): ViewState {
  return { ...state, log: [...state.log, line].slice(-LOG_MAX) };
}

function withSent(state: ViewState, { command, text }: Extract<ViewAction, { type: 'sent' }>): ViewState {
  const echoed = { ...state, echo: { text, t: state.nowMs } };
  if (command.do !== 'configure') return echoed;
  const regions = state.regions.map((region) =>
    region.region === command.region ? { ...region, wanted: wantedFrom(region.wanted, command, state.nowMs) } : region,
  );
  return { ...echoed, regions };
}

function within(index: number, count: number, otherwise: number): number {
  return index >= 0 && index < count ? index : otherwise;
}

function wrapped(index: number, count: number): number {
  return count === 0 ? 0 : (index + count) % count;
}
