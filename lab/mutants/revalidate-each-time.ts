/**
 * As the original EdgeSync had it: every reader who finds a stale mark asks the origin, whoever else has asked already;
 * and the mark, which lies in a key of its own, goes only a moment after the answer came.
 */
import type { CacheEntry, EdgeCache, FillOutcome, Lookup, Stamp } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { Clock } from '../../services/runtime/clock.ts';
import type { Mutant } from './mutant.ts';

/** Above every clock: nobody may join a fetch. */
const NEVER_JOINED = Number.MAX_SAFE_INTEGER;
const MARK_OUTLIVES_MS = 1_000;

class Alone extends DecoratedCache {
  readonly #clock: Clock;
  /** By key, on the monotonic clock: when its mark goes. */
  readonly #markedUntilMs = new Map<string, number>();

  constructor(cache: EdgeCache, clock: Clock) {
    super(cache);
    this.#clock = clock;
  }

  override async lookup(key: string): Promise<Lookup> {
    const found = await this.cache.lookup(key);
    const isMarked = this.#clock.monotonicMs() < (this.#markedUntilMs.get(key) ?? 0);
    if (found.state === 'fresh' && !isMarked) return found;
    return { ...found, state: 'invalid', entry: null, fence: NEVER_JOINED };
  }

  /** A mark that is there is not there for longer because somebody else's answer came. */
  override fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= (this.#markedUntilMs.get(key) ?? 0)) this.#markedUntilMs.set(key, nowMs + MARK_OUTLIVES_MS);
    return this.cache.fill(key, entry, stamp);
  }
}

export const revalidateEachTime: Mutant = {
  name: 'revalidate-each-time',
  about: 'every read that finds a stale mark asks the origin once more',
  caughtBy: ['refill-storm'],
  shownBy: 'stampede',
  edge: (ports, { clock }) => ({ ...ports, cache: new Alone(ports.cache, clock) }),
};
