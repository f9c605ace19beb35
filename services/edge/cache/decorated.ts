/**
 * A cache that does what another does: what starts from it changes a part. It leaves out `lookupNow`, for what changes
 * `lookup` must not be passed by.
 */

import type { EdgeHealth } from '../../protocol/edge-api.ts';
import type {
  Application,
  ApplyOutcome,
  CachedVersion,
  CacheEntry,
  EdgeCache,
  FillOutcome,
  Lookup,
  Passage,
  Stamp,
  TakenUp,
} from './cache.ts';

export class DecoratedCache implements EdgeCache {
  protected readonly cache: EdgeCache;

  constructor(cache: EdgeCache) {
    this.cache = cache;
  }

  lookup(key: string): Promise<Lookup> {
    return this.cache.lookup(key);
  }

  fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    return this.cache.fill(key, entry, stamp);
  }

  apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    return this.cache.apply(batch);
  }

  pass(passage: Passage): Promise<ApplyOutcome> {
    return this.cache.pass(passage);
  }

  confirmBeats(times: ReadonlyMap<number, number>): Promise<number | undefined> {
    return this.cache.confirmBeats(times);
  }

  takeUp(): Promise<TakenUp> {
    return this.cache.takeUp();
  }

  forgetLog(generation: string): Promise<string | undefined> {
    return this.cache.forgetLog(generation);
  }

  raiseMinimums(versions: ReadonlyMap<string, number>): Promise<void> {
    return this.cache.raiseMinimums(versions);
  }

  flush(): Promise<void> {
    return this.cache.flush();
  }

  versions(limit: number): Promise<readonly CachedVersion[]> {
    return this.cache.versions(limit);
  }

  connected(): boolean {
    return this.cache.connected();
  }

  condition(): Promise<EdgeHealth['redis']> {
    return this.cache.condition();
  }

  onNewLife(listener: () => void): void {
    this.cache.onNewLife(listener);
  }

  close(): Promise<void> {
    return this.cache.close();
  }
}
