/** The time, and what is kept of each second of it. */
import { withMoment } from './past.ts';
import type { ViewState } from './state.ts';
import type { RegionState, Sample } from './watched.ts';

/** Ten minutes. */
export const HISTORY_MAX = 600;
const MS_PER_S = 1000;
/** Of an edge's life. Its figures are those of the last ten seconds. */
const COLD_MS = 20_000;

/** The time, and a sample of every region for each second that began. */
export function withTime(state: ViewState, t: number): ViewState {
  const nowMs = Math.max(state.nowMs, t);
  const begun = Math.floor(nowMs / MS_PER_S) - Math.floor(state.nowMs / MS_PER_S);
  if (begun === 0 || state.regions.length === 0) return { ...state, nowMs };
  const next = { ...state, nowMs, regions: state.regions.map((region) => sampled(region, begun)) };
  return { ...next, past: withMoment(state.past, next) };
}

/** Seconds nobody counted (a machine that slept) are gaps; only the last is known. */
function sampled(region: RegionState, begun: number): RegionState {
  const { metrics, failures } = region.seen;
  const nothing: Sample = { p99: null, hitRatio: null, staleness: null, isCold: false };
  const missed = Array.from({ length: Math.min(begun - 1, HISTORY_MAX) }, () => nothing);
  const answered = failures === 0 ? metrics?.window : undefined;
  const sample: Sample = {
    p99: answered?.p99 ?? null,
    hitRatio: answered?.hitRatio ?? null,
    staleness: region.staleness?.p99 ?? null,
    isCold: (metrics?.metrics.uptime ?? COLD_MS) < COLD_MS,
  };
  return { ...region, history: [...region.history, ...missed, sample].slice(-HISTORY_MAX) };
}
