/**
 * What is written down of the machine: the lab's own lateness, what a world tells of its services, and the waits for a
 * processor.
 */
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../services/runtime/clock.ts';
import { waitedForProcessorMs } from '../../services/runtime/lateness.ts';
import { History } from '../history/history.ts';
import type { WorldStall } from '../worlds/world.ts';
import { watchMachine } from './machine-watch.ts';

const STARTED_AT = 5_000;
const WALL_AHEAD_MS = 1_000_000;

/** A clock whose timers run when the test says so. */
function startWatch() {
  const timers: { readonly atMs: number; readonly run: () => void }[] = [];
  let nowMs = STARTED_AT;
  let tell: (stall: WorldStall) => void = () => {};
  const clock: Clock = {
    now: () => nowMs + WALL_AHEAD_MS,
    monotonicMs: () => nowMs,
    setTimer: (delayMs, run) => {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return { cancel: () => void timers.splice(timers.indexOf(timer), 1) };
    },
  };
  const history = new History();
  const watch = watchMachine({
    world: {
      onStall: (told) => {
        tell = told;
        return () => (tell = () => {});
      },
    },
    clock,
    sink: history,
    t: () => nowMs - STARTED_AT,
  });
  /** The timers that are due by then run at once, as after a standstill. */
  const passTo = (ms: number) => {
    nowMs = STARTED_AT + ms;
    for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.run();
    }
  };
  return {
    watch,
    passTo,
    stalls: history.of('stall'),
    pressures: history.of('pressure'),
    timers,
    tell: (stall: WorldStall) => tell(stall),
  };
}

describe('what is written down of the machine', () => {
  it('is how late the lab was itself, on the run’s clock', () => {
    const { watch, passTo, stalls } = startWatch();
    passTo(25);
    passTo(750);
    watch.flush();
    expect(stalls).toEqual([{ dueMs: 50, lateMs: 700, overMs: 700, of: 'lab' }]);
  });

  it('is what the world tells of its services, from when they say it ended', () => {
    const { passTo, stalls, tell } = startWatch();
    passTo(2_000);
    tell({ endedAt: WALL_AHEAD_MS + STARTED_AT + 1_900, lateMs: 80, overMs: 100 });
    expect(stalls.filter(({ of }) => of === 'services')).toEqual([{ dueMs: 1_800, lateMs: 80, overMs: 100, of: 'services' }]);
  });

  it('is nothing any more after the close', () => {
    const { watch, passTo, stalls, tell, timers } = startWatch();
    watch.close();
    tell({ endedAt: 0, lateMs: 80 });
    passTo(2_000);
    expect([stalls, timers]).toEqual([[], []]);
  });

  it.skipIf(waitedForProcessorMs() === undefined)('is on Linux how long the lab waited for a processor, within the second', () => {
    const { watch, passTo, pressures } = startWatch();
    for (let second = 1; second <= 3; second += 1) passTo(second * 1_000);
    watch.close();
    for (const { of, overMs, waitedMs } of pressures) expect([of, overMs, waitedMs >= 5]).toEqual(['lab', 1_000, true]);
  });
});
