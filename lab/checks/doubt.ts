/**
 * What else than the region explains what a check by time found. Then it is no anomaly, and no pass either: it is
 * unknown, with the reason.
 */
import type { Interval } from './interval.ts';
import type { StoodStill } from './stood-still.ts';

/**
 * What has a deadline fails by a machine that stood still for so much of it, with what waited. Four busy programs on
 * two cores take up to half of the time so counted, and what fails then fails by itself; ten and more take nearly all.
 */
export const HELD_UP_SHARE = 0.7;

export interface Doubted {
  /** On whose way it was found; undefined: no edge was on the way. */
  readonly region: string | undefined;
  /** The time in which whatever came too late should have come, in its parts. */
  readonly during: readonly Interval[];
  /** By how much it came too late. */
  readonly excessMs: number;
  /** To stand still for no longer than that is in every bound. */
  readonly ordinaryMs: number;
}

/** In words; undefined: the machine does not explain it. */
export function doubtOf(stood: StoodStill, { region, during, excessMs, ordinaryMs }: Doubted): string | undefined {
  const lateMs = sum(during, (part) => stood.lateMs(region, part));
  if (lateMs <= ordinaryMs || sum(during, (part) => stood.explainsMs(region, part)) < excessMs) return undefined;
  const lengthMs = sum(during, ({ fromMs, toMs }) => toMs - fromMs);
  return whileStoodStill(lateMs, lengthMs);
}

/** In words, for how much of a time. */
export function whileStoodStill(lateMs: number, ofMs: number): string {
  const [late, whole] = [seconds(lateMs), seconds(ofMs)];
  return `while the machine stood still for ${lateMs >= ofMs || late === whole ? 'all' : late} of the ${whole}`;
}

function sum(parts: readonly Interval[], of: (part: Interval) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1_000 ? 2 : 1)} s`;
}

/**
 * Sorts what is found, one after another, into what nothing else explains, and what proves nothing. Only the first
 * doubt is kept.
 */
export class Sieve<Found> {
  readonly #doubtAbout: (one: Found) => string | undefined;
  readonly #onCertain: (one: Found) => void;
  #found = 0;
  #doubted = 0;
  #doubt: string | undefined;

  constructor(doubtAbout: (one: Found) => string | undefined, onCertain: (one: Found) => void) {
    this.#doubtAbout = doubtAbout;
    this.#onCertain = onCertain;
  }

  add(one: Found): void {
    this.#found += 1;
    const doubt = this.#doubtAbout(one);
    if (doubt === undefined) return this.#onCertain(one);
    this.#doubted += 1;
    this.#doubt ??= doubt;
  }

  /** How many were found, whether or not they prove anything. */
  get found(): number {
    return this.#found;
  }

  get doubted(): number {
    return this.#doubted;
  }

  /** Why the first that proves nothing does not; undefined: there is none. */
  get doubt(): string | undefined {
    return this.#doubt;
  }
}
