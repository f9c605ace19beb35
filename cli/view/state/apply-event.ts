/** What the lab tells, taken into the state. */
import type { FaultView, LiveEvent, MysteryView, Observation, RefusedReads } from '../../../lab/live/protocol.ts';
import { evened, withNewest } from './even.ts';
import { goneAfter, goneFor } from './gone.ts';
import { pendingAfter } from './pending-settings.ts';
import { raceAfter } from './race-view.ts';
import { type RunLiveEvent, ranAfter, runAfter } from './run-view.ts';
import type { FaultBand, LogLine, ViewState } from './state.ts';
import { travellersAfter } from './travellers.ts';
import { keysInUse } from './version-rows.ts';
import { UNSEEN } from './watched.ts';

export const LOG_MAX = 500;
const BANDS_MAX = 200;
const STEPS_MAX = 50;
const NONE_REFUSED: RefusedReads = [];
/** More than one command writes. */
const WRITTEN_MAX = 2_000;

export function withEvent(now: ViewState, event: LiveEvent): ViewState {
  switch (event.type) {
    case 'Step':
      return { ...now, steps: [...now.steps, { step: event.step, elapsedMs: event.elapsedMs }].slice(-STEPS_MAX) };
    case 'ready':
      return withLine(toPlaying(now, event), { t: event.t, tone: 'good', text: `the ${event.backend} world is up` });
    case 'observed':
      return withObservation(now, event.observation);
    case 'faults':
      return withFaults(now, event.inForce);
    case 'note':
      return withLine(now, { t: event.t, tone: event.tone, text: event.text });
    case 'written':
      return { ...now, written: [...now.written, ...event.writes.map((write) => ({ ...write, t: event.t }))].slice(-WRITTEN_MAX) };
    case 'judged':
      return {
        ...now,
        verdict: event.verdict,
        reads: event.reads,
        regions: now.regions.map((one) => ({
          ...one,
          staleness: event.staleness[one.region],
          refused: event.refused?.[one.region] ?? NONE_REFUSED,
        })),
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
    case 'scenarios':
      return { ...now, scenarios: event.scenarios };
    case 'run-begun':
    case 'run-said':
    case 'run-ended':
    case 'run-saved':
      return withRun(now, event);
    case 'raced':
      return { ...now, race: event.race };
    case 'stampeded':
      return { ...now, stampede: event.stampede };
    case 'mystery':
      return withMystery(now, event.mystery);
    case 'races':
      return { ...now, raceChoices: { races: event.races, caches: event.caches, missing: event.missing } };
    case 'race-begun':
    case 'race-stage':
    case 'race-turn':
    case 'race-step':
    case 'race-judged':
    case 'race-ended':
      return now.played === undefined ? now : { ...now, played: raceAfter(now.played, event) };
    case 'lost':
      return { ...withLine(now, { t: event.t, tone: 'error', text: event.why }), lost: { why: event.why, exitCode: event.exitCode } };
  }
}

/** What a world hides is told first of all; the answer is shown wherever one is. */
function withMystery(now: ViewState, mystery: MysteryView): ViewState {
  const isTold = now.mystery === undefined || (mystery.answer !== undefined && now.mystery.answer === undefined);
  const isShown = now.screens.some(({ screen }) => screen === 'mystery');
  const screens = isTold && !isShown ? [...now.screens, { screen: 'mystery', scroll: 0 } as const] : now.screens;
  const last = mystery.wrong.at(-1);
  const isWrong = mystery.wrong.length > (now.mystery?.wrong.length ?? 0);
  const next = { ...now, mystery, screens };
  return isWrong && last !== undefined ? withLine(next, { t: now.nowMs, tone: 'warning', text: `it is not ${last}` }) : next;
}

function toPlaying(state: ViewState, { backend, originUrl, staysUp, regions }: Extract<LiveEvent, { type: 'ready' }>): ViewState {
  const known = regions.map((region) => ({
    ...region,
    seen: UNSEEN,
    history: [],
    pending: undefined,
    staleness: undefined,
    refused: NONE_REFUSED,
  }));
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
    const seen = regions[region.region] ?? region.seen;
    return { ...region, seen, pending: pendingAfter(region.pending, seen.metrics, state.nowMs) };
  });
  const edges = updated.map(({ seen }) => seen);
  const travellers = travellersAfter(state, updated);
  const newest = withNewest(state.newest, edges, state.nowMs);
  const gone = goneAfter(state.gone, origin.metrics, edges, state.nowMs);
  return {
    ...state,
    newest,
    origin: evened(origin, newest),
    regions: updated,
    travellers,
    keys: keysInUse(state.keys, origin.metrics, edges, goneFor(gone, state.nowMs)),
    gone,
  };
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

function withRun(state: ViewState, event: RunLiveEvent): ViewState {
  const run = runAfter(state.run, event);
  const ran = event.type === 'run-ended' ? ranAfter(state.ran, run) : state.ran;
  const last = ran === state.ran ? undefined : ran.at(-1);
  const withRun = { ...state, run, ran };
  if (last === undefined) return withRun;
  return withLine(withRun, { t: event.t, tone: last.verdict === 'pass' ? 'good' : 'warning', text: `${last.id}: ${last.verdict}` });
}

function withLine(state: ViewState, line: LogLine): ViewState {
  return { ...state, log: [...state.log, line].slice(-LOG_MAX) };
}
