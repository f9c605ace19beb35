/**
 * The lease on the log: how long an answer may be called fresh without word from the origin.
 *
 * An answer has a *basis*: up to when everything that could be seen at the origin is known to be in it. That is when
 * the origin was asked for it, or the lowest heartbeat in effect when the cache was asked, whichever is later. It is
 * called fresh only within the lease since then, by a comparison at each read. No timer and no flag say so: a process
 * that stood still would act on an old one.
 *
 * Each key's lease is shortened by a share of its own, so that those which run out together are not all asked for
 * together.
 *
 * Times of entries and heartbeats are wall clock. Where this clock is seen to fall back, or to be further from the
 * origin's than the skew, they may look younger than they are: then nothing that rests on them is called fresh until
 * the clock has passed all that it ever showed by a lease. An answer that the origin has just given rests on no wall
 * clock.
 */
import type { Clock } from '../runtime/clock.ts';
import { DATE_RESOLUTION_MS } from '../runtime/http-date.ts';
import type { LeaseTerms } from '../runtime/lease-settings.ts';

/** What the lease says of an answer. */
export interface Term {
  /** Wall clock: until when it may be called fresh. */
  readonly until: number;
  readonly isOut: boolean;
}

/** An answer of the origin by the wall clocks of both. */
export interface Dated {
  readonly askedAt: number;
  /** What the origin's clock showed when it made the answer, to the second. */
  readonly dateMs: number;
  readonly answeredAt: number;
}

export type ClockDoubt = 'clock set back' | 'clocks apart';

const SHORTENED_SHARE = 0.25;
/** Wall clocks show whole milliseconds. */
const ROUNDING_MS = 2;
const UINT32 = 2 ** 32;

export class Lease {
  readonly #terms: () => LeaseTerms;
  readonly #clock: Clock;
  readonly #onDoubt: (doubt: ClockDoubt) => void;
  /** The highest that the wall clock has shown, and when, on the monotonic one. */
  #highest: { readonly wallMs: number; readonly atMs: number };
  /**
   * The highest it had shown when it was last found wrong: until it has passed that by a lease, nothing is known of its
   * times.
   */
  #wrongAt = Number.NEGATIVE_INFINITY;
  #doubt: ClockDoubt = 'clock set back';
  #originAheadMs: number | undefined;

  /** `terms`: those in force. `onDoubt` hears when a clock is found wrong that was trusted. */
  constructor(terms: () => LeaseTerms, clock: Clock, onDoubt: (doubt: ClockDoubt) => void = () => {}) {
    this.#terms = terms;
    this.#clock = clock;
    this.#onDoubt = onDoubt;
    this.#highest = { wallMs: clock.now(), atMs: clock.monotonicMs() };
  }

  /** False: what is called fresh has no bound. */
  get isOn(): boolean {
    return this.terms.leaseMs > 0;
  }

  get terms(): LeaseTerms {
    return this.#terms();
  }

  /** Of an entry of the cache: asked for after the lookup that told its basis. */
  of(key: string, basis: number): Term {
    const now = this.#now();
    const { leaseMs, skewMs } = this.terms;
    const until = basis + leaseMs * (1 - SHORTENED_SHARE * shareOf(key));
    return { until, isOut: now > until || basis > now + skewMs || this.#untrustedMs(now) > 0 };
  }

  /**
   * Of an answer that the origin gave to this process, asked at `askedMs` by the monotonic clock: that one is not set.
   */
  ofAnswer(fetchedAt: number, askedMs: number): Term {
    const { leaseMs } = this.terms;
    const until = fetchedAt + leaseMs;
    return { until, isOut: this.#now() > until || this.#clock.monotonicMs() - askedMs > leaseMs };
  }

  /** Looks whether the clocks of the origin and of this process are within the skew, as far as a second tells. */
  compare({ askedAt, dateMs, answeredAt }: Dated): void {
    const [aheadMs, behindMs] = [dateMs - answeredAt, askedAt - (dateMs + DATE_RESOLUTION_MS)];
    this.#originAheadMs = aheadMs > 0 ? aheadMs : behindMs > 0 ? -behindMs : 0;
    this.#now();
    if (Math.abs(this.#originAheadMs) > this.terms.skewMs + ROUNDING_MS) this.#distrust('clocks apart');
  }

  /**
   * By how much the origin's clock was ahead of this one, at least, in its last answer that told; negative: behind.
   * undefined: none told.
   */
  get originAheadMs(): number | undefined {
    return this.#originAheadMs;
  }

  /** For how long nothing that rests on this clock is called fresh, in ms; 0: it is trusted. */
  get untrustedMs(): number {
    return this.#untrustedMs(this.#now());
  }

  /** Why that is so. undefined: it is trusted. */
  get doubt(): ClockDoubt | undefined {
    return this.untrustedMs > 0 ? this.#doubt : undefined;
  }

  #untrustedMs(now: number): number {
    return Math.max(0, this.#wrongAt + this.terms.leaseMs - now);
  }

  #distrust(doubt: ClockDoubt): void {
    const expected = this.#expected();
    const isNew = this.#untrustedMs(expected) === 0;
    this.#wrongAt = Math.max(this.#wrongAt, expected);
    this.#doubt = doubt;
    if (isNew) this.#onDoubt(doubt);
  }

  /** The highest that the wall clock has shown, carried on by the monotonic one. */
  #expected(atMs = this.#clock.monotonicMs()): number {
    return this.#highest.wallMs + atMs - this.#highest.atMs;
  }

  #now(): number {
    const [now, atMs] = [this.#clock.now(), this.#clock.monotonicMs()];
    const expected = this.#expected(atMs);
    const { leaseMs, skewMs } = this.terms;
    const hasFallen = now < expected - skewMs - ROUNDING_MS;
    if (hasFallen) this.#distrust('clock set back');
    // What it showed longer ago than a lease is the time of nothing that is called fresh: one that is slowed down is
    // not one set back.
    const isForgotten = atMs - this.#highest.atMs > leaseMs;
    if (now >= expected || hasFallen || isForgotten) this.#highest = { wallMs: now, atMs };
    return now;
  }
}

/**
 * From 0 to below 1, the same for a key for ever: FNV-1a, mixed so that keys which differ at their end alone lie apart.
 */
function shareOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / UINT32;
}
