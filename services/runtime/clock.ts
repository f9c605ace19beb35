/**
 * Time, as an argument. The only file that asks the system for it; everything else is given a `Clock`, so that the same
 * code runs in real and in virtual time.
 */
import { performance } from 'node:perf_hooks';

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall time in ms since 1970. May jump; decides when something is due, never what is valid. */
  now(): number;
  /** ms since some start, with fractions; never goes back. For durations. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`, unless cancelled before. */
  setTimer(delayMs: number, callback: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

const NS_PER_MS = 1e6;
const LOOKS = 20;

/**
 * By how many ms the monotonic clock that all processes of a machine share is ahead of `systemClock.monotonicMs()` of
 * this one, which counts from its own start; the same for as long as it lasts. Of several looks at both the quickest
 * counts: a process may lose the processor between two.
 */
export function sharedAheadMs(): number {
  let [quickestMs, aheadMs] = [Number.POSITIVE_INFINITY, 0];
  for (let look = 0; look < LOOKS; look += 1) {
    const beforeMs = Number(process.hrtime.bigint()) / NS_PER_MS;
    const ownMs = systemClock.monotonicMs();
    const tookMs = Number(process.hrtime.bigint()) / NS_PER_MS - beforeMs;
    if (tookMs >= quickestMs) continue;
    quickestMs = tookMs;
    aheadMs = beforeMs + tookMs / 2 - ownMs;
  }
  return aheadMs;
}

/** Resolves after `delayMs`, or at once when `signal` aborts; never rejects. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const finish = () => {
      timer.cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.setTimer(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}

/** `sleep` again and again, one after another: a listener for each of many costs more than all the rest of it. */
export class Sleeper {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #wake: () => void = () => {};
  readonly #onAbort = () => this.#wake();

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Resolves after `delayMs`, or at once when the signal aborts; never rejects. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#signal.aborted) return resolve();
      const timer = this.#clock.setTimer(delayMs, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

const WRITTEN_MAX = 1_000;
/** By ms since 1970. */
const written = new Map<number, string>();

/** RFC 3339 in UTC, to the nearest millisecond. One time is told many times: of a content with each of its answers. */
export function toTimestamp(epochMs: number): string {
  const ms = Math.round(epochMs);
  const known = written.get(ms);
  if (known !== undefined) return known;
  if (written.size === WRITTEN_MAX) written.clear();
  const text = new Date(ms).toISOString();
  written.set(ms, text);
  return text;
}
