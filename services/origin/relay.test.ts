/** The relay: at least once, in order per key, whatever the log does to it. */
import { describe, expect, it } from 'vitest';
import { LogUnavailable } from '../log/log.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { createRandom, drawSeed, systemRandom } from '../runtime/random.ts';
import { Contents } from './contents.ts';
import type { Database } from './database/database.ts';
import { Outbox } from './outbox.ts';
import { Relay } from './relay.ts';
import { openedDatabase, RecordingLog, resetTables } from './testing/origin.ts';

const HOUR_MS = 3_600_000;
const openDatabase = openedDatabase();

interface Relayed {
  readonly contents: Contents;
  readonly outbox: Outbox;
  readonly relay: Relay;
  readonly log: RecordingLog;
  readonly database: Database;
}

async function withRelay(
  {
    clock = systemClock,
    log = new RecordingLog(),
    heartbeatMs,
  }: { readonly clock?: Clock; readonly log?: RecordingLog; readonly heartbeatMs?: number },
  use: (relayed: Relayed) => Promise<void>,
): Promise<void> {
  const database = openDatabase();
  await resetTables(database);
  const shared = { database, clock, random: systemRandom };
  const outbox = new Outbox(shared);
  const relay = new Relay({ ...shared, outbox, log, heartbeatMs, logger: silentLogger });
  try {
    await use({ contents: new Contents(shared), outbox, relay, log, database });
  } finally {
    await relay.close();
  }
}

/** Marking as sent comes after the publishing: asked again until it has. */
async function untilSent(outbox: Outbox): Promise<void> {
  await expect.poll(async () => (await outbox.status()).pending, { interval: 5, timeout: 10_000 }).toBe(0);
}

function failTimes(times: number): () => void {
  let left = times;
  return () => {
    left -= 1;
    if (left >= 0) throw new LogUnavailable('not now');
  };
}

/** The versions in the order in which each first appeared. */
function firstSeen(log: RecordingLog, target: string): number[] {
  const versions = log.events.filter((event) => event.target === target).map(({ version }) => version ?? 0);
  return [...new Set(versions)];
}

describe('the relay', () => {
  it('publishes a write when it is woken, once, and marks it as sent', () =>
    withRelay({}, async ({ contents, outbox, relay, log }) => {
      relay.start();
      await contents.update(1, { title: 'x' });
      relay.wake();
      await untilSent(outbox);
      expect(log.events).toMatchObject([{ target: 'content:1', version: 2 }]);
    }));

  it('tells what it published last: when the row was written, claimed, and acknowledged by the log', () => {
    const wall = { now: 1_000 };
    const clock: Clock = { ...systemClock, now: () => wall.now };
    return withRelay({ clock }, async ({ contents, outbox, relay, log }) => {
      await contents.update(1, { title: 'x' });
      await outbox.enqueue({ type: 'tag', target: 'news', mode: 'soft' });
      wall.now = 2_000;
      log.before = () => {
        wall.now = 3_000;
      };
      relay.start();
      await untilSent(outbox);
      const times = { createdAt: 1_000, claimedAt: 2_000, sentAt: 3_000 };
      const [write, purge] = log.events;
      expect(relay.published()).toEqual([
        { id: purge?.id, type: 'tag', target: 'news', version: null, ...times },
        { id: write?.id, type: 'key', target: 'content:1', version: 2, ...times },
      ]);
    });
  });

  it('tells nothing of what the log refused, and twice of what it published twice', () =>
    withRelay({}, async ({ contents, outbox, relay, log, database }) => {
      log.before = failTimes(1);
      await contents.update(1, { title: 'x' });
      await database.execute('ALTER TABLE outbox ADD CONSTRAINT never_sent CHECK (sent_at IS NULL)');
      relay.start();
      await log.until((messages) => messages.length >= 2);
      await database.execute('ALTER TABLE outbox DROP CONSTRAINT never_sent');
      await untilSent(outbox);
      expect(relay.published().map(({ id }) => id)).toEqual(log.events.map(({ id }) => id));
    }));

  it('publishes what another process wrote without being woken', () =>
    withRelay({}, async ({ contents, outbox, relay, log }) => {
      relay.start();
      await contents.update(1, { title: 'x' });
      await untilSent(outbox);
      expect(log.events).toHaveLength(1);
    }));

  it('publishes what an earlier relay left behind, in order', () =>
    withRelay({}, async ({ contents, outbox, relay, log }) => {
      for (const title of ['a', 'b', 'c']) await contents.update(1, { title });
      relay.start();
      await untilSent(outbox);
      expect(firstSeen(log, 'content:1')).toEqual([2, 3, 4]);
    }));

  it.each([1, 3])('loses nothing when the log refuses %i times', (times) =>
    withRelay({}, async ({ contents, outbox, relay, log }) => {
      log.before = failTimes(times);
      relay.start();
      for (const title of ['a', 'b']) await contents.update(2, { title });
      relay.wake();
      await untilSent(outbox);
      expect(log.events.map(({ version }) => version)).toEqual([2, 3]);
    }),
  );

  it.each([1, 2])('repeats what the log took and refused all the same %i times', (times) =>
    withRelay({}, async ({ contents, outbox, relay, log }) => {
      for (const title of ['a', 'b']) await contents.update(2, { title });
      log.after = failTimes(times);
      relay.start();
      await untilSent(outbox);
      const once = [2, 3];
      expect(log.events.map(({ version }) => version)).toEqual(Array.from({ length: times + 1 }, () => once).flat());
      const ids = log.events.map(({ id }) => id);
      expect(new Set(ids).size).toBe(once.length);
    }),
  );

  it('publishes again what it could not mark as sent', () =>
    withRelay({}, async ({ contents, outbox, relay, log, database }) => {
      await contents.update(1, { title: 'x' });
      await database.execute('ALTER TABLE outbox ADD CONSTRAINT never_sent CHECK (sent_at IS NULL)');
      relay.start();
      await log.until((messages) => messages.length >= 2);
      await database.execute('ALTER TABLE outbox DROP CONSTRAINT never_sent');
      await untilSent(outbox);
      expect(new Set(log.events.map(({ id }) => id)).size).toBe(1);
    }));

  it('publishes while no transaction is open', () =>
    withRelay({}, async ({ contents, outbox, relay, log, database }) => {
      const transactions: unknown[] = [];
      log.before = async () => {
        for (let times = 0; times < 2; times += 1) transactions.push(...(await database.query('SELECT pg_current_xact_id()::text AS id')));
      };
      await contents.update(1, { title: 'x' });
      relay.start();
      await untilSent(outbox);
      // One transaction has one id: two ids, two transactions, neither the relay's.
      expect(transactions).toHaveLength(2);
      expect(transactions[0]).not.toEqual(transactions[1]);
    }));

  it('keeps the order of each key under writes at once and a log that fails at random', () =>
    withRelay({}, async ({ contents, outbox, relay, log }) => {
      const seed = drawSeed();
      const random = createRandom(seed);
      const failSometimes = () => {
        if (random.next() < 0.3) throw new LogUnavailable(`seed ${seed}`);
      };
      log.before = failSometimes;
      log.after = failSometimes;
      relay.start();
      const writes = Array.from({ length: 60 }, async (_, at) => {
        await contents.update(1 + (at % 3), { title: `t${at}` });
        relay.wake();
      });
      await Promise.all(writes);
      log.before = () => {};
      log.after = () => {};
      await untilSent(outbox);
      const expected = Array.from({ length: 20 }, (_, at) => at + 2);
      for (const key of ['content:1', 'content:2', 'content:3']) expect(firstSeen(log, key), `${key}, seed ${seed}`).toEqual(expected);
    }));

  it('publishes more than one claim holds', () =>
    withRelay({}, async ({ outbox, relay, log, database }) => {
      await database.execute(
        `INSERT INTO outbox (event_id, type, target, priority, created_at)
         SELECT gen_random_uuid(), 'key', 'content:' || n, 'normal', now() FROM generate_series(1, 1001) AS n`,
      );
      relay.start();
      await untilSent(outbox);
      expect(log.events.map(({ target }) => target)).toEqual(Array.from({ length: 1001 }, (_, at) => `content:${at + 1}`));
    }));

  it('lets the batch being published end before it closes', () =>
    withRelay({}, async ({ contents, outbox, relay, log }) => {
      const held = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      log.before = () => {
        reached.resolve();
        return held.promise;
      };
      await contents.update(1, { title: 'x' });
      relay.start();
      await reached.promise;
      const closed = relay.close();
      held.resolve();
      await closed;
      expect(log.events).toHaveLength(1);
      expect((await outbox.status()).pending).toBe(0);
    }));

  it('closes at once while the log is away, and leaves what is unpublished to the next', () =>
    withRelay({}, async ({ contents, outbox, relay, log }) => {
      const tried = Promise.withResolvers<void>();
      log.before = () => {
        tried.resolve();
        throw new LogUnavailable('away');
      };
      await contents.update(1, { title: 'x' });
      relay.start();
      await tried.promise;
      await relay.close();
      expect((await outbox.status()).pending).toBe(1);
    }));

  it('drops what was sent long ago, every minute or so', () => {
    let aheadMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    return withRelay({ clock }, async ({ contents, outbox, relay, database }) => {
      relay.start();
      await contents.update(1, { title: 'x' });
      relay.wake();
      await untilSent(outbox);
      aheadMs = HOUR_MS + 1;
      relay.wake();
      await expect.poll(() => database.query('SELECT id FROM outbox'), { interval: 5, timeout: 10_000 }).toEqual([]);
    });
  });
});
