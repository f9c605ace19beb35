/**
 * The lease on the log: how long an answer may be called fresh without word from the origin.
 *
 * An answer has a *basis*: up to when everything that could be seen at the origin is known to be in it. That is when the origin was asked for
 * it, or the lowest heartbeat in effect when the cache was asked, whichever is later. It is called fresh only within the lease since then, by
 * a comparison at each read. No timer and no flag say so: a process that stood still would act on an old one.
 *
 * Each key's lease is shortened by a share of its own, so that those which run out together are not all asked for together.
 *
 * Times of entries and heartbeats are wall clock. Where this clock is seen to fall back, they look younger than they are: then nothing that
 * rests on them is called fresh until the clock has passed all that it ever showed by a lease.
 */
import type { Clock } from '../runtime/clock.ts';
import type { LeaseTerms } from '../runtime/lease-settings.ts';

/** What the lease says of an answer. */
export interface Term {
  /** Wall clock: until when it may be called fresh. */
  readonly until: number;
  readonly isOut: boolean;
}

const SHORTENED_SHARE = 0.25;
/** Wall clocks show whole milliseconds. */
const ROUNDING_MS = 2;
const UINT32 = 2 ** 32;

export class Lease {
  readonly #terms: () => LeaseTerms;
  readonly #clock: Clock;
  /** The highest that the wall clock has shown, and when, on the monotonic one. */
  #highest: { readonly wallMs: number; readonly atMs: number };
  /** It fell back: until it shows this, nothing is known of its times. */
  #untrustedUntil = Number.NEGATIVE_INFINITY;

  /** `terms`: those in force. */
  constructor(terms: () => LeaseTerms, clock: Clock) {
    this.#terms = terms;
    this.#clock = clock;
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
    return { until, isOut: now > until || basis > now + skewMs || now < this.#untrustedUntil };
  }

  /** Of an answer that the origin gave to this process, asked at `askedMs` by the monotonic clock: that one is not set. */
  ofAnswer(fetchedAt: number, askedMs: number): Term {
    const { leaseMs } = this.terms;
    const until = fetchedAt + leaseMs;
    return { until, isOut: this.#now() > until || this.#clock.monotonicMs() - askedMs > leaseMs };
  }

  /** Whether the wall clock fell back, and has not passed what it showed before. */
  get isClockUntrusted(): boolean {
    return this.#now() < this.#untrustedUntil;
  }

  #now(): number {
    const [now, atMs] = [this.#clock.now(), this.#clock.monotonicMs()];
    const expected = this.#highest.wallMs + atMs - this.#highest.atMs;
    const { leaseMs, skewMs } = this.terms;
    const hasFallen = now < expected - skewMs - ROUNDING_MS;
    if (hasFallen) this.#untrustedUntil = Math.max(this.#untrustedUntil, expected + leaseMs);
    // What it showed longer ago than a lease is the time of nothing that is called fresh: one that is slowed down is not one set back.
    const isForgotten = atMs - this.#highest.atMs > leaseMs;
    if (now >= expected || hasFallen || isForgotten) this.#highest = { wallMs: now, atMs };
    return now;
  }
}

/** From 0 to below 1, the same for a key for ever: FNV-1a, mixed so that keys which differ at their end alone lie apart. */
function shareOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / UINT32;
}
