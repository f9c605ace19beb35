/** What may happen to the broker and to members of a group, against Kafka itself: the supervisor's cases. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { docker, pause } from '../runtime/testing/servers.ts';
import { type LogMessage, LogUnavailable } from './log.ts';
import { Reader, until, withFreshBroker, withKafka, withPlainClient } from './testing/kafka.ts';

const servers = inject('servers');
const BROKERS = servers?.kafkaBrokers ?? '';
const CONTAINER = servers?.kafkaContainer ?? '';
const MEMBER = fileURLToPath(new URL('./testing/kafka-member.ts', import.meta.url));
/** The bound of an append, with what a slow machine adds. */
const REFUSED_MS_MAX = 7_000;
const CLOSED_MS_MAX = 6_000;

function message(value: string): LogMessage {
  return { key: `content:${value.length}`, value, headers: {} };
}

async function timed(work: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
}

/** Whatever a test did to it, the broker is there for the next one. */
async function bringBack(): Promise<void> {
  await docker('unpause', CONTAINER).catch(() => {});
  await docker('start', CONTAINER);
  await until(() =>
    withPlainClient(BROKERS, ({ admin }) => admin.listTopics()).then(
      () => true,
      () => false,
    ),
  );
}

describe.skipIf(servers === undefined)('a Kafka log', () => {
  afterEach(bringBack, 60_000);

  test('outlives a broker that is killed and comes back: refuses meanwhile, loses nothing it has acknowledged', () =>
    withKafka(BROKERS, async ({ open, group }) => {
      const [origin, edge, reader] = [open(), open({ createTopic: false }), new Reader()];
      await origin.append([message('before')]);
      await reader.subscribeTo(edge, group);
      await until(() => reader.values.has('before'));
      await docker('kill', CONTAINER);
      expect(await timed(expect(origin.append([message('away')])).rejects.toBeInstanceOf(LogUnavailable))).toBeLessThan(REFUSED_MS_MAX);
      await expect(edge.bounds()).rejects.toBeInstanceOf(LogUnavailable);
      await until(() => !origin.connected() && !edge.connected());
      await docker('start', CONTAINER);
      await until(() =>
        origin.append([message('after')]).then(
          () => true,
          () => false,
        ),
      );
      await until(() => reader.values.has('after'));
      await until(() => origin.connected() && edge.connected());
      expect(reader.assignments.length).toBeGreaterThan(1);
    }));

  test('outlives a broker that hangs: refuses within its bound, goes on afterwards', () =>
    withKafka(BROKERS, async ({ open, group }) => {
      const [origin, reader] = [open(), new Reader()];
      await origin.append([message('before')]);
      await reader.subscribeTo(open({ createTopic: false }), group);
      await until(() => reader.values.has('before'));
      await pause(CONTAINER);
      expect(await timed(expect(origin.append([message('hangs')])).rejects.toBeInstanceOf(LogUnavailable))).toBeLessThan(REFUSED_MS_MAX);
      expect(origin.connected()).toBe(false);
      await docker('unpause', CONTAINER);
      await until(() =>
        origin.append([message('after')]).then(
          () => true,
          () => false,
        ),
      );
      await until(() => reader.values.has('after'));
    }));

  test('closes within its bound while the broker hangs', () =>
    withKafka(BROKERS, async ({ open, group }) => {
      const [log, reader] = [open(), new Reader()];
      await log.append([message('before')]);
      await reader.subscribeTo(log, group);
      await until(() => reader.values.has('before'));
      await pause(CONTAINER);
      expect(await timed(log.close())).toBeLessThan(CLOSED_MS_MAX);
    }));

  test('leaves its group when it closes, so that the next member need not wait for a session to end', () =>
    withKafka(BROKERS, async ({ open, group }) => {
      const first = open();
      const subscription = await new Reader().subscribeTo(first, group);
      await subscription.commit(new Map([[0, 0]]));
      await first.close();
      await withPlainClient(BROKERS, async ({ admin }) => {
        const { groups } = await admin.describeGroups([group]);
        expect(groups.map(({ state, members }) => [state, members.length])).toEqual([['Empty', 0]]);
        expect((await admin.fetchOffsets({ groupId: group }))[0]?.partitions).toContainEqual(
          expect.objectContaining({ partition: 0, offset: '0' }),
        );
      });
    }));

  test('gets the partitions of a member that was killed', () =>
    withKafka(BROKERS, async ({ open, topic, group }) => {
      const [log, reader] = [open(), new Reader()];
      await log.append([message('before')]);
      const member = spawn(process.execPath, [MEMBER, BROKERS, topic, group], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await once(member.stdout, 'data');
        member.kill('SIGKILL');
        await reader.subscribeTo(log, group);
        await until(() => reader.values.has('before'));
        await log.append([message('after')]);
        await until(() => reader.values.has('after'));
      } finally {
        member.kill('SIGKILL');
      }
    }));

  test('shares its group’s partitions with a member that joins, and has them back when that one is gone', () =>
    withKafka(BROKERS, async ({ open, group }) => {
      const [log, other, reader, joining] = [open(), open(), new Reader(), new Reader()];
      await reader.subscribeTo(log, group);
      await joining.subscribeTo(other, group);
      await until(() => (reader.assignments.at(-1)?.length ?? 3) < 3);
      const sent = Array.from({ length: 30 }, (_, at) => message('x'.repeat(at + 1)));
      await log.append(sent);
      await until(() => new Set([...reader.values, ...joining.values]).size === sent.length);
      await other.close();
      await until(() => reader.assignments.at(-1)?.length === 3);
      await log.append([message('alone')]);
      await until(() => reader.values.has('alone'));
    }));
});

describe.skipIf(servers === undefined)('the first boot of an empty Kafka', () => {
  test('is joined by a subscriber that was there before it, and by an origin that had something to say', () =>
    withFreshBroker(CONTAINER, async ({ brokers, start }) => {
      await withKafka(brokers, async ({ open, group }) => {
        const [edge, origin, reader] = [open({ createTopic: false }), open(), new Reader()];
        const subscribed = reader.subscribeTo(edge, group);
        await expect(origin.append([message('too early')])).rejects.toBeInstanceOf(LogUnavailable);
        expect(edge.connected()).toBe(false);
        await start();
        await until(() =>
          origin.append([message('first')]).then(
            () => true,
            () => false,
          ),
        );
        await subscribed;
        await until(() => reader.values.has('first'));
        expect(edge.connected()).toBe(true);
      });
    }));
});
