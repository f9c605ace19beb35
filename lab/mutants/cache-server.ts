/** A cache server with a store of a mutant's own, as the real one owns its store. */
import { MemoryCacheServer, type MemoryCacheServerOptions } from '../../services/edge/cache/memory.ts';
import type { CacheStore, StoreOptions } from '../../services/edge/cache/store.ts';

export type CreateStore = (options: StoreOptions) => CacheStore;

class MutantCacheServer extends MemoryCacheServer {
  readonly #create: () => CacheStore;
  #mutant: CacheStore;

  constructor(options: MemoryCacheServerOptions, create: CreateStore) {
    super(options);
    const { clock: _clock, random, ...bounds } = options;
    this.#create = () => create({ life: random.uuid(), ...bounds });
    this.#mutant = this.#create();
  }

  override get store(): CacheStore {
    return this.#mutant;
  }

  override restart(): void {
    this.#mutant = this.#create();
    this.#mutant.flush();
    super.restart();
  }
}

export function cacheServerOf(create: CreateStore): (options: MemoryCacheServerOptions) => MemoryCacheServer {
  return (options) => new MutantCacheServer(options, create);
}
