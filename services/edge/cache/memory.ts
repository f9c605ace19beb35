/** A region's cache in memory: the port over a store that outlives the edge, as a Redis does. */
import type { EdgeHealth } from '../../protocol/edge-api.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import {
  type Application,
  type ApplyOutcome,
  type CacheBounds,
  type CachedVersion,
  type CacheEntry,
  CacheUnavailable,
  type EdgeCache,
  type FillOutcome,
  type Lookup,
  type Passage,
  type Stamp,
  type TakenUp,
} from './cache.ts';
import { CacheStore } from './store.ts';

export interface MemoryCacheServerOptions extends CacheBounds {
  readonly clock: Clock;
  readonly random: Random;
}

/** The server: owns the store. Restarted, it comes back under another life, empty or with what a snapshot held. */
export class MemoryCacheServer {
  readonly clock: Clock;
  readonly #random: Random;
  readonly #bounds: CacheBounds;
  readonly #restartListeners = new Set<() => void>();
  #store: CacheStore;

  constructor({ clock, random, ...bounds }: MemoryCacheServerOptions) {
    this.clock = clock;
    this.#random = random;
    this.#bounds = bounds;
    this.#store = this.#createStore();
  }

  get store(): CacheStore {
    return this.#store;
  }

  restart(snapshot?: CacheStore): void {
    this.#store = snapshot?.copy(this.#random.uuid()) ?? this.#createStore();
    this.#store.flush();
    for (const listener of this.#restartListeners) listener();
  }

  onRestart(listener: () => void): () => void {
    this.#restartListeners.add(listener);
    return () => this.#restartListeners.delete(listener);
  }

  #createStore(): CacheStore {
    return new CacheStore({ life: this.#random.uuid(), ...this.#bounds });
  }
}

export class MemoryCache implements EdgeCache {
  readonly #server: MemoryCacheServer;
  readonly #disconnect: () => void;
  readonly #newLifeListeners = new Set<() => void>();
  #closed = false;

  constructor(server: MemoryCacheServer) {
    this.#server = server;
    this.#disconnect = server.onRestart(() => {
      for (const listener of this.#newLifeListeners) listener();
    });
  }

  async lookup(key: string): Promise<Lookup> {
    return this.#open().lookup(key, this.#server.clock.now());
  }

  lookupNow(key: string): Lookup | undefined {
    return this.#closed ? undefined : this.#server.store.lookup(key, this.#server.clock.now());
  }

  async fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    return this.#open().fill(key, entry, stamp, this.#server.clock.now());
  }

  async apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    const store = this.#open();
    return batch.map((application) => store.apply(application, this.#server.clock.now()));
  }

  async pass(passage: Passage): Promise<ApplyOutcome> {
    return this.#open().pass(passage);
  }

  async confirmBeats(times: ReadonlyMap<number, number>): Promise<number | undefined> {
    return this.#open().confirmBeats(times);
  }

  async takeUp(): Promise<TakenUp> {
    return this.#open().takeUp();
  }

  async forgetLog(generation: string): Promise<string | undefined> {
    return this.#open().forgetLog(generation);
  }

  async raiseMinimums(versions: ReadonlyMap<string, number>): Promise<void> {
    this.#open().raiseMinimums(versions, this.#server.clock.now());
  }

  async flush(): Promise<void> {
    this.#open().flush();
  }

  async versions(limit: number): Promise<readonly CachedVersion[]> {
    return this.#open().versions(limit, this.#server.clock.now());
  }

  connected(): boolean {
    return !this.#closed;
  }

  async condition(): Promise<EdgeHealth['redis']> {
    return this.connected() ? 'connected' : 'disconnected';
  }

  onNewLife(listener: () => void): void {
    this.#newLifeListeners.add(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#disconnect();
  }

  #open(): CacheStore {
    if (this.#closed) throw new CacheUnavailable('the connection to the cache is closed');
    return this.#server.store;
  }
}
