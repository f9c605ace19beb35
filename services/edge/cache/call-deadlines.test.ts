import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { CallDeadlines } from './call-deadlines.ts';

const LATE = 'expected an answer of the cache within 50 ms, got none';

/** Calls begun at the times given, each answered after so long or never; how and when each ended. */
async function endsOf(calls: readonly (readonly [beginMs: number, answerMs: number | undefined])[]): Promise<readonly string[]> {
  const clock = new VirtualClock();
  const deadlines = new CallDeadlines(clock, 50);
  const ends: Promise<string>[] = [];
  for (const [beginMs, answerMs] of calls) {
    await clock.advance(beginMs - clock.monotonicMs());
    const answer = new Promise<string>((resolve) => {
      if (answerMs !== undefined) clock.setTimer(answerMs, () => resolve('answer'));
    });
    const at = (how: string) => `${how} at ${clock.monotonicMs()}`;
    ends.push(deadlines.keep(answer).then(at, (error: Error) => at(error.message)));
  }
  await clock.advance(1_000);
  return Promise.all(ends);
}

describe('deadlines of calls', () => {
  it('hold for each call from when it began', async () => {
    const calls = [
      [0, undefined],
      [1, 10],
      [20, undefined],
      [60, 49],
      [65, undefined],
    ] as const;
    expect(await endsOf(calls)).toEqual([`${LATE} at 50`, 'answer at 11', `${LATE} at 70`, 'answer at 109', `${LATE} at 115`]);
  });

  it('begin anew when all have been answered', async () => {
    expect(
      await endsOf([
        [0, 10],
        [30, undefined],
      ]),
    ).toEqual(['answer at 10', `${LATE} at 80`]);
  });

  it('pass on what a call fails with', async () => {
    const deadlines = new CallDeadlines(new VirtualClock(), 50);
    await expect(deadlines.keep(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });

  it('need one timer for many calls', async () => {
    const clock = new VirtualClock();
    let timers = 0;
    const counting = {
      ...clock,
      monotonicMs: () => clock.monotonicMs(),
      now: () => clock.now(),
      setTimer: (ms: number, call: () => void) => {
        timers += 1;
        return clock.setTimer(ms, call);
      },
    };
    const deadlines = new CallDeadlines(counting, 50);
    await Promise.all(Array.from({ length: 100 }, () => deadlines.keep(Promise.resolve())));
    expect(timers).toBe(1);
  });

  it('let a reply go first that was there before the deadline was looked at', async () => {
    const clock = new VirtualClock();
    const deadlines = new CallDeadlines(
      { now: () => 0, monotonicMs: () => clock.monotonicMs(), setTimer: (ms, call) => clock.setTimer(ms, call) },
      50,
    );
    const kept = deadlines.keep(new Promise((resolve) => void clock.setTimer(50, () => resolve('in time'))));
    await clock.advance(50);
    expect(await kept).toBe('in time');
  });
});
