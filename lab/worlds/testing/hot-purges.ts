/**
 * Purges over hot entries, for benchmarks: hot entries of our edge on a Redis, and lookups of most of them again and
 * again. A purge is one of a tag that no content has: it drops every hot entry, and changes no answer.
 */
import type { EdgeCache } from '../../../services/edge/cache/cache.ts';
import { HotCache } from '../../../services/edge/cache/hot.ts';
import { RedisCache } from '../../../services/edge/cache/redis.ts';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { silentLogger } from '../../../services/runtime/log.ts';
import { createRandom, systemRandom } from '../../../services/runtime/random.ts';
import { inBatches } from '../../load/batches.ts';

export interface HotPurgesOptions {
  readonly redisUrl: string;
  readonly hotMs: number;
  readonly keys: number;
  /** Of a load without purges, and of one with them; there are so many of each, in turn. */
  readonly roundMs: number;
  readonly rounds: number;
  readonly purgeEveryMs: number;
  /** In each ms of a load. */
  readonly lookups: number;
}

export interface HotPurges {
  /** How many entries were hot when each purge began that nobody read beside. */
  readonly hot: readonly number[];
  /** How long those took, from the call until it resolved. */
  readonly appliedMs: readonly number[];
  /** How long an empty call took that asks Redis as much: a purge of a tag over no hot entry. */
  readonly emptyMs: readonly number[];
  /** Of lookups, from when they were due. */
  readonly calmMs: readonly number[];
  readonly purgedMs: readonly number[];
}

type Found = { [Of in keyof HotPurges]: number[] };

const HOT_BYTES = 2 ** 30;
const AT_ONCE = 100;
/** What is late is measured, too. */
const PATIENT = { readDeadlineMs: 10_000, applyDeadlineMs: 10_000 } as const;
const LIFE_MS = 86_400_000;
const SEED = 1;
/** What was done before is over. */
const CALM_MS = 100;
/** Most lookups are of few keys, as everywhere. */
const SKEW = 3;
const UP_MS_MAX = 10_000;

export async function purgeHot(options: HotPurgesOptions): Promise<HotPurges> {
  const { redisUrl: url, hotMs, keys, rounds } = options;
  const shared = { clock: systemClock, logger: silentLogger };
  const cache = RedisCache.open({ url, region: `bench-${systemRandom.uuid()}`, markRetentionMs: LIFE_MS, ...PATIENT, ...shared });
  const hot = new HotCache(cache, { clock: systemClock, hotMs, bytesMax: HOT_BYTES, upToDate: () => 1, onHit: () => {} });
  const purge = purger(hot);
  const found: Found = { hot: [], appliedMs: [], emptyMs: [], calmMs: [], purgedMs: [] };
  const ids = Array.from({ length: keys }, (_, id) => id);
  const ofAll = (act: (id: number) => Promise<unknown>) => inBatches({ items: ids, atOnce: AT_ONCE }, (some) => Promise.all(some.map(act)));
  const lookAll = () => ofAll((id) => hot.lookup(keyOf(id)));
  try {
    await untilUp(cache);
    await ofAll((id) => fill(cache, id));
    for (let round = 0; round < rounds; round += 1) {
      await lookAll();
      await load(hot, options, found.calmMs);
      found.hot.push(hotOf(hot, keys));
      await sleep(systemClock, CALM_MS);
      found.appliedMs.push(await purge());
      found.emptyMs.push(await purge());
      await lookAll();
      await Promise.all([load(hot, options, found.purgedMs), purgeAgainAndAgain(purge, options)]);
    }
    return found;
  } finally {
    await hot.close();
  }
}

function hotOf(hot: HotCache, keys: number): number {
  let count = 0;
  for (let id = 0; id < keys; id += 1) if (hot.lookupNow(keyOf(id)) !== undefined) count += 1;
  return count;
}

/** Answers how long it took. */
function purger(cache: EdgeCache): () => Promise<number> {
  let offset = -1;
  return async () => {
    offset += 1;
    const position = { partition: 0, offset, id: `purge-${offset}`, time: offset };
    const begunMs = performance.now();
    await cache.apply([{ mark: { type: 'tag', target: 'b', mode: 'hard' }, position, previous: offset - 1 }]);
    return performance.now() - begunMs;
  };
}

async function purgeAgainAndAgain(purge: () => Promise<number>, { roundMs, purgeEveryMs }: HotPurgesOptions): Promise<void> {
  for (let atMs = purgeEveryMs; atMs < roundMs; atMs += purgeEveryMs) {
    await sleep(systemClock, purgeEveryMs);
    await purge();
  }
}

/** Each lookup is due at its time, whatever else this process does then. */
async function load(hot: EdgeCache, { keys, roundMs, lookups }: HotPurgesOptions, tookMs: number[]): Promise<void> {
  const random = createRandom(SEED);
  const underWay: Promise<void>[] = [];
  const begunMs = performance.now();
  for (let dueMs = begunMs; dueMs < begunMs + roundMs; dueMs += 1) {
    while (performance.now() < dueMs) await sleep(systemClock, 1);
    for (let at = 0; at < lookups; at += 1) {
      const looked = hot.lookup(keyOf(Math.floor(keys * random.next() ** SKEW)));
      underWay.push(looked.then(() => void tookMs.push(performance.now() - dueMs)));
    }
  }
  await Promise.all(underWay);
}

async function fill(cache: EdgeCache, id: number): Promise<void> {
  const now = systemClock.now();
  const at = new Date(now).toISOString();
  const text = { slug: `content-${id}`, title: `Content ${id}`, body: 'x'.repeat(100) };
  const content = { id: id + 1, ...text, metadata: {}, tags: ['a'], version: 1, created_at: at, updated_at: at };
  const until = { freshUntil: now + LIFE_MS, staleUntil: now + LIFE_MS, expiresAt: now + LIFE_MS };
  await cache.fill(keyOf(id), { version: 1, content, etag: '"1"', fetchedAt: now, ...until }, await cache.lookup(keyOf(id)));
}

async function untilUp(cache: EdgeCache): Promise<void> {
  const deadlineMs = performance.now() + UP_MS_MAX;
  while (!cache.connected()) {
    if (performance.now() > deadlineMs) throw new Error(`expected a Redis within ${UP_MS_MAX} ms, got none`);
    await sleep(systemClock, 1);
  }
}

function keyOf(id: number): string {
  return `content:${id + 1}`;
}
