/** For what must be asked of the cache, however long it is away. */
import { type Clock, sleep } from '../runtime/clock.ts';
import { CacheUnavailable } from './cache/cache.ts';

const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1_000;

/** Repeats while the cache is away, with capped backoff. Throws what it failed with last once the signal is aborted. */
export async function untilCacheAnswers<T>(clock: Clock, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let backoffMs = BACKOFF_MS_MIN; ; backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof CacheUnavailable) || signal.aborted) throw error;
      await sleep(clock, backoffMs, signal);
    }
  }
}
