import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../services/runtime/clock.ts';
import { CALL_DEADLINE_MS } from '../../system/transport.ts';
import { sendAtTimes } from './send-at-times.ts';

interface Sent {
  readonly dueAt: number;
  readonly sentAt: number;
}

/** Time that passes only while a timer is waited for, and whenever a test says so. */
class HandClock implements Clock {
  at = 1_000;
  timers = 0;

  now(): number {
    return this.at;
  }

  monotonicMs(): number {
    return this.at;
  }

  setTimer(delayMs: number, callback: () => void) {
    this.timers += 1;
    queueMicrotask(() => {
      this.at += delayMs;
      callback();
    });
    return { cancel: () => {} };
  }
}

const planOf = (count: number, everyMs: number) => Array.from({ length: count }, (_, at) => ({ atMs: at * everyMs }));

/** `onSend`: what happens while one is sent, by its place. */
async function sent(
  clock: HandClock,
  plan: readonly { atMs: number }[],
  onSend: (at: number) => void = () => {},
): Promise<readonly Sent[]> {
  const all: Sent[] = [];
  const send = (_planned: unknown, dueAt: number) => {
    all.push({ dueAt, sentAt: clock.at });
    onSend(all.length - 1);
  };
  await sendAtTimes({ plan, clock, begunAt: clock.at, send, signal: new AbortController().signal });
  return all;
}

describe('a plan that is sent', () => {
  it('has each at its time', async () => {
    const all = await sent(new HandClock(), planOf(500, 0.1));
    expect(all).toHaveLength(500);
    for (const { dueAt, sentAt } of all) expect(sentAt).toBeCloseTo(dueAt, 6);
  });

  it('has what was due while its sender stood still sent together, each with the time it was due', async () => {
    const clock = new HandClock();
    const all = await sent(clock, planOf(60, 10), (at) => {
      if (at === 10) clock.at += 300;
    });
    expect(all.map(({ dueAt }) => dueAt)).toEqual(planOf(60, 10).map(({ atMs }) => 1_000 + atMs));
    const late = all.filter(({ dueAt, sentAt }) => sentAt - dueAt > 1);
    expect(late).toHaveLength(29);
    expect(new Set(late.map(({ sentAt }) => sentAt))).toEqual(new Set([1_400]));
  });

  it('leaves out what comes later than any answer may', async () => {
    const clock = new HandClock();
    const all = await sent(clock, planOf(20, 1_000), (at) => {
      if (at === 0) clock.at += CALL_DEADLINE_MS + 5_500;
    });
    expect(all.map(({ dueAt }) => dueAt - 1_000)).toEqual([0, ...Array.from({ length: 14 }, (_, at) => 6_000 + 1_000 * at)]);
    expect(Math.max(...all.slice(1).map(({ dueAt, sentAt }) => sentAt - dueAt))).toBe(4_500);
  });

  it('lets answers be read in between, also when everything is late', async () => {
    const clock = new HandClock();
    const all = await sent(clock, planOf(1_000, 0));
    expect(all).toHaveLength(1_000);
    expect(clock.timers).toBe(9);
  });

  it('is over at once after an abort', async () => {
    const clock = new HandClock();
    const ended = new AbortController();
    let count = 0;
    const send = () => {
      count += 1;
      if (count === 7) ended.abort();
    };
    await sendAtTimes({ plan: planOf(100, 5), clock, begunAt: clock.at, send, signal: ended.signal });
    expect(count).toBe(7);
  });
});
