import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sleep } from './clock.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('VirtualClock', () => {
  test('time passes only when told to, and both clocks move together', async () => {
    const clock = new VirtualClock({ startAt: 1_000 });
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_000, 0]);
    await clock.advance(250);
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_250, 250]);
  });

  test('a wall clock that is set back leaves durations and timers alone', async () => {
    const clock = new VirtualClock({ startAt: 1_000 });
    let ran = false;
    clock.setTimer(10, () => {
      ran = true;
    });
    clock.jumpWall(-500);
    await clock.advance(10);
    expect([clock.now(), clock.monotonicMs(), ran]).toEqual([510, 10, true]);
  });

  test('timers run in the order they fall due, and in the order they were set when they fall due together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 40 }), async (delays) => {
        const clock = new VirtualClock();
        const ran: { delayMs: number; at: number; index: number }[] = [];
        for (const [index, delayMs] of delays.entries()) {
          clock.setTimer(delayMs, () => ran.push({ delayMs, at: clock.monotonicMs(), index }));
        }
        await clock.advance(20);
        const expected = delays
          .map((delayMs, index) => ({ delayMs, at: delayMs, index }))
          .sort((one, other) => one.delayMs - other.delayMs || one.index - other.index);
        expect(ran).toEqual(expected);
        expect(clock.timers).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test('promises have their turn between two timers of the same instant', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.setTimer(5, () => {
      order.push('first');
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => order.push('after the first'));
    });
    clock.setTimer(5, () => order.push('second'));
    await clock.advance(5);
    expect(order).toEqual(['first', 'after the first', 'second']);
  });

  test('a timer set by a timer runs in the same advance when it falls due in it', async () => {
    const clock = new VirtualClock();
    const at: number[] = [];
    const tick = () => {
      at.push(clock.monotonicMs());
      clock.setTimer(100, tick);
    };
    clock.setTimer(100, tick);
    await clock.advance(350);
    expect(at).toEqual([100, 200, 300]);
    expect(clock.timers).toBe(1);
  });

  test('a cancelled timer never runs and is no longer counted', async () => {
    const clock = new VirtualClock();
    let ran = false;
    const timer = clock.setTimer(1, () => {
      ran = true;
    });
    timer.cancel();
    expect(clock.timers).toBe(0);
    await clock.advance(10);
    expect(ran).toBe(false);
  });

  test('a sleep ends when its time has passed', async () => {
    const clock = new VirtualClock();
    let awake = false;
    void sleep(clock, 1_000).then(() => {
      awake = true;
    });
    await clock.advance(999);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
  });

  test('two advances at a time are refused', async () => {
    const clock = new VirtualClock();
    const first = clock.advance(1);
    await expect(clock.advance(1)).rejects.toThrow('one advance at a time');
    await first;
  });

  describe('driven until something is done', () => {
    test('runs every timer before it in its order, with promises between, and answers what it does', async () => {
      const clock = new VirtualClock();
      const ran: number[] = [];
      const work = async () => {
        for (let round = 0; round < 200; round += 1) {
          await sleep(clock, 5);
          await Promise.resolve();
          ran.push(clock.monotonicMs());
        }
        return 'done';
      };
      expect(await clock.runUntil(work())).toBe('done');
      expect(ran).toEqual(Array.from({ length: 200 }, (_, round) => 5 * (round + 1)));
    });

    test('stops where it is done: what falls due later has not happened', async () => {
      const clock = new VirtualClock();
      let late = false;
      clock.setTimer(20, () => {
        late = true;
      });
      await clock.runUntil(sleep(clock, 10));
      expect([clock.monotonicMs(), late]).toEqual([10, false]);
    });

    test('rejects as what it waits for rejects, and can be driven again', async () => {
      const clock = new VirtualClock();
      const failing = sleep(clock, 10).then(() => Promise.reject(new Error('as meant')));
      await expect(clock.runUntil(failing)).rejects.toThrow('as meant');
      await clock.runUntil(sleep(clock, 10));
      expect(clock.monotonicMs()).toBe(20);
    });

    test('rejects when nothing is left that could happen', async () => {
      const clock = new VirtualClock();
      await expect(clock.runUntil(new Promise(() => {}))).rejects.toThrow('nothing can happen any more');
    });
  });
});
