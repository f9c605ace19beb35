/** The cache while its Redis answers and takes no change, as a real one does it. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { MemoryLog } from '../../log/memory.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Link } from '../../runtime/testing/link.ts';
import { Invalidator } from '../invalidator.ts';
import { EdgeMeter } from '../metrics.ts';
import { Reader } from '../reader.ts';
import { EdgeSettings } from '../settings.ts';
import { contentOf, entryOf, writeOf } from '../testing/kit.ts';
import { contentAnswer, LIFETIMES, ScriptedOrigin } from '../testing/reader.ts';
import { CacheUnavailable } from './cache.ts';
import { RedisCache } from './redis.ts';
import { emptied, eventually, REGION, withFaulty } from './testing/faulty-redis.ts';
import { RedisServer } from './testing/redis-server.ts';
import { PATIENT, until } from './testing/redis-subject.ts';
import { answerOf, KEY, MARK_RETENTION_MS, purged, recordAt, written } from './testing/subject.ts';

const servers = inject('servers');
/** It is looked at again no more often than once a second. */
const LOOKS = 2;
/** One that reads, one that applies. */
const CONNECTIONS = 2;

type Act = (raw: Redis) => Promise<unknown>;

interface Refusal {
  readonly title: string;
  readonly word: string;
  /** Answers how to undo it. */
  begin(raw: Redis): Promise<Act>;
}

const DEMOTED: Refusal = {
  title: 'that was made a replica of another',
  word: 'READONLY',
  async begin(raw) {
    await raw.replicaof('127.0.0.1', 1);
    return (again) => again.replicaof('NO', 'ONE');
  },
};

const REFUSALS: readonly Refusal[] = [
  { title: 'whose snapshots fail', word: 'MISCONF', begin: failSnapshots },
  DEMOTED,
  {
    title: 'that has too few replicas',
    word: 'NOREPLICAS',
    async begin(raw) {
      await raw.config('SET', 'min-replicas-to-write', 1);
      return (again) => again.config('SET', 'min-replicas-to-write', 0);
    },
  },
];

/** Into a folder that takes none. */
async function failSnapshots(raw: Redis): Promise<Act> {
  const [, folder] = (await raw.config('GET', 'dir')) as [string, string];
  await raw.config('SET', 'dir', '/proc');
  await raw.config('SET', 'save', '3600 1');
  await raw.bgsave().catch(() => {});
  await until(async () => (await raw.info('persistence')).includes('rdb_last_bgsave_status:err'), 'a snapshot that fails');
  return (again) => again.config('SET', 'dir', folder, 'save', '');
}

/** Ids of the connections of a cache, as the server has them. */
async function connections(raw: Redis, use: string): Promise<string[]> {
  const list = String(await raw.client('LIST'));
  const lines = list.split('\n').filter((line) => line.includes(` name=edgesync:${REGION}:${use} `));
  return lines.map((line) => /^id=(\d+)/.exec(line)?.[1] ?? '');
}

describe.skipIf(servers === undefined)('a Redis that answers and takes no change', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start(servers?.redisContainer ?? '');
  });
  beforeEach(() => emptied(server));
  afterAll(() => server?.remove());

  /** Whatever happens in between, it takes changes again afterwards. */
  async function whileRefusing(refusal: Refusal, use: () => Promise<void>): Promise<void> {
    const undo = await server.with((raw) => refusal.begin(raw));
    try {
      await use();
    } finally {
      await server.with(undo);
    }
  }

  for (const refusal of REFUSALS) {
    it(`${refusal.title} is read on, says so, and is used again when it is over, with all it had`, () =>
      withFaulty({ server }, async ({ cache, clock, steps, told, lines }) => {
        await steps.apply(purged('tag', 'b'));
        await steps.fetch(1);
        const before = await steps.begin();
        await whileRefusing(refusal, async () => {
          expect(await cache.condition()).toBe('refuses writes');
          await expect(cache.apply([recordAt(written(2), 1)])).rejects.toThrow(refusal.word);
          await expect(cache.fill(KEY, answerOf(2, ['a'], clock.now()), before)).rejects.toThrow(CacheUnavailable);
          await expect(eventually(() => cache.flush())).rejects.toThrow(CacheUnavailable);
          expect(await steps.begin()).toEqual(before);
          expect(await eventually(() => cache.versions(10))).toMatchObject([{ key: KEY, version: 1, state: 'fresh' }]);
          expect((await eventually(() => cache.takeUp())).positions.get(0)?.offset).toBe(0);
          expect(await cache.condition()).toBe('refuses writes');
        });
        await until(async () => (await cache.condition()) === 'connected', 'a cache that takes changes');
        expect(await eventually(() => cache.apply([recordAt(written(2), 1)]))).toEqual(['applied']);
        expect(await steps.read()).toBe('invalid');
        expect((await steps.begin()).life).toBe(before.life);
        expect(told()).toBe(0);
        expect(lines.filter((line) => line.startsWith('the cache answers and takes no change')).length).toBe(1);
      }));

    it(`${refusal.title} is looked at again by who applies, now and then, and readers are not cut off for it`, () =>
      withFaulty({ server }, async ({ cache, steps }) => {
        await steps.fetch(1);
        await whileRefusing(refusal, () =>
          server.with(async (raw) => {
            const [readers, seen] = [await connections(raw, 'reads'), new Set(await connections(raw, 'applies'))];
            const looks = async () => {
              await cache.apply([recordAt(written(2), 0)]).catch(() => {});
              expect(await steps.read()).toBe('fresh v1');
              for (const id of await connections(raw, 'applies')) seen.add(id);
              return seen.size > LOOKS;
            };
            await until(looks, `${LOOKS} more connections`);
            expect(await connections(raw, 'reads')).toEqual(readers);
          }),
        );
      }));

    it(`${refusal.title} has old content called stale, by who knows that it is old, until it is applied`, () =>
      withRegionOn(server, async ({ cache, log, read }) => {
        await cache.fill(KEY, entryOf(contentOf(1, 1), systemClock.now()), await cache.lookup(KEY));
        expect(await read()).toBe('fresh v1 from cache');
        await whileRefusing(refusal, async () => {
          await log.append([writeOf(1, 2)]);
          await until(async () => (await read()) === 'stale v1 from cache', 'an answer that is called stale');
          for (let more = 0; more < 50; more += 1) expect(await read()).not.toBe('fresh v1 from cache');
        });
        await until(async () => (await read()) === 'fresh v2 from cache', 'the next version');
      }));
  }

  it('and whose address leads to another by now, is left for that one: a new life', async () => {
    const other = await RedisServer.start(servers?.redisContainer ?? '');
    let target = server;
    const link = await Link.open(() => Number(new URL(target.url).port));
    try {
      await withFaulty({ server, url: `redis://127.0.0.1:${link.port}` }, async ({ cache, steps, told, answers }) => {
        await steps.fetch(1);
        const before = await steps.begin();
        await server.with((raw) => raw.replicaof('127.0.0.1', 1));
        target = other;
        const movedOn = async () => {
          await cache.apply([recordAt(written(2), 0)]).catch(() => {});
          return told() === 1;
        };
        await until(movedOn, 'a new life at the other server');
        await answers();
        expect((await eventually(() => steps.begin())).life).not.toBe(before.life);
        expect(await steps.read()).toBe('absent');
        expect(await cache.condition()).toBe('connected');
      });
    } finally {
      await server.with((raw) => raw.replicaof('NO', 'ONE'));
      await link.close();
      await other.remove();
    }
  });

  it('from the start is not used where a new life would have to begin: a replica has the data of another', () =>
    whileRefusing(DEMOTED, () =>
      withFaulty({ server, connected: false }, async ({ cache, lines }) => {
        // Each connection finds out by itself, and says so.
        await until(() => lines.filter((line) => line.includes('READONLY')).length >= CONNECTIONS, 'a line of each that says why');
        expect([cache.connected(), await cache.condition()]).toEqual([false, 'disconnected']);
        await expect(cache.lookup(KEY)).rejects.toThrow('READONLY');
      }),
    ));
});

interface RegionOnRedis {
  readonly cache: RedisCache;
  readonly log: MemoryLog;
  /** What a reader of content 1 is told, by an edge whose origin has version 2. */
  read(): Promise<string>;
}

async function withRegionOn(server: RedisServer, use: (region: RegionOnRedis) => Promise<void>): Promise<void> {
  const clock = systemClock;
  const cache = RedisCache.open({
    url: server.url,
    region: REGION,
    clock,
    markRetentionMs: MARK_RETENTION_MS,
    logger: silentLogger,
    ...PATIENT,
  });
  const log = new MemoryLog({ clock, partitions: 1 });
  const settings = new EdgeSettings({ propagationDelayMs: 0, strategy: 'eager' });
  const meter = new EdgeMeter(clock);
  const invalidator = new Invalidator({ region: REGION, group: REGION, log, cache, settings, clock, meter, logger: silentLogger });
  const origin = new ScriptedOrigin();
  origin.answer = async (id) => contentAnswer(id, 2);
  const reader = new Reader({ cache, origin, clock, meter, lifetimes: LIFETIMES, upToDate: () => invalidator.upToDate() });
  try {
    await until(() => cache.connected(), 'a connection to Redis');
    await invalidator.start();
    const read = async () => {
      const { status, entry, source } = await reader.read(1);
      return `${status} v${entry.version} from ${source}`;
    };
    await use({ cache, log, read });
  } finally {
    await invalidator.close();
    await cache.close();
  }
}
