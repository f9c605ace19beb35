/**
 * Says when a region falls behind and when it has caught up, once each; and when one that is behind hears nothing any
 * more.
 */

import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import { plural } from '../input/plural.ts';
import type { Observation, Tone } from './protocol.ts';

type Standing = 'silent' | 'catching up' | 'behind' | 'level';

/** Events not yet applied. A write or two are always under way. */
const BEHIND_MIN = 8;
const CAUGHT_UP_MAX = 3;
const START_MS_MAX = 3_000;

export class RegionWatch {
  readonly #note: (tone: Tone, text: string) => void;
  /** What was last said of each region that is behind. */
  readonly #reported = new Map<string, Standing>();
  /** When each region first answered: that it catches up just after its start is no news. */
  readonly #firstMs = new Map<string, number>();
  /** Regions that have once been up to date, or had the time for it. */
  readonly #known = new Set<string>();

  constructor(note: (tone: Tone, text: string) => void) {
    this.#note = note;
  }

  observe({ regions }: Observation): void {
    for (const [region, { metrics, answeredMs, failures }] of Object.entries(regions)) {
      if (metrics !== undefined && answeredMs !== undefined && failures === 0) this.#look(region, metrics.log, answeredMs);
    }
  }

  #look(region: string, log: EdgeMetrics['log'], answeredMs: number): void {
    const firstMs = this.#firstMs.get(region) ?? answeredMs;
    this.#firstMs.set(region, firstMs);
    const standing = standingOf(log);
    if (standing === 'level' || answeredMs - firstMs > START_MS_MAX) this.#known.add(region);
    if (standing === undefined || !this.#known.has(region)) return;
    const reported = this.#reported.get(region);
    if (standing === 'level') {
      if (reported === undefined || (log.lag ?? 0) > CAUGHT_UP_MAX) return;
      this.#reported.delete(region);
      this.#note('good', `${region} has caught up`);
    } else if (reported === undefined || (standing === 'silent' && reported !== 'silent')) {
      this.#reported.set(region, standing);
      this.#note('warning', `${region} ${SAYS[standing](log.lag ?? 0)}`);
    }
  }
}

const SAYS: Readonly<Record<Exclude<Standing, 'level'>, (lag: number) => string>> = {
  silent: () => 'hears nothing from the log',
  'catching up': () => 'is catching up',
  behind: (lag) => `is ${plural(lag, 'event')} behind`,
};

/** undefined: nothing new is known, for the log was only slow to say how far it is. */
function standingOf({ connected, catchingUp, lag }: EdgeMetrics['log']): Standing | undefined {
  if (!connected) return 'silent';
  if (catchingUp) return 'catching up';
  if (lag === null) return undefined;
  return lag >= BEHIND_MIN ? 'behind' : 'level';
}
