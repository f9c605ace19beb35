/**
 * What every invalidation log keeps, in memory or Kafka: the tests each adapter runs. Nothing here asks for more than
 * at least once, in order within a partition.
 */
import { describe, expect, test } from 'vitest';
import {
  type InvalidationLog,
  type LogMessage,
  type LogRecord,
  type LogSubscription,
  LogUnavailable,
  type PartitionBounds,
} from '../log.ts';

export interface LogUnderTest {
  /** Empty, with at least two partitions. */
  readonly log: InvalidationLog;
  /** Resolves when `condition` holds; rejects when it has not by the adapter's own deadline. */
  until(condition: () => boolean): Promise<void>;
  /** Resolves when whatever could still be delivered has been, however long that takes this adapter. */
  quiet(): Promise<void>;
  /** The partition drops what it holds below the offset, as where its retention has passed. */
  dropBelow(partition: number, offset: number): Promise<void>;
}

export type WithLog = (use: (underTest: LogUnderTest) => Promise<void>) => Promise<void>;

const KEYS = Array.from({ length: 12 }, (_, index) => `content:${index + 1}`);

function message(key: string, value: string): LogMessage {
  return { key, value, headers: { 'event-type': 'key' } };
}

/** `rounds` messages for each key: value `content:7#3` is the fourth of content 7. */
function rounds(count: number): LogMessage[] {
  return Array.from({ length: count }, (_, round) => KEYS.map((key) => message(key, `${key}#${round}`))).flat();
}

/** Notes everything it is given; reads from the start of each partition unless told otherwise. */
class Listener {
  readonly records: LogRecord[] = [];
  readonly assignments: (readonly PartitionBounds[])[] = [];
  readonly deliveredBeforeAssigned: LogRecord[] = [];
  /** Called with each delivery, after it was noted. */
  onRecords: (partition: number) => void = () => {};
  /** Called with each assignment, after it was noted and before it is answered. */
  onAssigned: () => void = () => {};
  readonly #startAt: (bounds: PartitionBounds) => number;
  #assigned = false;

  constructor(startAt: (bounds: PartitionBounds) => number = ({ start }) => start) {
    this.#startAt = startAt;
  }

  subscribeTo(log: InvalidationLog, group = 'cache-invalidation-test'): Promise<LogSubscription> {
    return log.subscribe({
      group,
      onAssigned: async (bounds) => {
        this.assignments.push(bounds);
        // Yields, so that a record which did not wait for the answer would be seen here.
        await Promise.resolve();
        this.onAssigned();
        this.#assigned = true;
        return new Map(bounds.map((each) => [each.partition, this.#startAt(each)]));
      },
      onRecords: (partition, records) => {
        if (!this.#assigned) this.deliveredBeforeAssigned.push(...records);
        if (records.some((record) => record.partition !== partition)) throw new Error(`a record of another partition than ${partition}`);
        this.records.push(...records);
        this.onRecords(partition);
      },
    });
  }

  values(): Set<string> {
    return new Set(this.records.map(({ value }) => value));
  }

  of(partition: number): LogRecord[] {
    return this.records.filter((record) => record.partition === partition);
  }
}

function boundsOf(all: readonly PartitionBounds[], partition: number): PartitionBounds {
  const found = all.find((bounds) => bounds.partition === partition);
  if (found === undefined) throw new Error(`expected bounds of partition ${partition}, got none`);
  return found;
}

/** The partition that holds most of what was appended, and its bounds. */
async function fullest(log: InvalidationLog): Promise<PartitionBounds> {
  const [first, ...others] = await log.bounds();
  if (first === undefined) throw new Error('expected partitions, got none');
  return others.reduce((best, each) => (each.end - each.start > best.end - best.start ? each : best), first);
}

export function describeLogContract(name: string, withLog: WithLog): void {
  describe(`the contract of a log, kept by ${name}`, () => {
    describeDelivery(withLog);
    describePosition(withLog);
    describeFailures(withLog);
    describeEnds(withLog);
  });
}

function describeDelivery(withLog: WithLog): void {
  test('every record appended is delivered, the earlier ones too', () =>
    withLog(async ({ log, until }) => {
      const [before, after] = [rounds(3), rounds(5).slice(3 * KEYS.length)];
      await log.append(before);
      const listener = new Listener();
      await listener.subscribeTo(log);
      await log.append(after);
      await until(() => listener.values().size === before.length + after.length);
      expect(listener.values()).toEqual(new Set([...before, ...after].map(({ value }) => value)));
    }));

  test('records of one key lie in one partition, in the order they were appended, at rising offsets', () =>
    withLog(async ({ log, until }) => {
      const listener = new Listener();
      await listener.subscribeTo(log);
      for (let round = 0; round < 10; round += 1) await log.append(KEYS.map((key) => message(key, `${key}#${round}`)));
      await until(() => listener.values().size === 10 * KEYS.length);
      for (const key of KEYS) {
        const own = listener.records.filter((record) => record.key === key);
        expect(new Set(own.map(({ partition }) => partition)).size, key).toBe(1);
        expect([...new Set(own.map(({ value }) => value))]).toEqual(Array.from({ length: 10 }, (_, round) => `${key}#${round}`));
      }
      for (const { partition } of await log.bounds()) {
        const offsets = [...new Set(listener.of(partition).map(({ offset }) => offset))];
        expect(offsets).toEqual([...offsets].sort((one, other) => one - other));
      }
    }));

  test('keys are spread over more than one partition', () =>
    withLog(async ({ log }) => {
      await log.append(rounds(1));
      const used = (await log.bounds()).filter(({ start, end }) => end > start);
      expect(used.length).toBeGreaterThan(1);
    }));

  test('no record comes before the assignment has been answered', () =>
    withLog(async ({ log, until }) => {
      await log.append(rounds(2));
      const listener = new Listener();
      await listener.subscribeTo(log);
      await until(() => listener.values().size === 2 * KEYS.length);
      expect(listener.assignments.length).toBeGreaterThanOrEqual(1);
      expect(listener.deliveredBeforeAssigned).toEqual([]);
    }));

  test('a record carries the time the log took it, the same for every reader', () =>
    withLog(async ({ log, until }) => {
      await log.append(rounds(1));
      const [one, other] = [new Listener(), new Listener()];
      await one.subscribeTo(log, 'one');
      await other.subscribeTo(log, 'other');
      await until(() => one.values().size === KEYS.length && other.values().size === KEYS.length);
      const times = (listener: Listener) => new Map(listener.records.map(({ value, time }) => [value, time]));
      expect(times(one)).toEqual(times(other));
      for (const time of times(one).values()) expect(time).toBeGreaterThan(0);
    }));

  test('a second group sees everything the first has read and committed', () =>
    withLog(async ({ log, until }) => {
      await log.append(rounds(2));
      const first = new Listener();
      const subscription = await first.subscribeTo(log, 'one');
      await until(() => first.values().size === 2 * KEYS.length);
      await subscription.commit(new Map((await log.bounds()).map(({ partition, end }) => [partition, end])));
      const second = new Listener();
      await second.subscribeTo(log, 'other');
      await until(() => second.values().size === 2 * KEYS.length);
    }));
}

function describePosition(withLog: WithLog): void {
  test('bounds tell what each partition holds, to a subscriber as to anybody', () =>
    withLog(async ({ log, until }) => {
      const empty = await log.bounds();
      expect(empty.every(({ start, end }) => start === end)).toBe(true);
      await log.append(rounds(3));
      const bounds = await log.bounds();
      const listener = new Listener();
      await listener.subscribeTo(log);
      expect(listener.assignments[0]).toEqual(bounds);
      await until(() => listener.values().size === 3 * KEYS.length);
      for (const { partition, start, end } of bounds) {
        const offsets = listener.of(partition).map(({ offset }) => offset);
        if (end > start) expect([Math.min(...offsets), Math.max(...offsets)]).toEqual([start, end - 1]);
      }
    }));

  test('reading begins where the subscriber says', () =>
    withLog(async ({ log, until, quiet }) => {
      await log.append(rounds(4));
      const { partition, end } = await fullest(log);
      const listener = new Listener((bounds) => (bounds.partition === partition ? end - 2 : bounds.end));
      await listener.subscribeTo(log);
      await until(() => listener.records.length >= 2);
      await quiet();
      expect(new Set(listener.records.map(({ offset }) => offset))).toEqual(new Set([end - 2, end - 1]));
    }));

  test('nothing read before a seek is delivered after it', () =>
    withLog(async ({ log, until }) => {
      await log.append(rounds(5));
      const { partition, start, end } = await fullest(log);
      const listener = new Listener();
      const subscription = await listener.subscribeTo(log);
      await until(() => listener.of(partition).length >= 1);
      for (const target of [start + 1, end - 1, start]) {
        const seen = listener.of(partition).length;
        subscription.seek(partition, target);
        await until(() => listener.of(partition).length > seen);
        expect(listener.of(partition)[seen]?.offset).toBe(target);
      }
      await until(() => listener.of(partition).at(-1)?.offset === end - 1);
    }));

  test('a seek while records arrive neither skips nor reorders', () =>
    withLog(async ({ log, until }) => {
      await log.append(rounds(2));
      const { partition, start } = await fullest(log);
      const listener = new Listener();
      const subscription = await listener.subscribeTo(log);
      const appending = log.append(rounds(6).slice(2 * KEYS.length));
      subscription.seek(partition, start);
      const seen = listener.of(partition).length;
      await appending;
      const end = (await fullest(log)).end;
      await until(() => listener.of(partition).slice(seen).at(-1)?.offset === end - 1);
      const offsets = listener
        .of(partition)
        .slice(seen)
        .map(({ offset }) => offset);
      expect(offsets).toEqual(Array.from({ length: end - start }, (_, index) => start + index));
    }));

  test('a paused partition delivers nothing until resumed, the others go on', () =>
    withLog(async ({ log, until, quiet }) => {
      await log.append(rounds(1));
      const { partition } = await fullest(log);
      const listener = new Listener();
      const subscription = await listener.subscribeTo(log);
      await until(() => listener.values().size === KEYS.length);
      subscription.pause(partition);
      await quiet();
      const seen = listener.of(partition).length;
      const elsewhere = listener.records.length - seen;
      await log.append(rounds(2).slice(KEYS.length));
      await until(() => listener.records.length - listener.of(partition).length > elsewhere);
      await quiet();
      expect(listener.of(partition).length).toBe(seen);
      subscription.resume(partition);
      await until(() => listener.values().size === 2 * KEYS.length);
    }));

  test('a partition sought while records of another are handed over goes on from there, though its next ones are read already', () =>
    withLog(async (underTest) => {
      const { listener, hand } = await twoPartitionsPaused(underTest, ({ subscription, partition, start }) =>
        subscription.seek(partition, start),
      );
      const { partition, start, end } = await hand();
      // All up to `end` was delivered before.
      const seen = end - start;
      await underTest.until(() => listener.of(partition).length > seen);
      expect(listener.of(partition)[seen]?.offset).toBe(start);
    }));

  test('a partition paused while records of another are handed over delivers nothing, though its next ones are read already', () =>
    withLog(async (underTest) => {
      const { listener, hand, subscription } = await twoPartitionsPaused(underTest, (other) => other.subscription.pause(other.partition));
      const { partition, start, end } = await hand();
      await underTest.quiet();
      expect(listener.of(partition).length).toBe(end - start);
      subscription.resume(partition);
      await underTest.until(() => listener.values().size === 2 * KEYS.length);
    }));

  test('a position that has fallen below the start is assigned anew: what was dropped is passed over by nobody in silence', () =>
    withLog(async ({ log, until, dropBelow }) => {
      await log.append(rounds(1));
      const { partition } = await fullest(log);
      const listener = new Listener();
      const subscription = await listener.subscribeTo(log);
      await until(() => listener.values().size === KEYS.length);
      const [assigned, seen] = [listener.assignments.length, listener.of(partition).length];
      subscription.pause(partition);
      await log.append(rounds(4).slice(KEYS.length));
      const end = boundsOf(await log.bounds(), partition).end;
      await dropBelow(partition, end - 1);
      subscription.resume(partition);
      await until(() => listener.of(partition).at(-1)?.offset === end - 1);
      const again = listener.assignments.slice(assigned).map((bounds) => boundsOf(bounds, partition).start);
      expect(again.length).toBeGreaterThan(0);
      expect(again.at(-1)).toBe(end - 1);
      expect(
        new Set(
          listener
            .of(partition)
            .slice(seen)
            .map(({ offset }) => offset),
        ),
      ).toEqual(new Set([end - 1]));
    }));

  test('so is one that was sought there', () =>
    withLog(async ({ log, until, dropBelow }) => {
      await log.append(rounds(4));
      const { partition, start, end } = await fullest(log);
      await dropBelow(partition, end - 1);
      const listener = new Listener();
      const subscription = await listener.subscribeTo(log);
      await until(() => listener.of(partition).at(-1)?.offset === end - 1);
      const assigned = listener.assignments.length;
      subscription.seek(partition, start);
      await until(() => listener.assignments.length > assigned);
      expect(boundsOf(listener.assignments.at(-1) ?? [], partition).start).toBe(end - 1);
    }));

  test('a commit does not move the position', () =>
    withLog(async ({ log, until, quiet }) => {
      await log.append(rounds(2));
      const listener = new Listener();
      const subscription = await listener.subscribeTo(log);
      await until(() => listener.values().size === 2 * KEYS.length);
      const seen = listener.records.length;
      await subscription.commit(new Map((await log.bounds()).map(({ partition, start }) => [partition, start])));
      await quiet();
      expect(listener.records.length).toBe(seen);
      await log.append(rounds(3).slice(2 * KEYS.length));
      await until(() => listener.values().size === 3 * KEYS.length);
    }));
}

interface Handed {
  readonly listener: Listener;
  readonly subscription: LogSubscription;
  /** Resumes both; resolves, when records of the first have come, to the other as it was before. */
  hand(): Promise<PartitionBounds>;
}

type Act = (on: PartitionBounds & { readonly subscription: LogSubscription }) => void;

/**
 * Two partitions with records to come, paused. When the first of them delivers, `act` is done to the other in that
 * turn.
 */
async function twoPartitionsPaused({ log, until }: LogUnderTest, act: Act): Promise<Handed> {
  await log.append(rounds(1));
  const [one, other] = (await log.bounds()).filter(({ start, end }) => end > start);
  if (one === undefined || other === undefined) throw new Error('expected records in two partitions');
  const listener = new Listener();
  const subscription = await listener.subscribeTo(log);
  await until(() => listener.values().size === KEYS.length);
  for (const { partition } of [one, other]) subscription.pause(partition);
  await log.append(rounds(2).slice(KEYS.length));
  // An adapter hands over by partition, ascending or not: which one is the first shows in the first delivery.
  const acted = Promise.withResolvers<PartitionBounds>();
  listener.onRecords = (partition) => {
    const target = [one, other].find((each) => each.partition !== partition);
    if (target === undefined || ![one, other].some((each) => each.partition === partition)) return;
    listener.onRecords = () => {};
    act({ ...target, subscription });
    acted.resolve(target);
  };
  return {
    listener,
    subscription,
    hand() {
      for (const { partition } of [one, other]) subscription.resume(partition);
      return acted.promise;
    },
  };
}

/** What fails the first `count` times it is called. */
function failing(count: number, what: string): () => void {
  let left = count;
  return () => {
    if (left === 0) return;
    left -= 1;
    throw new Error(what);
  };
}

function describeFailures(withLog: WithLog): void {
  test('an assignment that the subscriber cannot answer is asked again until it can', () =>
    withLog(async ({ log, until }) => {
      await log.append(rounds(1));
      const listener = new Listener();
      listener.onAssigned = failing(2, 'the cache does not answer');
      const subscribing = listener.subscribeTo(log);
      await until(() => listener.values().size === KEYS.length);
      await subscribing;
      expect(listener.assignments.length).toBeGreaterThanOrEqual(3);
      expect(listener.deliveredBeforeAssigned).toEqual([]);
    }));

  test('a subscriber that throws at records is asked again where to read from, and misses none', () =>
    withLog(async ({ log, until }) => {
      const listener = new Listener();
      await listener.subscribeTo(log);
      const asked = listener.assignments.length;
      listener.onRecords = failing(1, 'no room for these');
      await log.append(rounds(1));
      await until(() => listener.assignments.length > asked);
      await log.append(rounds(2).slice(KEYS.length));
      await until(() => listener.values().size === 2 * KEYS.length);
    }));
}

function describeEnds(withLog: WithLog): void {
  test('a subscriber that ends before it could answer is asked no more, and who waits for its subscription is told', () =>
    withLog(async ({ log, until, quiet }) => {
      const closing = new AbortController();
      let asked = 0;
      const subscribing = log.subscribe({
        group: 'ending',
        closing: closing.signal,
        async onAssigned() {
          asked += 1;
          throw new Error('the cache does not answer');
        },
        onRecords: () => {},
      });
      const told = expect(subscribing).rejects.toThrow();
      await until(() => asked >= 2);
      closing.abort();
      await told;
      const before = asked;
      await quiet();
      await log.append(rounds(1));
      await quiet();
      expect(asked).toBe(before);
    }));

  test('a log from which something was read is the same one, until its subscription is closed', () =>
    withLog(async ({ log, until }) => {
      const listener = new Listener();
      const subscription = await listener.subscribeTo(log);
      await log.append(rounds(1));
      await until(() => listener.values().size === KEYS.length);
      expect(await subscription.isSameLog()).toBe(true);
      await subscription.close();
      expect(await subscription.isSameLog()).toBe(false);
    }));

  test('a message goes to the partition that it names', () =>
    withLog(async ({ log, until }) => {
      const listener = new Listener();
      await listener.subscribeTo(log);
      const partitions = (await log.bounds()).map(({ partition }) => partition);
      await log.append(partitions.map((partition) => ({ ...message('content:1', `in ${partition}`), partition })));
      await until(() => listener.records.length === partitions.length);
      for (const { partition, value } of listener.records) expect(value).toBe(`in ${partition}`);
    }));

  test('a closed subscription delivers no more, the others do', () =>
    withLog(async ({ log, until, quiet }) => {
      const [closed, open] = [new Listener(), new Listener()];
      const subscription = await closed.subscribeTo(log, 'closed');
      await open.subscribeTo(log, 'open');
      await subscription.close();
      await log.append(rounds(1));
      await until(() => open.values().size === KEYS.length);
      await quiet();
      expect(closed.records).toEqual([]);
    }));

  test('a log is connected until it is closed, and refuses every call afterwards', () =>
    withLog(async ({ log }) => {
      await log.append(rounds(1));
      expect(log.connected()).toBe(true);
      await log.close();
      expect(log.connected()).toBe(false);
      await expect(log.append(rounds(1))).rejects.toBeInstanceOf(LogUnavailable);
      await expect(log.bounds()).rejects.toBeInstanceOf(LogUnavailable);
      await expect(new Listener().subscribeTo(log)).rejects.toBeInstanceOf(LogUnavailable);
    }));
}
