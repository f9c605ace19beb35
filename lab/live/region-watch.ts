/** Says when a region falls behind and when it has caught up, once each. */
import type { LiveEvent, Observation } from './live-lab.ts';

/** Events not yet applied. A write or two are always under way. */
const BEHIND_MIN = 8;
const CAUGHT_UP_MAX = 3;
const START_MS_MAX = 3_000;

export class RegionWatch {
  readonly #note: (tone: Extract<LiveEvent, { type: 'note' }>['tone'], text: string) => void;
  readonly #behind = new Set<string>();
  /** When each region first answered: that it catches up just after its start is no news. */
  readonly #firstMs = new Map<string, number>();
  /** Regions that have once been up to date, or had the time for it. */
  readonly #known = new Set<string>();

  constructor(note: (tone: Extract<LiveEvent, { type: 'note' }>['tone'], text: string) => void) {
    this.#note = note;
  }

  observe({ regions }: Observation): void {
    for (const [region, { metrics, answeredMs, failures }] of regions) {
      if (metrics === undefined || answeredMs === undefined || failures > 0) continue;
      const firstMs = this.#firstMs.get(region) ?? answeredMs;
      this.#firstMs.set(region, firstMs);
      const { lag, catchingUp } = metrics.log;
      const isBehind = lag === null || lag >= BEHIND_MIN || catchingUp;
      if (!isBehind || answeredMs - firstMs > START_MS_MAX) this.#known.add(region);
      if (!this.#known.has(region)) continue;
      if (isBehind && !this.#behind.has(region)) {
        this.#behind.add(region);
        const why = lag === null ? 'hears nothing from the log' : catchingUp ? 'is catching up' : `is ${lag} events behind`;
        this.#note('warning', `${region} ${why}`);
      } else if (!isBehind && (lag ?? 0) <= CAUGHT_UP_MAX && this.#behind.delete(region)) {
        this.#note('good', `${region} has caught up`);
      }
    }
  }
}
