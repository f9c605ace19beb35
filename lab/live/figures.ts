/** How old the answers of the last seconds were, and how many there were of each key. Faults excuse nothing here. */
import type { AnsweredRead } from '../checks/versions.ts';
import { quantilesOf } from '../history/quantiles.ts';
import type { RegionStaleness } from './protocol.ts';

export const FIGURES_MS = 10_000;

export class Figures {
  readonly #fromMs: number;
  /** By region. */
  readonly #ages = new Map<string, number[]>();
  /** By key, of everything that was taken. */
  readonly reads = new Map<string, number>();

  constructor(nowMs: number) {
    this.#fromMs = nowMs - FIGURES_MS;
  }

  /** `supersededMs`: since when its version was superseded; undefined: it was not, as far as is known. */
  take({ region, key, startMs }: AnsweredRead, supersededMs: number | undefined): void {
    this.reads.set(key, (this.reads.get(key) ?? 0) + 1);
    if (startMs < this.#fromMs) return;
    const ages = this.#ages.get(region) ?? [];
    this.#ages.set(region, ages);
    ages.push(supersededMs === undefined ? 0 : startMs - supersededMs);
  }

  of(region: string): RegionStaleness {
    const ages = this.#ages.get(region) ?? [];
    const quantiles = quantilesOf(ages);
    const oldReads = ages.filter((ms) => ms > 0).length;
    return { p99: quantiles?.p99 ?? null, max: quantiles?.max ?? null, oldReads, reads: ages.length };
  }
}
