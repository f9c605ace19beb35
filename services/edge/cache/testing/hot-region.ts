/** Edges with hot entries on one cache, each with a connection of its own. */
import { createRandom } from '../../../runtime/random.ts';
import { VirtualClock } from '../../../runtime/virtual-clock.ts';
import type { CacheEntry, Lookup } from '../cache.ts';
import { HotCache } from '../hot.ts';
import { MemoryCache, MemoryCacheServer } from '../memory.ts';
import { SteppedCache } from './stepped-cache.ts';
import { answerOf, KEY, MARK_RETENTION_MS, Steps } from './subject.ts';

export const HOT_MS = 100;

export interface HotEdgeOptions {
  readonly hotMs?: number;
  readonly bytesMax?: number;
}

export class HotEdge {
  readonly wire: SteppedCache;
  readonly cache: HotCache;
  readonly steps: Steps;
  /** Which spell of being up to date it is; undefined: it is catching up. */
  spell: number | undefined = 1;
  /** The lowest heartbeat whose lease is not out. */
  leasedFrom = Number.NEGATIVE_INFINITY;
  hits = 0;

  constructor(server: MemoryCacheServer, clock: VirtualClock, { hotMs = HOT_MS, bytesMax = 1_000_000 }: HotEdgeOptions = {}) {
    this.wire = new SteppedCache(new MemoryCache(server));
    this.cache = new HotCache(this.wire, {
      clock,
      hotMs,
      bytesMax,
      upToDate: () => this.spell,
      isOutOfLease: (_key, { beat = 0 }) => beat < this.leasedFrom,
      onHit: () => {
        this.hits += 1;
      },
    });
    this.steps = new Steps({ cache: this.cache, clock, restart: async () => server.restart() });
  }

  /** Looks the key up, and says whether the cache was asked. */
  async read(key = KEY): Promise<string> {
    const before = this.wire.lookups;
    const found = await this.steps.read(key);
    return this.wire.lookups === before ? `${found}, hot` : found;
  }
}

export class HotRegion {
  readonly clock = new VirtualClock();
  readonly server = new MemoryCacheServer({ clock: this.clock, random: createRandom(1), markRetentionMs: MARK_RETENTION_MS });
  readonly edges: readonly [HotEdge, HotEdge];

  constructor(options: HotEdgeOptions = {}) {
    this.edges = [new HotEdge(this.server, this.clock, options), new HotEdge(this.server, this.clock, options)];
  }

  /** What another edge stores: whatever it is, past the edges here. */
  async fill(version: number, { key = KEY, ...more }: Partial<CacheEntry> & { readonly key?: string } = {}): Promise<void> {
    const cache = new MemoryCache(this.server);
    await cache.fill(key, { ...answerOf(version, ['a'], this.clock.now()), ...more }, await cache.lookup(key));
    await cache.close();
  }

  /** As the cache itself would answer now. */
  now(key = KEY): Lookup {
    return this.server.store.lookup(key, this.clock.now());
  }
}
