/**
 * What the contract and the traces are told with: a cache under test, the marks that events leave, the answers of an
 * origin, and `Steps`, which keeps the positions so that a test reads as the steps of its trace.
 */
import type { Content } from '../../../protocol/content.ts';
import type { InvalidationMode } from '../../../protocol/invalidation.ts';
import type { VirtualClock } from '../../../runtime/virtual-clock.ts';
import type { Application, ApplyOutcome, CacheBounds, CacheEntry, EdgeCache, FillOutcome, Lookup, Mark, Stamp } from '../cache.ts';

export interface CacheUnderTest {
  readonly cache: EdgeCache;
  readonly clock: VirtualClock;
  /** The server comes back empty, another life; resolves when the cache has noticed. */
  restart(): Promise<void>;
}

/** What a test bounds otherwise. */
export type BoundsOfTest = Pick<CacheBounds, 'marksMax'>;

/** Opens a cache of its own for one test, and closes it. */
export type WithCache = (test: (subject: CacheUnderTest) => Promise<void>, bounds?: BoundsOfTest) => Promise<void>;

export const KEY = 'content:1';
export const OTHER_KEY = 'content:2';

export const FRESH_MS = 10_000;
export const STALE_MS = 60_000;
/** Long, so that a mark can be older than an entry only where a test wants it. */
export const LIFE_MS = 1_000_000;
/** What the server under test is to be given: longer than any random run, so that none prunes a mark. */
export const MARK_RETENTION_MS = 100 * LIFE_MS;

/** A write's event: version n of the key. */
export function written(version: number, mode: InvalidationMode = 'hard', key = KEY): Mark {
  return { type: 'key', target: key, mode, version };
}

export function purged(type: Mark['type'], target: string, mode: InvalidationMode = 'hard'): Mark {
  return { type, target, mode };
}

/** An answer of the origin; `tags: null` is a 404. */
export function answerOf(version: number, tags: readonly string[] | null, now: number): CacheEntry {
  return {
    version,
    content: tags === null ? null : contentOf(version, tags),
    etag: `"${version}"`,
    fetchedAt: now,
    freshUntil: now + FRESH_MS,
    staleUntil: now + STALE_MS,
    expiresAt: now + LIFE_MS,
  };
}

function contentOf(version: number, tags: readonly string[]): Content {
  return {
    id: 1,
    slug: 'one',
    title: 'One',
    body: `body of version ${version}`,
    metadata: {},
    tags: [...tags],
    version,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
  };
}

export class Steps {
  readonly #subject: CacheUnderTest;
  readonly #last = new Map<number, number>();

  constructor(subject: CacheUnderTest) {
    this.#subject = subject;
  }

  /** A fetch begins with the lookup before it. */
  begin(key = KEY): Promise<Lookup> {
    return this.#subject.cache.lookup(key);
  }

  /** The origin's answer arrives: a fill under the clock of the lookup before the fetch. */
  arrive(stamp: Stamp, version: number, tags: readonly string[] | null = ['a'], key = KEY): Promise<FillOutcome> {
    return this.#subject.cache.fill(key, answerOf(version, tags, this.#subject.clock.now()), stamp);
  }

  /** A whole fetch, with nothing in between. */
  async fetch(version: number, tags: readonly string[] | null = ['a'], key = KEY): Promise<FillOutcome> {
    return this.arrive(await this.begin(key), version, tags, key);
  }

  /** Applies the next record of the partition. */
  async apply(mark: Mark, partition = 0): Promise<ApplyOutcome | undefined> {
    const previous = this.#last.get(partition) ?? -1;
    this.#last.set(partition, previous + 1);
    return this.applyAt(mark, previous + 1, { partition, previous });
  }

  /** Applies a record at an offset of the test's choice. */
  async applyAt(mark: Mark, offset: number, { partition = 0, previous = offset - 1 } = {}): Promise<ApplyOutcome | undefined> {
    const outcomes = await this.#subject.cache.apply([recordAt(mark, offset, { partition, previous })]);
    return outcomes[0];
  }

  /** What a reader gets: `fresh v1`, `stale v1`, `fresh 404 v4`, `invalid`, `absent`. */
  async read(key = KEY): Promise<string> {
    const { state, entry } = await this.#subject.cache.lookup(key);
    if (entry === null) return state;
    return `${state} ${entry.content === null ? '404 ' : ''}v${entry.version}`;
  }
}

/** As whoever takes up what is stored and finds that the log is another one. */
export async function forgetLog(cache: EdgeCache): Promise<void> {
  await cache.forgetLog((await cache.takeUp()).generation);
}

export function recordAt(mark: Mark, offset: number, { partition = 0, previous = offset - 1 } = {}): Application {
  return { mark, position: { partition, offset, id: `event-${partition}-${offset}`, time: 1_000 + offset }, previous };
}
