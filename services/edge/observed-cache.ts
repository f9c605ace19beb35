/** A cache that tells what it has lost for its readers: a key, or any number of them. */
import type { Application, ApplyOutcome, EdgeCache, Lookup } from './cache/cache.ts';
import { DecoratedCache } from './cache/decorated.ts';

/** Told once what has happened is in the cache: whoever looks something up from then on sees it. */
export interface LossListener {
  /** A hard invalidation of one key. */
  onKey(key: string): void;
  /** Any key may be gone: a new life, a flush, a hard purge of a tag, a pattern or all, another log. */
  onAny(): void;
}

export class ObservedCache extends DecoratedCache {
  readonly #listeners: LossListener[] = [];

  constructor(cache: EdgeCache) {
    super(cache);
    cache.onNewLife(() => this.#tellAny());
  }

  onLoss(listener: LossListener): void {
    this.#listeners.push(listener);
  }

  lookupNow(key: string): Lookup | undefined {
    return this.cache.lookupNow?.(key);
  }

  override async apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    const outcomes = await super.apply(batch);
    const hard = batch.filter(({ mark }, at) => outcomes[at] === 'applied' && mark.mode === 'hard').map(({ mark }) => mark);
    if (hard.some(({ type }) => type !== 'key')) this.#tellAny();
    for (const { type, target } of hard) if (type === 'key') for (const listener of this.#listeners) listener.onKey(target);
    return outcomes;
  }

  override async flush(): Promise<void> {
    await super.flush();
    this.#tellAny();
  }

  override async forgetLog(generation: string): Promise<string | undefined> {
    const inForce = await super.forgetLog(generation);
    if (inForce !== undefined) this.#tellAny();
    return inForce;
  }

  #tellAny(): void {
    for (const listener of this.#listeners) listener.onAny();
  }
}
