/** Where the axis of a chart ends. */
import type { Sample } from '../state/watched.ts';

/** Below this P99 a chart stays low: noise of a fraction of a millisecond is no mountain. */
const P99_MIN_MS = 5;
/** A second is nothing to draw a mountain of. */
export const AGE_MIN_MS = 1_000;
/** Longer than any deadline: a scale beyond is nonsense. */
const SCALE_MS_MAX = 600_000;

/** The next of 1, 2, 5, 10, 20 …: so that the scale changes seldom. */
export function niceMax(value: number): number {
  if (!Number.isFinite(value) || value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((step) => value <= step * power) ?? 10);
}

/**
 * For the P99 of those seconds, in ms. An edge that has just started is slow for seconds, and would flatten all that
 * comes after. Its first seconds count only while there are no others, and are drawn at the edge afterwards.
 */
export function latencyMax(samples: readonly Sample[]): number {
  const known = samples.filter(({ p99 }) => p99 !== null && Number.isFinite(p99));
  const warm = known.filter(({ isCold }) => !isCold);
  const most = (warm.length > 0 ? warm : known).reduce((top, { p99 }) => Math.max(top, p99 ?? 0), P99_MIN_MS);
  return Math.min(SCALE_MS_MAX, most);
}

/** For how old answers were in those seconds, in ms. */
export function ageMax(samples: readonly Sample[]): number {
  const most = samples.reduce((top, { staleness }) => Math.max(top, staleness ?? 0), AGE_MIN_MS);
  return Math.min(SCALE_MS_MAX, most);
}
