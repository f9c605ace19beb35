/**
 * A cache that came back as it was some time ago, unnoticed: entries and marks of then, the offsets of now, the same
 * life. (With the offsets of then the gap rule would repair it at the next invalidation.)
 */
import type { Application, ApplyOutcome, CacheEntry, FillOutcome, Stamp } from '../../services/edge/cache/cache.ts';
import { MemoryCacheServer, type MemoryCacheServerOptions } from '../../services/edge/cache/memory.ts';
import { CacheStore, type StoreOptions } from '../../services/edge/cache/store.ts';
import type { Mutant } from './mutant.ts';

/** What was written less than that before the end is lost with it. */
const LOST_MS = 10_000;
const FROM_THE_START = -1;

interface Step {
  readonly at: number;
  readonly run: (store: CacheStore) => void;
}

/** Remembers what was done to it. */
class RecordingStore extends CacheStore {
  readonly steps: Step[] = [];

  override fill(key: string, entry: CacheEntry, stamp: Stamp, now: number): FillOutcome {
    this.steps.push({ at: now, run: (store) => store.fill(key, entry, stamp, now) });
    return super.fill(key, entry, stamp, now);
  }

  override apply(application: Application, now: number): ApplyOutcome {
    const outcome = super.apply(application, now);
    if (outcome === 'applied') this.steps.push({ at: now, run: (store) => store.apply(application, now) });
    return outcome;
  }
}

class ReturningServer extends MemoryCacheServer {
  readonly #options: StoreOptions;
  #store: RecordingStore;

  constructor(options: MemoryCacheServerOptions) {
    super(options);
    const { clock: _clock, random, ...bounds } = options;
    this.#options = { life: random.uuid(), ...bounds };
    this.#store = new RecordingStore(this.#options);
  }

  override get store(): CacheStore {
    return this.#store;
  }

  /** Nobody is told. */
  override restart(): void {
    const now = this.clock.now();
    const { positions } = this.#store.takeUp();
    const returned = new RecordingStore(this.#options);
    for (const { run } of this.#store.steps.filter(({ at }) => at < now - LOST_MS)) run(returned);
    for (const position of positions.values())
      returned.apply({ mark: { type: 'key', target: 'nothing', mode: 'soft' }, position, previous: FROM_THE_START }, now);
    this.#store = returned;
  }
}

export const unnoticedReturn: Mutant = {
  name: 'unnoticed-return',
  about: 'a cache returns to its state of ten seconds before, and its edge does not notice',
  caughtBy: ['stale-after-bound', 'lost-invalidation', 'version-regression', 'resurrection', 'purge-ignored'],
  shownBy: 'redis-outage',
  cacheServer: (options) => new ReturningServer(options),
};
