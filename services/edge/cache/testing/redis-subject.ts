/**
 * Caches in Redis for tests: each has a region of its own on a server that others use too. Deadlines are long, for what
 * is tested is what the cache answers, not how soon; `redis-away.servers.test.ts` tests those.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { silentLogger } from '../../../runtime/log.ts';
import { VirtualClock } from '../../../runtime/virtual-clock.ts';
import { RedisCache } from '../redis.ts';
import { type BoundsOfTest, type CacheUnderTest, MARK_RETENTION_MS, type WithCache } from './subject.ts';

const PATIENT_MS = 10_000;
const POLL_MS = 2;
/** A busy machine misses the deadlines that are right in production. */
export const PATIENT = { readDeadlineMs: PATIENT_MS, applyDeadlineMs: PATIENT_MS };

export interface RedisUnderTest extends CacheUnderTest {
  readonly cache: RedisCache;
  readonly region: string;
  /** Looks past the cache at what the server holds. */
  readonly raw: Redis;
}

/** Polls, and fails with what was waited for. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, deadlineMs = PATIENT_MS): Promise<void> {
  const endsAt = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > endsAt) throw new Error(`expected ${what} within ${deadlineMs} ms, it never came`);
    await sleep(POLL_MS);
  }
}

export async function withRedis(url: string, test: (subject: RedisUnderTest) => Promise<void>, bounds?: BoundsOfTest): Promise<void> {
  const clock = new VirtualClock();
  const region = `test-${randomUUID()}`;
  const raw = new Redis(url);
  const shared = { url, region, clock, logger: silentLogger };
  const cache = RedisCache.open({ ...shared, markRetentionMs: MARK_RETENTION_MS, ...PATIENT, ...bounds });
  try {
    await until(() => cache.connected(), 'a connection to Redis');
    await test({ cache, clock, region, raw, restart: () => empty({ cache, raw, region }) });
  } finally {
    await cache.close();
    await removeAll(raw, region);
    raw.disconnect();
  }
}

export function withRedisCache(url: string): WithCache {
  return (test, bounds) => withRedis(url, test, bounds);
}

/**
 * What a restarted server without its data looks like to one region: no life, no entry, no mark. Others use the server
 * too.
 */
async function empty({ cache, raw, region }: Pick<RedisUnderTest, 'cache' | 'raw' | 'region'>): Promise<void> {
  let told = false;
  cache.onNewLife(() => {
    told = true;
  });
  await removeAll(raw, region);
  await cache.lookup('any').catch(() => {});
  await until(() => told, 'the cache to tell of a new life');
}

async function removeAll(raw: Redis, region: string): Promise<void> {
  const keys = await raw.keys(`edgesync:{${region}}:*`);
  if (keys.length > 0) await raw.del(keys);
}
