/** Says when a region falls behind and when it has caught up, once each. */
import type { LiveEvent, Observation } from './live-lab.ts';

/** Events not yet applied. A write or two are always under way. */
const BEHIND_MIN = 8;
const CAUGHT_UP_MAX = 3;

export class RegionWatch {
  readonly #note: (tone: Extract<LiveEvent, { type: 'note' }>['tone'], text: string) => void;
  readonly #behind = new Set<string>();
  /** Regions that have once been up to date: catching up at the start is no news. */
  readonly #known = new Set<string>();

  constructor(note: (tone: Extract<LiveEvent, { type: 'note' }>['tone'], text: string) => void) {
    this.#note = note;
  }

  observe({ regions }: Observation): void {
    for (const [region, { metrics, failures }] of regions) {
      if (metrics === undefined || failures > 0) continue;
      const { lag, catchingUp } = metrics.log;
      const isBehind = lag === null || lag >= BEHIND_MIN || catchingUp;
      if (!isBehind) this.#known.add(region);
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
