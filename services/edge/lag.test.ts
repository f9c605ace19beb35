import { describe, expect, it } from 'vitest';
import type { InvalidationLog, PartitionBounds } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { LagMeter } from './lag.ts';
import { writeOf } from './testing/kit.ts';

/** A log that is asked and does not answer until it is told to. */
function silentLog(clock: VirtualClock) {
  const log: InvalidationLog = new MemoryLog({ clock, partitions: 1 });
  const asked: ((bounds: readonly PartitionBounds[]) => void)[] = [];
  log.bounds = () => new Promise((resolve) => void asked.push(resolve));
  return { log, asked };
}

describe('the lag of a region', () => {
  it('counts the records above the offset applied last, in each partition', async () => {
    const clock = new VirtualClock();
    const log = new MemoryLog({ clock, partitions: 1 });
    await log.append([writeOf(1, 1), writeOf(1, 2), writeOf(1, 3)]);
    const lag = new LagMeter({ log, clock });
    expect(await lag.behind(new Map())).toBe(3);
    expect(await lag.behind(new Map([[0, 0]]))).toBe(2);
    expect(await lag.behind(new Map([[0, 2]]))).toBe(0);
  });

  it('is unknown after a quarter of a second without an answer, and the log is asked once, however often metrics are', async () => {
    const clock = new VirtualClock();
    const { log, asked } = silentLog(clock);
    const lag = new LagMeter({ log, clock });
    const answers = [lag.behind(new Map()), lag.behind(new Map())];
    await clock.advance(250);
    expect(await Promise.all(answers)).toEqual([null, null]);
    expect(asked).toHaveLength(1);
    asked[0]?.([{ partition: 0, start: 0, end: 4 }]);
    await clock.advance(0);
    const next = lag.behind(new Map());
    expect(asked).toHaveLength(2);
    asked[1]?.([{ partition: 0, start: 0, end: 4 }]);
    expect(await next).toBe(4);
  });
});
