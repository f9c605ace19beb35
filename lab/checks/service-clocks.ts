/**
 * When something was that a service dates by its own wall clock, on the run's clock: between when and when.
 *
 * A service's clock may be ahead or behind, go faster or slower, and be set. Each time it is asked for its metrics it
 * says what its clock shows, and that was between the question and the answer (Cristian's bound): so far ahead it is at
 * that moment, by no less and no more. Between two such readings it is ahead by something between the two, be it that
 * the clock drifts or that it was set once. A time of that clock is put into every stretch between two readings in
 * which the clock can have shown it; what is before the first reading or after the last has no end on that side.
 */
import type { History } from '../history/history.ts';
import { firstIndex } from '../history/ordered.ts';
import type { ClockReading } from '../history/records.ts';
import type { Interval } from './interval.ts';
import { oncePerHistory } from './once.ts';

/** Times of wall clocks are whole milliseconds, of either rounding. */
const ROUNDING_MS = 2;
/**
 * Within a stretch a clock may run off by so much of its length, and be set back right before the reading at its end.
 */
const WANDER_MAX = 0.01;
/** Nothing else is known. */
const ALWAYS: Interval = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
/** Clocks that go on run no slower or faster than this; one that loses or gains more was set. */
export const DRIFT_MAX = 0.05;

/** Between two readings, before the first, or after the last. */
interface Stretch extends Interval {
  /** By how much the clock is ahead of the run's, at least and at most; not known outside the readings. */
  readonly aheadMs: Interval | undefined;
  readonly likelyAheadMs: number;
  /** What the clock may have shown in it. */
  readonly shownMs: Interval;
}

export interface Dated extends Interval {
  /** What fits best, the earliest where several moments do; what the service said where its clock was never asked. */
  readonly likelyMs: number;
}

export class ServiceClock {
  readonly #stretches: readonly Stretch[];
  /** The latest that it may have shown in a stretch or in any before it. */
  readonly #shownToMs: readonly number[];
  /** It was seen to be set: two times of it are not as far apart as they were. */
  readonly wasSet: boolean;
  /** It was set back: one time of it is then two moments. */
  readonly wasSetBack: boolean;
  /**
   * By how much it was ahead of the run's, at its highest and at its lowest: each at least and at most. Never asked: by
   * anything.
   */
  readonly ahead: Extremes;
  readonly #places = new Map<number, readonly Dated[]>();

  constructor(readings: readonly ClockReading[]) {
    const inOrder = [...readings].sort((one, other) => one.fromMs - other.fromMs);
    this.#stretches = stretchesOf(inOrder).sort((one, other) => one.shownMs.fromMs - other.shownMs.fromMs);
    let latestMs = Number.NEGATIVE_INFINITY;
    this.#shownToMs = this.#stretches.map(({ shownMs }) => {
      latestMs = Math.max(latestMs, shownMs.toMs);
      return latestMs;
    });
    this.ahead = extremesOf(inOrder);
    const pairs = inOrder.slice(1).map((reading, at) => [inOrder[at] ?? reading, reading] as const);
    this.wasSetBack = pairs.some(([one, other]) => isSetBack(one, other));
    this.wasSet = this.wasSetBack || pairs.some(([one, other]) => isSetOn(one, other));
  }

  /** `clockMs` as it is in the history: by the service's clock. `within`: what else is known of when it was. */
  onRunClock(clockMs: number, within: Interval = ALWAYS): Dated {
    const known = this.#places.get(clockMs) ?? this.#placesOf(clockMs);
    this.#places.set(clockMs, known);
    let found: Dated | undefined;
    for (const place of known) {
      const clipped = clip(place, within);
      if (clipped !== undefined) found = found === undefined ? clipped : hullOf(found, clipped);
    }
    // Never asked; or set twice between two readings, and what it showed meanwhile is in no stretch.
    return found ?? { ...within, likelyMs: Math.min(within.toMs, Math.max(within.fromMs, clockMs)) };
  }

  /** In each stretch in which the clock can have shown it. */
  #placesOf(clockMs: number): readonly Dated[] {
    const places: Dated[] = [];
    const end = firstIndex(this.#stretches.length, (at) => (this.#stretches[at]?.shownMs.fromMs ?? 0) > clockMs + ROUNDING_MS);
    for (let at = end - 1; at >= 0 && (this.#shownToMs[at] ?? 0) >= clockMs - ROUNDING_MS; at -= 1) {
      const stretch = this.#stretches[at];
      const place = stretch && placeIn(stretch, clockMs);
      if (place !== undefined) places.push(place);
    }
    return places;
  }
}

/** Of a value that changes: where it was highest, and where lowest. */
interface Extremes {
  readonly highest: Interval;
  readonly lowest: Interval;
}

function extremesOf(readings: readonly ClockReading[]): Extremes {
  if (readings.length === 0) return { highest: ALWAYS, lowest: ALWAYS };
  const ahead = readings.map(aheadOf);
  const [froms, tos] = [ahead.map(({ fromMs }) => fromMs), ahead.map(({ toMs }) => toMs)];
  return {
    highest: { fromMs: Math.max(...froms) - ROUNDING_MS, toMs: Math.max(...tos) + ROUNDING_MS },
    lowest: { fromMs: Math.min(...froms) - ROUNDING_MS, toMs: Math.min(...tos) + ROUNDING_MS },
  };
}

function clip({ likelyMs, ...place }: Dated, within: Interval): Dated | undefined {
  const [fromMs, toMs] = [Math.max(place.fromMs, within.fromMs), Math.min(place.toMs, within.toMs)];
  return fromMs > toMs ? undefined : { fromMs, toMs, likelyMs: Math.min(toMs, Math.max(fromMs, likelyMs)) };
}

function hullOf(one: Dated, other: Dated): Dated {
  const fromMs = Math.min(one.fromMs, other.fromMs);
  return { fromMs, toMs: Math.max(one.toMs, other.toMs), likelyMs: Math.min(one.likelyMs, other.likelyMs) };
}

/** When the clock showed that in this stretch; undefined: it cannot have. */
function placeIn({ aheadMs, likelyAheadMs, shownMs, ...stretch }: Stretch, clockMs: number): Dated | undefined {
  if (clockMs < shownMs.fromMs - ROUNDING_MS || clockMs > shownMs.toMs + ROUNDING_MS) return undefined;
  const fromMs = aheadMs === undefined ? stretch.fromMs : Math.max(stretch.fromMs, clockMs - aheadMs.toMs - ROUNDING_MS);
  const toMs = aheadMs === undefined ? stretch.toMs : Math.min(stretch.toMs, clockMs - aheadMs.fromMs + ROUNDING_MS);
  return clip({ fromMs, toMs, likelyMs: clockMs - likelyAheadMs }, ALWAYS);
}

/** By how much the clock is ahead of the run's. */
function aheadOf({ fromMs, toMs, nowMs }: ClockReading): Interval {
  return { fromMs: nowMs - toMs, toMs: nowMs - fromMs };
}

function isSetBack(one: ClockReading, other: ClockReading): boolean {
  return aheadOf(one).fromMs - aheadOf(other).toMs > driftMs(one, other);
}

function isSetOn(one: ClockReading, other: ClockReading): boolean {
  return aheadOf(other).fromMs - aheadOf(one).toMs > driftMs(one, other);
}

function driftMs(one: ClockReading, other: ClockReading): number {
  return ROUNDING_MS + DRIFT_MAX * (other.toMs - one.fromMs);
}

function widthOf({ fromMs, toMs }: Interval): number {
  return toMs - fromMs;
}

function stretchesOf(readings: readonly ClockReading[]): Stretch[] {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return [];
  const between = readings.slice(1).map((reading, at) => stretchBetween(readings[at] ?? reading, reading));
  return [sideOf(first, 'before'), ...between, sideOf(last, 'after')];
}

function middleOf({ fromMs, toMs }: Interval): number {
  return (fromMs + toMs) / 2;
}

function stretchBetween(one: ClockReading, other: ClockReading): Stretch {
  const [before, after] = [aheadOf(one), aheadOf(other)];
  const [fromMs, toMs] = [one.fromMs, other.toMs];
  const offMs = WANDER_MAX * (toMs - fromMs);
  const aheadMs = { fromMs: Math.min(before.fromMs, after.fromMs) - offMs, toMs: Math.max(before.toMs, after.toMs) + offMs };
  const wasSet = before.toMs < after.fromMs || after.toMs < before.fromMs;
  // An answer that took long says little: of the two the other says more.
  const better = middleOf(widthOf(one) < widthOf(other) ? before : after);
  const likelyAheadMs = wasSet ? Math.max(middleOf(before), middleOf(after)) : better;
  return { fromMs, toMs, aheadMs, likelyAheadMs, shownMs: { fromMs: fromMs + aheadMs.fromMs, toMs: toMs + aheadMs.toMs } };
}

/**
 * How fast the clock went before the first reading or after the last nobody knows: only that it was on that side of it.
 */
function sideOf(reading: ClockReading, side: 'before' | 'after'): Stretch {
  const { fromMs, toMs, nowMs } = reading;
  const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const likelyAheadMs = middleOf(aheadOf(reading));
  return side === 'before'
    ? { fromMs: least, toMs, aheadMs: undefined, likelyAheadMs, shownMs: { fromMs: least, toMs: nowMs } }
    : { fromMs, toMs: most, aheadMs: undefined, likelyAheadMs, shownMs: { fromMs: nowMs, toMs: most } };
}

/** The clocks of a history's services. */
export class ServiceClocks {
  readonly origin: ServiceClock;
  readonly #edges = new Map<string, ServiceClock>();

  constructor(history: Pick<History, 'head' | 'of'>) {
    const { head } = history;
    if (head?.oneClock) {
      this.origin = ITSELF;
      for (const region of head.regions) this.#edges.set(region, ITSELF);
      return;
    }
    this.origin = new ServiceClock(readingsOf(history.of('origin-sample')));
    for (const [region, samples] of Map.groupBy(history.of('edge-sample'), (sample) => sample.region))
      this.#edges.set(region, new ServiceClock(readingsOf(samples)));
  }

  edge(region: string): ServiceClock {
    return this.#edges.get(region) ?? NEVER_ASKED;
  }
}

export const serviceClocksOf = oncePerHistory((history) => new ServiceClocks(history));

const NOT_AHEAD: Interval = { fromMs: 0, toMs: 0 };
const NEVER_ASKED = new ServiceClock([]);

/** The clock of the lab itself: ahead by nothing. */
class OwnClock extends ServiceClock {
  override readonly ahead = { highest: NOT_AHEAD, lowest: NOT_AHEAD };

  override onRunClock(clockMs: number): Dated {
    return { fromMs: clockMs - ROUNDING_MS, toMs: clockMs + ROUNDING_MS, likelyMs: clockMs };
  }
}

const ITSELF = new OwnClock([]);

function readingsOf(samples: readonly { readonly clock?: ClockReading | undefined }[]): readonly ClockReading[] {
  return samples.flatMap(({ clock }) => clock ?? []);
}
