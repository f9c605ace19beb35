/** Nearest-rank quantiles of times. */

/** ms, whole. */
export interface Quantiles {
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1))] ?? 0;
}

/** null without samples. */
export function quantilesOf(samples: readonly number[]): Quantiles | null {
  if (samples.length === 0) return null;
  const sorted = samples.map((ms) => Math.round(ms)).sort((one, other) => one - other);
  const at = (share: number) => quantile(sorted, share);
  return { min: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
