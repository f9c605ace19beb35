/**
 * How far the wall clock of a region's edge may be from the lab's, as its answers show. An answer cannot have been fetched after it was
 * there: what it says more, the clock is ahead. One straight from the origin was mostly fetched after it was asked for: when none was,
 * the clock is behind. What was set while the run lasted is added.
 */
import type { History } from '../load/history.ts';
import type { AnsweredRead } from './versions.ts';

/** What clocks that are the same differ by: a millisecond of rounding, and what slewing makes of a minute. */
const SLACK_MS_MIN = 20;

export class ClockSlack {
  readonly #slackMs = new Map<string, number>();
  readonly #setMs: number;

  constructor({ shifts }: History, reads: readonly AnsweredRead[]) {
    const shiftsMs = [0, ...shifts.map(({ shiftMs }) => shiftMs)];
    this.#setMs = Math.max(...shiftsMs) - Math.min(...shiftsMs);
    const aheadMs = new Map<string, number>();
    const fetchedMs = new Map<string, number>();
    for (const { region, source, cachedMs, startMs, endMs } of reads) {
      if (cachedMs === undefined) continue;
      aheadMs.set(region, Math.max(aheadMs.get(region) ?? 0, cachedMs - endMs));
      if (source === 'origin') fetchedMs.set(region, Math.max(fetchedMs.get(region) ?? Number.NEGATIVE_INFINITY, cachedMs - startMs));
    }
    for (const [region, ahead] of aheadMs) this.#slackMs.set(region, ahead + Math.max(0, -(fetchedMs.get(region) ?? 0)));
  }

  ofRegion(region: string): number {
    return SLACK_MS_MIN + this.#setMs + (this.#slackMs.get(region) ?? 0);
  }
}
