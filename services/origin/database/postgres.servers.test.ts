/** The database port over a Postgres server, and what may happen to the server meanwhile. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { INVALIDATION_PARTITIONS } from '../../protocol/invalidation.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createLogger, silentLogger } from '../../runtime/log.ts';
import { systemRandom } from '../../runtime/random.ts';
import { exchange } from '../../runtime/testing/http.ts';
import { Link } from '../../runtime/testing/link.ts';
import { docker, pause } from '../../runtime/testing/servers.ts';
import { startOrigin } from '../origin.ts';
import { describeContentStoreContract } from '../testing/contents-contract.ts';
import { createLog, resetTables, TEST_CONFIG } from '../testing/origin.ts';
import { DatabaseUnavailable } from './database.ts';
import { PostgresDatabase } from './postgres.ts';

const servers = inject('servers');
const CONTAINER = servers?.postgresContainer ?? '';
const LOCK = 4_711;
/** What a crowd waits for. */
const CROWD = 4_712;
/** As many as the pool has. */
const CONNECTIONS_MAX = 10;
const BEATS = 5;
const POLL = { interval: 50, timeout: 30_000 } as const;
/** No port of anybody: connections are refused. */
const NOWHERE = 'postgresql://user:pass@127.0.0.1:9/edgesync';

function open(url: string): PostgresDatabase {
  return PostgresDatabase.open({ url, clock: systemClock, logger: silentLogger });
}

/** A database of this file's own on the server. */
function ownDatabase(): () => string {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const server = servers?.postgresUrl ?? NOWHERE;
  const run = async (sql: string) => {
    const database = open(server);
    await database.execute(sql).finally(() => database.close());
  };
  beforeAll(() => run(`CREATE DATABASE ${name}`));
  afterAll(() => run(`DROP DATABASE ${name} WITH (FORCE)`));
  return () => Object.assign(new URL(server), { pathname: `/${name}` }).href;
}

async function timed(work: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
}

describe.skipIf(servers === undefined)('Postgres', () => {
  const url = ownDatabase();

  async function withDatabase(use: (database: PostgresDatabase) => Promise<void>): Promise<void> {
    const database = open(url());
    try {
      await use(database);
    } finally {
      await database.close();
    }
  }

  describeContentStoreContract('Postgres', (use) =>
    withDatabase(async (database) => {
      await resetTables(database);
      await use(database);
    }),
  );

  it('reads whole numbers of 64 bits as PGlite does', () =>
    withDatabase(async (database) => {
      expect(await database.query('SELECT 1::int8 AS small, 9007199254740993::int8 AS large, count(*) FROM generate_series(1, 3)')).toEqual(
        [{ small: 1, large: 9007199254740993n, count: 3 }],
      );
    }));

  it('throws the server’s own error for a statement that is wrong, and away for one that takes too long', () =>
    withDatabase(async (database) => {
      await expect(database.query('SELECT nothing_of_the_kind')).rejects.toMatchObject({ code: '42703' });
      await expect(database.query('SELECT pg_sleep(60)')).rejects.toBeInstanceOf(DatabaseUnavailable);
      expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    }));

  it('is away at once where nobody listens', async () => {
    const database = open(NOWHERE);
    await expect(database.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
    await expect(database.execute('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
    await expect(database.tryLock(LOCK)).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(await database.connected()).toBe(false);
    await database.close();
    await expect(database.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
  });

  it('gives a lock to one session at a time', () =>
    withDatabase(async (database) => {
      const lease = await database.tryLock(LOCK);
      expect(await database.tryLock(LOCK)).toBeUndefined();
      await lease?.release();
      expect(lease?.held()).toBe(false);
      const again = await database.tryLock(LOCK);
      expect(again?.held()).toBe(true);
      await again?.release();
    }));

  it('holds no lock any more once the session that holds it is ended', () =>
    withDatabase(async (database) => {
      const lease = await database.tryLock(LOCK);
      await database.query(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1`, [LOCK]);
      await expect.poll(() => lease?.held(), POLL).toBe(false);
      const again = await database.tryLock(LOCK);
      expect(again?.held()).toBe(true);
      await again?.release();
    }));

  it('holds no lock any more on a link that is cut, and the server gives it to whoever can be heard', () =>
    withDatabase(async (database) => {
      const link = await Link.open(() => Number(new URL(url()).port));
      const cutOff = open(Object.assign(new URL(url()), { port: String(link.port) }).href);
      try {
        const lease = await cutOff.tryLock(LOCK);
        expect(lease?.held()).toBe(true);
        link.cut();
        await expect.poll(() => lease?.held(), POLL).toBe(false);
        const takes = async () => {
          const again = await database.tryLock(LOCK);
          await again?.release();
          return again !== undefined;
        };
        await expect.poll(takes, POLL).toBe(true);
      } finally {
        await cutOff.close();
        await link.close();
      }
    }));

  it('has a relay that publishes, and sends heartbeats, while a crowd holds all connections of the pool', () =>
    withDatabase(async (database) => {
      await resetTables(database);
      const log = createLog();
      const ports = { database, log, clock: systemClock, random: systemRandom, logger: silentLogger };
      const { port, close } = await startOrigin({ ...TEST_CONFIG, FRESHNESS_LEASE: 10_000, HEARTBEAT: 100 }, ports);
      const end = async () => (await log.bounds()).reduce((sum, bounds) => sum + bounds.end, 0);
      const blocker = open(url());
      const gate = await blocker.tryLock(CROWD);
      try {
        await expect.poll(end, POLL).toBeGreaterThan(0);
        let waiting = CONNECTIONS_MAX;
        // An event that is waiting when the crowd comes. Each of the crowd waits in the database until the gate opens.
        await exchange(port, { method: 'PUT', path: '/api/content/1', body: { title: 'x' } });
        const crowd = Promise.allSettled(
          Array.from({ length: waiting }, () =>
            database.query('SELECT pg_advisory_lock_shared($1)', [CROWD]).finally(() => {
              waiting -= 1;
            }),
          ),
        );
        const begun = await end();
        await expect.poll(end, POLL).toBeGreaterThan(begun + BEATS * INVALIDATION_PARTITIONS);
        expect(waiting, 'and none of the crowd has been answered').toBe(CONNECTIONS_MAX);
        await gate?.release();
        await crowd;
      } finally {
        await close();
        await blocker.close();
      }
    }));

  describe('when the server', () => {
    afterEach(async () => {
      await docker('unpause', CONTAINER).catch(() => {});
      await docker('start', CONTAINER);
      await withDatabase((database) => expect.poll(() => database.connected(), POLL).toBe(true));
    }, 60_000);

    it('restarts, what runs then fails as away, and the pool goes on', () =>
      withDatabase(async (database) => {
        const lease = await database.tryLock(LOCK);
        await database.query('SELECT 1');
        const restarted = docker('restart', CONTAINER);
        const refused = await Promise.allSettled([restarted, database.query('SELECT pg_sleep(4)')]);
        expect(refused[1]).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailable) });
        await expect.poll(() => database.connected(), POLL).toBe(true);
        expect(lease?.held()).toBe(false);
        expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      }));

    it('hangs, every wait ends, the lock is lost here and free there', () =>
      withDatabase(async (database) => {
        const lease = await database.tryLock(LOCK);
        await database.query('SELECT 1');
        await pause(CONTAINER);
        expect(await timed(database.connected().then((is) => expect(is).toBe(false)))).toBeLessThan(2_000);
        expect(await timed(expect(database.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailable))).toBeLessThan(8_000);
        await expect.poll(() => lease?.held(), POLL).toBe(false);
        await docker('unpause', CONTAINER);
        const takes = async () => {
          const again = await database.tryLock(LOCK).catch(() => undefined);
          await again?.release();
          return again !== undefined;
        };
        await expect.poll(takes, POLL).toBe(true);
      }));

    it('is not there yet, an origin answers 503 and comes up by itself', () =>
      withDatabase(async (database) => {
        await database.execute('DROP TABLE IF EXISTS content, deleted_content, outbox CASCADE');
        await docker('stop', CONTAINER);
        const log = createLog();
        const ports = { database, log, clock: systemClock, random: systemRandom, logger: createLogger('origin', 'silent') };
        const { port, close } = await startOrigin(TEST_CONFIG, ports);
        try {
          expect(await exchange(port, { path: '/health' })).toMatchObject({ status: 503, json: { postgres: 'disconnected' } });
          expect(await exchange(port, { path: '/api/content/1' })).toMatchObject({ status: 503, json: { code: 'unavailable' } });
          await docker('start', CONTAINER);
          await expect.poll(async () => (await exchange(port, { path: '/health' })).status, POLL).toBe(200);
          const put = { method: 'PUT', path: '/api/content/1', body: { title: 'x' } } as const;
          expect(await exchange(port, put)).toMatchObject({ status: 200, json: { data: { version: 2 } } });
          await expect.poll(async () => (await log.bounds()).reduce((sum, { end }) => sum + end, 0), POLL).toBe(1);
        } finally {
          await close();
        }
      }));
  });
});
