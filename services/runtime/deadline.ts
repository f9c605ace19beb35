/** A promise with an end: what libraries promise, kafkajs and dockerode, may take for ever. */
import type { Clock } from './clock.ts';

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
