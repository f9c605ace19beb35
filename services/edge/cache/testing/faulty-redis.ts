/** A cache on a Redis of its own, for tests that break the server under it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '../../../runtime/log.ts';
import { VirtualClock } from '../../../runtime/virtual-clock.ts';
import { CacheUnavailable } from '../cache.ts';
import { RedisCache } from '../redis.ts';
import type { RedisServer } from './redis-server.ts';
import { PATIENT, until } from './redis-subject.ts';
import { MARK_RETENTION_MS, Steps } from './subject.ts';

export const REGION = 'faulty';
/** For tests of the deadlines alone. */
export const IN_FORCE = { readDeadlineMs: 50, applyDeadlineMs: 500 };
const ATTEMPTS_MAX = 100;
const POLL_MS = 10;

export interface Faulty {
  readonly cache: RedisCache;
  readonly clock: VirtualClock;
  readonly steps: Steps;
  /** New lives told of. */
  readonly told: () => number;
  readonly lines: readonly string[];
  /** Resolves when the cache answers again. */
  answers(): Promise<void>;
}

export interface FaultyOptions {
  readonly server: RedisServer;
  /** Left out: straight to the server. */
  readonly url?: string;
  /** false: the test begins before the cache has reached its server. */
  readonly connected?: boolean;
  readonly deadlines?: typeof PATIENT;
}

export async function withFaulty(
  { server, url = server.url, connected = true, deadlines = PATIENT }: FaultyOptions,
  test: (faulty: Faulty) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const keep = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger = { ...silentLogger, info: keep, warn: keep, error: keep };
  const cache = RedisCache.open({ url, region: REGION, clock, markRetentionMs: MARK_RETENTION_MS, logger, ...deadlines });
  let newLives = 0;
  cache.onNewLife(() => {
    newLives += 1;
  });
  const answered = async () => {
    (await cache.takeUp()).positions;
    return cache.connected();
  };
  const answers = () => until(() => answered().catch(() => false), 'the cache to answer');
  try {
    if (connected) await answers();
    const steps = new Steps({ cache, clock, restart: async () => {} });
    await test({ cache, clock, steps, lines, told: () => newLives, answers });
  } finally {
    await cache.close();
  }
}

/** As a server is before each test: empty, its snapshot too, with a bound that a test can fill. */
export function emptied(server: RedisServer): Promise<void> {
  return server.with(async (raw) => {
    await raw.config('SET', 'maxmemory-policy', 'volatile-ttl');
    await raw.config('SET', 'maxmemory', '8mb');
    await raw.flushall();
    await raw.save();
  });
}

/** Again while the cache does not answer. */
export async function eventually<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof CacheUnavailable) || attempt >= ATTEMPTS_MAX) throw error;
      await sleep(POLL_MS);
    }
  }
}
