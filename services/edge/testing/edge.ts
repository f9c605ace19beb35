/** A whole edge over real sockets, with an origin that tests answer for and a wall clock they move. */
import { MemoryLog } from '../../log/memory.ts';
import type { Content } from '../../protocol/content.ts';
import type { EdgeHealth } from '../../protocol/edge-api.ts';
import { INVALIDATION_PARTITIONS } from '../../protocol/invalidation.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { systemRandom } from '../../runtime/random.ts';
import { type Application, type ApplyOutcome, CacheUnavailable } from '../cache/cache.ts';
import { MemoryCache, MemoryCacheServer } from '../cache/memory.ts';
import { readEdgeConfig } from '../config.ts';
import { cacheBoundsOf, startEdge } from '../edge.ts';
import { type OriginAnswer, type OriginClient, type OriginListing, OriginUnavailable } from '../origin-client.ts';

export const REGION = 'us-east';
export const ADMIN_TOKEN = 'a token of 16 b.';
export const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` } as const;

/** What the origin holds, as a test sets it. */
export class StagedOrigin implements OriginClient {
  readonly contents = new Map<number, Content>();
  readonly deleted = new Map<number, number>();
  away = false;
  /** By how much its clock is ahead of that of the edge. Left out: it does not say. */
  aheadMs: number | undefined;
  /** Called before each answer: hold it back, or look. */
  before: (id: number) => void | Promise<void> = () => {};
  listing: OriginListing = { status: 200, body: { success: true, data: [], next: null } };
  readonly fetches: { readonly id: number; readonly ifNoneMatch: string | undefined }[] = [];
  readonly queries: string[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    this.fetches.push({ id, ifNoneMatch });
    await this.before(id);
    if (this.away) throw new OriginUnavailable('the origin is away');
    const content = this.contents.get(id);
    const times = this.aheadMs === undefined ? {} : { dateMs: this.#clock.now() + this.aheadMs };
    if (content === undefined) return { kind: 'missing', version: this.deleted.get(id) ?? 0, ...times };
    const etag = `"${id}-${content.version}"`;
    return etag === ifNoneMatch ? { kind: 'unchanged', ...times } : { kind: 'content', content, etag, ...times };
  }

  async list(query: string): Promise<OriginListing> {
    this.queries.push(query);
    if (this.away) throw new OriginUnavailable('the origin is away');
    return this.listing;
  }

  async answers(): Promise<boolean> {
    return !this.away;
  }

  async close(): Promise<void> {}
}

/** A cache that can be told to answer lookups only. */
export class StagedCache extends MemoryCache {
  refusing = false;

  override async apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    if (this.refusing) throw new CacheUnavailable('apply: READONLY');
    return super.apply(batch);
  }

  override async condition(): Promise<EdgeHealth['redis']> {
    const condition = await super.condition();
    return this.refusing && condition === 'connected' ? 'refuses writes' : condition;
  }
}

export interface MovableClock extends Clock {
  /** Only the wall: what is due is timed by the monotonic clock, which goes on by itself. */
  advance(byMs: number): void;
}

export function createMovableClock(): MovableClock {
  let now = Date.UTC(2030, 0, 1);
  return {
    ...systemClock,
    now: () => now,
    advance: (byMs) => {
      now += byMs;
    },
  };
}

export interface EdgeUnderTest {
  readonly port: number;
  readonly origin: StagedOrigin;
  readonly cache: StagedCache;
  readonly log: MemoryLog;
  readonly clock: MovableClock;
}

/** A started edge without propagation delay. */
export async function withEdge<T>(environment: Readonly<Record<string, string>>, use: (edge: EdgeUnderTest) => Promise<T>): Promise<T> {
  const config = readEdgeConfig({
    REGION_NAME: REGION,
    FRESHNESS_LEASE: '0',
    EDGE_PORT: '0',
    REDIS_URL: 'memory:',
    KAFKA_BROKERS: 'memory:',
    ORIGIN_URL: 'http://localhost:4000',
    PROPAGATION_DELAY: '0',
    ADMIN_TOKEN,
    ...environment,
  });
  const clock = createMovableClock();
  const cache = new StagedCache(new MemoryCacheServer({ clock, random: systemRandom, ...cacheBoundsOf(config) }));
  const log = new MemoryLog({ clock, partitions: INVALIDATION_PARTITIONS });
  const origin = new StagedOrigin(clock);
  const edge = await startEdge(config, { cache, log, origin, clock, random: systemRandom, logger: silentLogger });
  try {
    return await use({ port: edge.port, origin, cache, log, clock });
  } finally {
    await edge.close();
  }
}
