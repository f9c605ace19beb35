/**
 * A test fixture: a cache with the fences off, as the original EdgeSync had it. It must fail every test that claims to
 * see them.
 *
 * Everything is stored: a fill takes the clock of now, whenever its fetch began, in this life or another; nothing
 * compares versions, neither with what is stored nor with a minimum, so a write's event is a purge of its key. Lookup
 * is left as it is. (With lookup's fences and the old clock a fill without refusals would do no harm: an entry would be
 * judged by its clock and version all the same.)
 */

import type { Application, ApplyOutcome, CachedVersion, CacheEntry, FillOutcome, Lookup, Stamp } from './cache.ts';
import { MemoryCacheServer, type MemoryCacheServerOptions } from './memory.ts';
import { CacheStore } from './store.ts';

/** Under the store's hands all entries have one version, so that it finds nothing to compare. */
const ONE_VERSION = 0;

export class UnfencedStore extends CacheStore {
  readonly #versions = new Map<string, number>();

  override lookup(key: string, now: number): Lookup {
    const found = super.lookup(key, now);
    return found.entry === null ? found : { ...found, entry: { ...found.entry, version: this.#versionOf(key) } };
  }

  override fill(key: string, entry: CacheEntry, _stamp: Stamp, now: number): FillOutcome {
    this.#versions.set(key, entry.version);
    return super.fill(key, { ...entry, version: ONE_VERSION }, super.lookup(key, now), now);
  }

  override apply({ mark, position, previous }: Application, now: number): ApplyOutcome {
    const { type, target, mode } = mark;
    return super.apply({ mark: { type, target, mode }, position, previous }, now);
  }

  override versions(limit: number, now: number): CachedVersion[] {
    return super.versions(limit, now).map((row) => ({ ...row, version: this.#versionOf(row.key) }));
  }

  #versionOf(key: string): number {
    return this.#versions.get(key) ?? ONE_VERSION;
  }
}

export class UnfencedServer extends MemoryCacheServer {
  readonly #createUnfenced: () => UnfencedStore;
  #unfenced: UnfencedStore;

  constructor(options: MemoryCacheServerOptions) {
    super(options);
    const { clock: _clock, random, ...bounds } = options;
    this.#createUnfenced = () => new UnfencedStore({ life: random.uuid(), ...bounds });
    this.#unfenced = this.#createUnfenced();
  }

  override get store(): UnfencedStore {
    return this.#unfenced;
  }

  override restart(): void {
    this.#unfenced = this.#createUnfenced();
    this.#unfenced.flush();
    super.restart();
  }
}
