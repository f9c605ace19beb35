/** A cache across a wire: what an edge has of its Redis. Deadlines as those of the real adapter. */
import {
  type Application,
  type ApplyOutcome,
  type CachedVersion,
  type CacheEntry,
  CacheUnavailable,
  type EdgeCache,
  type FillOutcome,
  type Lookup,
  type Passage,
  type Stamp,
  type TakenUp,
} from '../../../services/edge/cache/cache.ts';
import type { EdgeHealth } from '../../../services/protocol/edge-api.ts';
import type { Gate } from './gate.ts';
import type { Wire } from './wire.ts';

/** Reads fail fast: a frozen Redis must not hold every reader. */
const READ_DEADLINE_MS = 50;
const APPLY_DEADLINE_MS = 500;

export interface WiredCacheOptions {
  readonly cache: EdgeCache;
  readonly wire: Wire;
  readonly caller: Gate;
}

export class WiredCache implements EdgeCache {
  readonly #options: WiredCacheOptions;

  constructor(options: WiredCacheOptions) {
    this.#options = options;
  }

  lookup(key: string): Promise<Lookup> {
    return this.#call(READ_DEADLINE_MS, (cache) => cache.lookup(key));
  }

  fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    return this.#call(READ_DEADLINE_MS, (cache) => cache.fill(key, entry, stamp));
  }

  apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    return this.#call(APPLY_DEADLINE_MS, (cache) => cache.apply(batch));
  }

  pass(passage: Passage): Promise<ApplyOutcome> {
    return this.#call(APPLY_DEADLINE_MS, (cache) => cache.pass(passage));
  }

  confirmBeats(times: ReadonlyMap<number, number>): Promise<number | undefined> {
    return this.#call(APPLY_DEADLINE_MS, (cache) => cache.confirmBeats(times));
  }

  takeUp(): Promise<TakenUp> {
    return this.#call(APPLY_DEADLINE_MS, (cache) => cache.takeUp());
  }

  forgetLog(generation: string): Promise<string | undefined> {
    return this.#call(APPLY_DEADLINE_MS, (cache) => cache.forgetLog(generation));
  }

  raiseMinimums(versions: ReadonlyMap<string, number>): Promise<void> {
    return this.#call(APPLY_DEADLINE_MS, (cache) => cache.raiseMinimums(versions));
  }

  flush(): Promise<void> {
    return this.#call(APPLY_DEADLINE_MS, (cache) => cache.flush());
  }

  versions(limit: number): Promise<readonly CachedVersion[]> {
    return this.#call(READ_DEADLINE_MS, (cache) => cache.versions(limit));
  }

  connected(): boolean {
    return this.#options.wire.isOpen && this.#options.cache.connected();
  }

  async condition(): Promise<EdgeHealth['redis']> {
    return this.#options.wire.isOpen ? this.#options.cache.condition() : 'disconnected';
  }

  /** A new life begins when the server is up again, so that those who hear of it can ask at once. */
  onNewLife(listener: () => void): void {
    const { cache, caller } = this.#options;
    cache.onNewLife(() => void caller.goesOn().then(listener));
  }

  close(): Promise<void> {
    return this.#options.cache.close();
  }

  #call<T>(deadlineMs: number, send: (cache: EdgeCache) => Promise<T>): Promise<T> {
    const { cache, wire, caller } = this.#options;
    return wire.call(() => send(cache), {
      caller,
      deadlineMs,
      toError: (why) => new CacheUnavailable(`the cache does not answer: ${why}`),
    });
  }
}
