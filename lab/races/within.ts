/** A wait for something, and no longer than it is wanted. */
import { type Clock, sleep } from '../../services/runtime/clock.ts';

export interface WithinOptions {
  readonly ms: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** undefined: it did not come in time. Rejects with the reason of the signal. */
export async function within<Result>(result: Promise<Result>, { ms, clock, signal }: WithinOptions): Promise<Result | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([result, sleep(clock, ms, AbortSignal.any([over.signal, signal])).then(() => undefined)]);
  } finally {
    over.abort();
    signal.throwIfAborted();
  }
}
