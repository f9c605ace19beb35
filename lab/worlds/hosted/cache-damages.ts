/** What a Redis suffers: it is told so here, and the cache that an edge has of it behaves so. */
import {
  type Application,
  type ApplyOutcome,
  type CacheEntry,
  CacheUnavailable,
  type EdgeCache,
  type FillOutcome,
  type Passage,
  type Stamp,
} from '../../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../../services/edge/cache/decorated.ts';
import type { MemoryCacheServer } from '../../../services/edge/cache/memory.ts';
import type { CacheStore } from '../../../services/edge/cache/store.ts';
import type { EdgeHealth } from '../../../services/protocol/edge-api.ts';
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

  isSuffered(damage: Damage): boolean {
    return this.#first(damage) !== undefined;
  }

  /** It has changed something more. */
  count(damage: Damage): void {
    const suffered = this.#first(damage);
    if (suffered !== undefined) suffered.count += 1;
  }

  /** The cache of an edge, on this server. */
  on(cache: EdgeCache): EdgeCache {
    return new DamagedCache(cache, this);
  }

  #first(damage: Damage): Suffered | undefined {
    return [...this.#suffered.values()].find((suffered) => suffered.damage === damage);
  }
}

class DamagedCache extends DecoratedCache {
  readonly #damages: CacheDamages;

  constructor(cache: EdgeCache, damages: CacheDamages) {
    super(cache);
    this.#damages = damages;
  }

  override async fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    this.#write();
    return super.fill(key, entry, stamp);
  }

  /** Torn as a pipeline whose connection breaks: what came before is done, and so may be what came after. */
  override async apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    this.#write();
    if (!this.#damages.isSuffered('tear') || batch.length < 2) return super.apply(batch);
    this.#damages.count('tear');
    await super.apply(batch.toSpliced(Math.floor(batch.length / 2), 1));
    throw new CacheUnavailable('the connection broke in the middle of a batch');
  }

  override async pass(passage: Passage): Promise<ApplyOutcome> {
    this.#write();
    return super.pass(passage);
  }

  override async confirmBeats(times: ReadonlyMap<number, number>): Promise<number | undefined> {
    this.#write();
    return super.confirmBeats(times);
  }

  override async forgetLog(generation: string): Promise<string | undefined> {
    this.#write();
    return super.forgetLog(generation);
  }

  override async raiseMinimums(versions: ReadonlyMap<string, number>): Promise<void> {
    this.#write();
    return super.raiseMinimums(versions);
  }

  override async flush(): Promise<void> {
    this.#write();
    return super.flush();
  }

  override async condition(): Promise<EdgeHealth['redis']> {
    return this.#damages.isSuffered('refuse-writes') ? 'refuses writes' : super.condition();
  }

  /** Throws CacheUnavailable while it takes none. */
  #write(): void {
    if (!this.#damages.isSuffered('refuse-writes')) return;
    this.#damages.count('refuse-writes');
    throw new CacheUnavailable('the cache refuses writes');
  }
}
