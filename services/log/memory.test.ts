import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import type { LogMessage, LogRecord } from './log.ts';
import { MemoryLog } from './memory.ts';
import { describeLogContract } from './testing/contract.ts';

const TURNS_MAX = 1_000;
/** What is tried again waits in between. */
const TURN_MS = 10;
/** As many as a partition keeps, and how many are left once there is one more. */
const KEPT_MAX = 100_000;
const KEPT_AFTER = KEPT_MAX / 2 + 1;

async function withMemoryLog(use: (made: { log: MemoryLog; clock: VirtualClock }) => Promise<void>, partitions = 3): Promise<void> {
  const clock = new VirtualClock();
  const log = new MemoryLog({ clock, partitions });
  try {
    await use({ log, clock });
  } finally {
    await log.close();
  }
}

describeLogContract('MemoryLog', (use) =>
  withMemoryLog(({ log, clock }) =>
    use({
      log,
      quiet: () => clock.settle(),
      dropBelow: async (partition, offset) => log.dropBelow(partition, offset),
      async until(condition) {
        for (let turn = 0; !condition(); turn += 1) {
          if (turn === TURNS_MAX) throw new Error(`not so after ${TURNS_MAX} turns: ${condition}`);
          await clock.advance(TURN_MS);
        }
      },
    }),
  ),
);

function messages(count: number): LogMessage[] {
  return Array.from({ length: count }, (_, index) => ({ key: 'content:1', value: String(index), headers: {} }));
}

describe('MemoryLog', () => {
  test('above its bound a partition drops its older half: the start moves, the end does not', () =>
    withMemoryLog(async ({ log }) => {
      await log.append(messages(KEPT_MAX));
      expect(await log.bounds()).toEqual([{ partition: 0, start: 0, end: KEPT_MAX }]);
      await log.append(messages(1));
      expect(await log.bounds()).toEqual([{ partition: 0, start: KEPT_MAX + 1 - KEPT_AFTER, end: KEPT_MAX + 1 }]);
    }, 1));

  test('reading from below the start goes on at the start', () =>
    withMemoryLog(async ({ log, clock }) => {
      await log.append(messages(KEPT_MAX + 1));
      const records: LogRecord[] = [];
      await log.subscribe({
        group: 'one',
        onAssigned: async () => new Map([[0, 0]]),
        onRecords: (_, more) => void records.push(...more),
      });
      await clock.settle();
      expect([records[0]?.offset, records.length]).toEqual([KEPT_MAX + 1 - KEPT_AFTER, KEPT_AFTER]);
    }, 1));

  test('what a group committed is kept under its name, later commits over earlier ones', () =>
    withMemoryLog(async ({ log }) => {
      const subscriber = { onAssigned: async () => new Map<number, number>(), onRecords: () => {} };
      const one = await log.subscribe({ group: 'one', ...subscriber });
      await one.commit(new Map([[0, 3]]));
      await one.commit(
        new Map([
          [0, 5],
          [1, 1],
        ]),
      );
      expect(log.committed('one')).toEqual(
        new Map([
          [0, 5],
          [1, 1],
        ]),
      );
      expect(log.committed('other')).toEqual(new Map());
    }));

  test('a record carries the time of the clock it was given', () =>
    withMemoryLog(async ({ log, clock }) => {
      const records: LogRecord[] = [];
      await log.subscribe({ group: 'one', onAssigned: async () => new Map(), onRecords: (_, more) => void records.push(...more) });
      await log.append(messages(1));
      await clock.advance(100);
      await log.append(messages(1));
      await clock.settle();
      expect(records.map(({ time }) => clock.now() - time)).toEqual([100, 0]);
    }));
});
