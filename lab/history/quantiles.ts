/** Nearest-rank quantiles of times. */

/** ms, whole. */
export interface Quantiles {
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Counts times by the whole ms: it takes the memory of the different ones, however many there are. */
export class WholeTimes {
  readonly #counts = new Map<number, number>();
  #samples = 0;

  add(ms: number): void {
    const whole = Math.round(ms);
    this.#counts.set(whole, (this.#counts.get(whole) ?? 0) + 1);
    this.#samples += 1;
  }

  get samples(): number {
    return this.#samples;
  }

  /** null without samples. */
  quantiles(): Quantiles | null {
    if (this.#samples === 0) return null;
    const ascending = [...this.#counts].sort(([one], [other]) => one - other);
    const at = (share: number) => this.#quantile(ascending, share);
    return { min: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
  }

  #quantile(ascending: readonly (readonly [ms: number, count: number])[], share: number): number {
    const rank = Math.max(1, Math.min(this.#samples, Math.ceil(this.#samples * share)));
    let below = 0;
    for (const [ms, count] of ascending) {
      below += count;
      if (below >= rank) return ms;
    }
    return 0;
  }
}

/** null without samples. */
export function quantilesOf(samples: readonly number[]): Quantiles | null {
  const times = new WholeTimes();
  for (const ms of samples) times.add(ms);
  return times.quantiles();
}
