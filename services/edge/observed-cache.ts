/** A cache that tells what it has lost for its readers: a key, or any number of them. */
import type { EdgeHealth } from '../protocol/edge-api.ts';
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
} from './cache/cache.ts';

/** Told once what has happened is in the cache: whoever looks something up from then on sees it. */
export interface LossListener {
  /** A hard invalidation of one key. */
  onKey(key: string): void;
  /** Any key may be gone: a new life, a flush, a hard purge of a tag, a pattern or all, another log. */
  onAny(): void;
}

export class ObservedCache implements EdgeCache {
  readonly #cache: EdgeCache;
  readonly #listeners: LossListener[] = [];

  constructor(cache: EdgeCache) {
    this.#cache = cache;
    cache.onNewLife(() => this.#tellAny());
  }

  onLoss(listener: LossListener): void {
    this.#listeners.push(listener);
  }

  async apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    const outcomes = await this.#cache.apply(batch);
    const hard = batch.filter(({ mark }, at) => outcomes[at] === 'applied' && mark.mode === 'hard').map(({ mark }) => mark);
    if (hard.some(({ type }) => type !== 'key')) this.#tellAny();
    for (const { type, target } of hard) if (type === 'key') for (const listener of this.#listeners) listener.onKey(target);
    return outcomes;
  }

  async flush(): Promise<void> {
    await this.#cache.flush();
    this.#tellAny();
  }

  async forgetLog(generation: string): Promise<string | undefined> {
    const inForce = await this.#cache.forgetLog(generation);
    if (inForce !== undefined) this.#tellAny();
    return inForce;
  }

  lookup(key: string): Promise<Lookup> {
    return this.#cache.lookup(key);
  }

  fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    return this.#cache.fill(key, entry, stamp);
  }

  pass(passage: Passage): Promise<ApplyOutcome> {
    return this.#cache.pass(passage);
  }

  confirmBeats(times: ReadonlyMap<number, number>): Promise<number | undefined> {
    return this.#cache.confirmBeats(times);
  }

  takeUp(): Promise<TakenUp> {
    return this.#cache.takeUp();
  }

  raiseMinimums(versions: ReadonlyMap<string, number>): Promise<void> {
    return this.#cache.raiseMinimums(versions);
  }

  versions(limit: number): Promise<readonly CachedVersion[]> {
    return this.#cache.versions(limit);
  }

  connected(): boolean {
    return this.#cache.connected();
  }

  condition(): Promise<EdgeHealth['redis']> {
    return this.#cache.condition();
  }

  onNewLife(listener: () => void): void {
    this.#cache.onNewLife(listener);
  }

  close(): Promise<void> {
    return this.#cache.close();
  }

  #tellAny(): void {
    for (const listener of this.#listeners) listener.onAny();
  }
}
