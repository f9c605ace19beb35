/** What a Redis suffers: it is told so here, and the cache that an edge has of it behaves so. */
import {
  type Application,
  type ApplyOutcome,
  type CacheEntry,
  CacheUnavailable,
  type EdgeCache,
  type FillOutcome,
  type Stamp,
} from '../../../services/edge/cache/cache.ts';
import type { MemoryCacheServer } from '../../../services/edge/cache/memory.ts';
import type { CacheStore } from '../../../services/edge/cache/store.ts';
import { WorldFailed } from '../../errors.ts';
import type { Damage } from '../../system/mechanisms.ts';
import type { Damages } from './nodes.ts';

const EVICTED_SHARE = 0.5;

interface Suffered {
  readonly damage: Damage;
  /** Of one that goes back: what it was. */
  readonly snapshot?: CacheStore;
  count: number;
}

export class CacheDamages implements Damages {
  readonly #server: MemoryCacheServer;
  readonly #suffered = new Map<string, Suffered>();

  constructor(server: MemoryCacheServer) {
    this.#server = server;
  }

  inflict(id: string, damage: Damage): void {
    if (damage === 'evict') this.#suffered.set(id, { damage, count: this.#server.store.evict(EVICTED_SHARE) });
    else if (damage === 'roll-back') this.#suffered.set(id, { damage, count: 0, snapshot: this.#server.store.copy() });
    else if (damage === 'refuse-writes' || damage === 'tear') this.#suffered.set(id, { damage, count: 0 });
    else throw new WorldFailed(`expected a damage of a cache, got ${damage}`);
  }

  repair(id: string): void {
    const snapshot = this.#suffered.get(id)?.snapshot;
    this.#suffered.delete(id);
    if (snapshot !== undefined) this.#server.restart(snapshot);
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#suffered].map(([id, { count }]) => [id, count]));
  }

  /** The cache of an edge, on this server. */
  on(cache: EdgeCache): EdgeCache {
    return {
      lookup: (key) => cache.lookup(key),
      positions: () => cache.positions(),
      versions: (limit) => cache.versions(limit),
      connected: () => cache.connected(),
      onNewLife: (listener) => cache.onNewLife(listener),
      close: () => cache.close(),
      condition: async () => (this.#first('refuse-writes') === undefined ? cache.condition() : 'refuses writes'),
      fill: (key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> => this.#write(() => cache.fill(key, entry, stamp)),
      apply: (batch) => this.#write(() => this.#apply(cache, batch)),
      forgetLog: () => this.#write(() => cache.forgetLog()),
      flush: () => this.#write(() => cache.flush()),
    };
  }

  async #write<T>(write: () => Promise<T>): Promise<T> {
    const refusing = this.#first('refuse-writes');
    if (refusing === undefined) return write();
    refusing.count += 1;
    throw new CacheUnavailable('the cache refuses writes');
  }

  /** As a pipeline whose connection breaks: what came before is done, and so may be what came after. */
  async #apply(cache: EdgeCache, batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    const tearing = this.#first('tear');
    if (tearing === undefined || batch.length < 2) return cache.apply(batch);
    tearing.count += 1;
    await cache.apply(batch.toSpliced(Math.floor(batch.length / 2), 1));
    throw new CacheUnavailable('the connection broke in the middle of a batch');
  }

  #first(damage: Damage): Suffered | undefined {
    return [...this.#suffered.values()].find((suffered) => suffered.damage === damage);
  }
}
