/**
 * A promise with an end: what libraries promise, kafkajs and dockerode, may take for ever, and so may programs of
 * others.
 */
import { type Clock, sleep } from './clock.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** For the error: what did not happen. */
  readonly what: string;
}

/** Rejects after `ms`; what the promise does later is nobody's business any more. */
export async function within<T>({ clock, ms, what }: Deadline, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = clock.setTimer(ms, () => late.reject(new Error(`${what}: no answer after ${ms} ms`)));
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    timer.cancel();
  }
}

export interface Time {
  readonly clock: Clock;
  readonly ms: number;
  /** Nobody waits any more. */
  readonly signal?: AbortSignal;
}

/** undefined: it did not come in that time. Rejects as the promise does, and with the reason of the signal. */
export async function inTime<T>({ clock, ms, signal }: Time, promise: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  const ends = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  try {
    return await Promise.race([promise, sleep(clock, ms, ends).then(() => undefined)]);
  } finally {
    over.abort();
    signal?.throwIfAborted();
  }
}
