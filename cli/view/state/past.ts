/**
 * The last ten minutes, to look back at: what the overview shows of each second. Charts and events are not kept twice;
 * they are cut off where one looks.
 */
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import type { ViewState } from './state.ts';
import type { Moment, RegionState, Watched } from './watched.ts';

/** Ten minutes. */
export const PAST_MAX = 600;
const MS_PER_S = 1_000;

/** With the moment that has just begun. */
export function withMoment(past: readonly Moment[], { nowMs, origin, regions, keys, faults, verdict, rates }: Watched): readonly Moment[] {
  const before = past.at(-1)?.regions;
  const kept = regions.map((region, at) => momentOf(region, before?.[at]?.seen.metrics));
  return [...past, { nowMs, origin, regions: kept, keys, faults, verdict, rates }].slice(-PAST_MAX);
}

function momentOf(region: RegionState, before: EdgeMetrics | undefined): RegionState {
  const { metrics } = region.seen;
  if (metrics === undefined) return { ...region, history: [] };
  const versions = shared(metrics.versions, before?.versions);
  return { ...region, history: [], seen: { ...region.seen, metrics: { ...metrics, versions, recent: [] } } };
}

/** Most rows are what they were a second ago: they are kept once. */
function shared(rows: EdgeMetrics['versions'], before: EdgeMetrics['versions'] = []): EdgeMetrics['versions'] {
  const known = new Map(before.map((row) => [row.key, row]));
  return rows.map((row) => {
    const same = known.get(row.key);
    return same !== undefined && same.version === row.version && same.state === row.state ? same : row;
  });
}

/** When one looks, `byMs` from where one looks; undefined: now. */
export function movedBy({ past, nowMs, lookedAtMs }: ViewState, byMs: number): number | undefined {
  const oldest = past[0]?.nowMs;
  if (oldest === undefined) return undefined;
  const atMs = Math.max(oldest, (lookedAtMs ?? nowMs) + byMs);
  return byMs > 0 && atMs >= nowMs ? undefined : atMs;
}

/**
 * The first moment kept that shows each fault, oldest first; of a fault that was over within a second the next moment.
 */
export function faultMoments({ past, bands }: Pick<ViewState, 'past' | 'bands'>): readonly number[] {
  const first = past[0]?.nowMs ?? Number.POSITIVE_INFINITY;
  const moments = bands.flatMap(({ id, fromMs }) => {
    const seen = past.find(({ faults }) => faults.some((fault) => fault.id === id));
    return (seen ?? (fromMs < first ? undefined : past.find(({ nowMs }) => nowMs >= fromMs)))?.nowMs ?? [];
  });
  return [...new Set(moments)].sort((one, other) => one - other);
}

/** What the right edge of a chart is. */
export function edgeText({ lookedAtMs }: Pick<ViewState, 'lookedAtMs'>): string {
  return lookedAtMs === undefined ? 'now' : 'then';
}

/** The state as it was when one looks; itself when that is now. */
export function asItWas(state: ViewState): { readonly state: ViewState; readonly agoMs: number | undefined } {
  const { past, lookedAtMs, nowMs, regions, echo, log, bands } = state;
  const moment = lookedAtMs === undefined ? undefined : (past.findLast((one) => one.nowMs <= lookedAtMs) ?? past[0]);
  if (moment === undefined) return { state, agoMs: undefined };
  const agoMs = nowMs - moment.nowMs;
  const seconds = Math.floor(nowMs / MS_PER_S) - Math.floor(moment.nowMs / MS_PER_S);
  const withHistory = moment.regions.map((region, at) => {
    const { history = [] } = regions[at] ?? {};
    return { ...region, history: history.slice(0, Math.max(0, history.length - seconds)) };
  });
  const was: ViewState = {
    ...state,
    ...moment,
    regions: withHistory,
    travellers: [],
    // The answer to a key is of now.
    echo: echo === undefined ? undefined : { ...echo, t: echo.t - agoMs },
    log: log.filter(({ t }) => t <= moment.nowMs),
    bands: bands
      .filter(({ fromMs }) => fromMs <= moment.nowMs)
      .map((band) => (band.toMs !== undefined && band.toMs > moment.nowMs ? { ...band, toMs: undefined } : band)),
  };
  return { state: was, agoMs };
}
