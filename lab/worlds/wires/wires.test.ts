/**
 * Links and gates in virtual time: what hangs, what fails, what happens although nobody waits, and in which order
 * things arrive.
 */
import { describe, expect, it } from 'vitest';
import { describeCacheContract } from '../../../services/edge/cache/testing/contract.ts';
import { withMemoryCache } from '../../../services/edge/cache/testing/memory-subject.ts';
import type { LogRecord } from '../../../services/log/log.ts';
import { MemoryLog } from '../../../services/log/memory.ts';
import { describeLogContract } from '../../../services/log/testing/contract.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import type { Direction } from '../../system/parts.ts';
import { Gate, gatedClock } from './gate.ts';
import { Wire } from './wire.ts';
import { WiredCache } from './wired-cache.ts';
import { WiredLog } from './wired-log.ts';
import { SESSION_MS } from './wired-subscription.ts';

const DEADLINE_MS = 1_000;
const TURNS_MAX = 1_000;
/** What is tried again waits in between. */
const TURN_MS = 10;
const CUT = { kind: 'cut' } as const;
/** Whoever cannot answer an assignment has been asked some times more by then. */
const ASKED_AGAIN_MS = 2_000;

function setUp() {
  const clock = new VirtualClock();
  const callee = new Gate();
  const caller = new Gate();
  const wire = new Wire({ clock, random: createRandom(1), callee });
  const sent: string[] = [];
  /** The outcome so far of a call whose callee notes that it was reached. */
  const call = (name = 'call') => {
    const outcome = { settled: 'pending' };
    const send = async () => {
      sent.push(name);
      return name;
    };
    wire.call(send, { caller, deadlineMs: DEADLINE_MS, toError: (why) => new Error(why) }).then(
      () => {
        outcome.settled = `answered at ${clock.monotonicMs()}`;
      },
      (error: Error) => {
        outcome.settled = `${error.message} at ${clock.monotonicMs()}`;
      },
    );
    return outcome;
  };
  return { clock, callee, caller, wire, sent, call };
}

describe('a wire', () => {
  it('that is open answers in no time', async () => {
    const { clock, call } = setUp();
    const outcome = call();
    await clock.settle();
    expect(outcome.settled).toBe('answered at 0');
    expect(clock.timers).toBe(0);
  });

  it.each<[Direction, boolean]>([
    ['both', false],
    ['there', false],
    ['back', true],
  ])('cut %s hangs until the deadline; the callee is reached: %s', async (direction, isReached) => {
    const { clock, wire, sent, call } = setUp();
    wire.impair('f1', direction, CUT);
    expect(wire.isOpen).toBe(false);
    const outcome = call();
    await clock.advance(DEADLINE_MS - 1);
    expect(outcome.settled).toBe('pending');
    await clock.advance(1);
    expect(outcome.settled).toBe('no answer within 1000 ms at 1000');
    expect(sent).toEqual(isReached ? ['call'] : []);
  });

  it('repaired breaks what the cut has swallowed, and nothing else', async () => {
    const { clock, wire, call } = setUp();
    wire.impair('slow', 'back', { kind: 'latency', latencyMs: 500, jitterMs: 0 });
    const early = call();
    await clock.advance(100);
    wire.impair('f1', 'there', CUT);
    const swallowed = call();
    await clock.advance(100);
    wire.repair('f1');
    await clock.advance(300);
    expect(swallowed.settled).toBe('the connection was broken at 200');
    expect(early.settled).toBe('answered at 500');
  });

  it('with two cuts is open when both are repaired', async () => {
    const { wire } = setUp();
    wire.impair('f1', 'there', CUT);
    wire.impair('f2', 'both', CUT);
    wire.repair('f2');
    expect(wire.isOpen).toBe(false);
    wire.repair('f1');
    expect(wire.isOpen).toBe(true);
  });

  it.each<[Direction, number]>([
    ['there', 200],
    ['back', 200],
    ['both', 400],
  ])('late %s answers after %i ms', async (direction, afterMs) => {
    const { clock, wire, call } = setUp();
    wire.impair('f1', direction, { kind: 'latency', latencyMs: 200, jitterMs: 0 });
    const outcome = call();
    await clock.advance(afterMs);
    expect(outcome.settled).toBe(`answered at ${afterMs}`);
  });

  it('reset fails what is under way and counts it', async () => {
    const { clock, wire, call } = setUp();
    wire.impair('f1', 'back', { kind: 'latency', latencyMs: 200, jitterMs: 0 });
    const outcomes = [call(), call()];
    await clock.advance(10);
    expect(wire.reset()).toBe(2);
    await clock.settle();
    expect(outcomes.map(({ settled }) => settled)).toEqual(Array(2).fill('the connection was reset at 10'));
  });
});

describe('a callee', () => {
  it('that has stopped refuses at once, also what was under way', async () => {
    const { clock, callee, call } = setUp();
    callee.set('paused');
    const waiting = call();
    await clock.advance(10);
    callee.set('stopped');
    const refused = call();
    await clock.settle();
    expect(waiting.settled).toBe('the connection was reset at 10');
    expect(refused.settled).toBe('the connection was refused at 10');
  });

  it('that is paused takes the request when it goes on, also one nobody waits for any more', async () => {
    const { clock, callee, sent, call } = setUp();
    callee.set('paused');
    const [early, late] = [call('early'), { settled: '' }];
    await clock.advance(DEADLINE_MS - 100);
    Object.assign(late, call('late'));
    await clock.advance(100);
    expect(early.settled).toMatch(/^no answer/);
    callee.set('running');
    await clock.settle();
    expect(sent).toEqual(['early', 'late']);
  });
});

describe('a caller', () => {
  it('that is paused goes on with its answer when it runs again', async () => {
    const { clock, caller, call } = setUp();
    const outcome = call();
    caller.set('paused');
    await clock.advance(5_000);
    expect(outcome.settled).toBe('pending');
    caller.set('running');
    await clock.settle();
    expect(outcome.settled).toBe('answered at 5000');
  });

  it('that was killed never goes on', async () => {
    const { clock, caller, call } = setUp();
    const outcome = call();
    caller.set('stopped');
    await clock.advance(60_000);
    caller.set('running');
    await clock.advance(60_000);
    expect(outcome.settled).toBe('pending');
  });
});

describe('the timers of a process', () => {
  it('stand still while it is paused, and end with it', async () => {
    const clock = new VirtualClock();
    const gate = new Gate();
    const own = gatedClock(clock, gate);
    const rung: number[] = [];
    own.setTimer(100, () => rung.push(clock.monotonicMs()));
    const cancelled = own.setTimer(100, () => rung.push(-1));
    gate.set('paused');
    await clock.advance(500);
    cancelled.cancel();
    gate.set('running');
    await clock.settle();
    own.setTimer(100, () => rung.push(clock.monotonicMs()));
    gate.set('stopped');
    await clock.advance(500);
    expect(rung).toEqual([500]);
  });
});

async function withWiredLog(use: (made: ReturnType<typeof wireLog>) => Promise<void>): Promise<void> {
  const made = wireLog();
  try {
    await use(made);
  } finally {
    await made.inner.close();
  }
}

function wireLog(clockOf = (clock: Clock) => clock) {
  const { clock, callee, caller, wire } = setUp();
  const inner = new MemoryLog({ clock, partitions: 3 });
  return { clock, callee, caller, wire, inner, log: new WiredLog({ log: inner, wire, caller, clock: clockOf(clock) }) };
}

describeLogContract('a log across an open wire', (use) =>
  withWiredLog(({ log, inner, clock }) =>
    use({
      log,
      quiet: () => clock.settle(),
      dropBelow: async (partition, offset) => inner.dropBelow(partition, offset),
      async until(condition) {
        for (let turn = 0; !condition(); turn += 1) {
          if (turn === TURNS_MAX) throw new Error(`not so after ${TURNS_MAX} turns: ${condition}`);
          await clock.advance(TURN_MS);
        }
      },
    }),
  ),
);

describeCacheContract('a cache across an open wire', (use, bounds) =>
  withMemoryCache((subject) => {
    const { caller, wire } = setUp();
    return use({ ...subject, cache: new WiredCache({ cache: subject.cache, wire, caller }) });
  }, bounds),
);

describe('a subscription', () => {
  async function subscribed(clockOf?: Parameters<typeof wireLog>[0]) {
    const made = wireLog(clockOf);
    const delivered: LogRecord[] = [];
    let assignments = 0;
    const failing = { assignments: 0, deliveries: 0 };
    const subscription = await settleIn(
      made.clock,
      made.log.subscribe({
        group: 'g',
        onAssigned: async (bounds) => {
          assignments += 1;
          if (failing.assignments-- > 0) throw new Error('the cache does not answer');
          return new Map(
            bounds.map(({ partition, start }) => [
              partition,
              delivered.filter((record) => record.partition === partition).at(-1)?.offset ?? start,
            ]),
          );
        },
        onRecords: (_partition, records) => {
          if (failing.deliveries-- > 0) throw new Error('no room for these');
          delivered.push(...records);
        },
      }),
    );
    const append = (...values: string[]) => made.inner.append(values.map((value) => ({ key: 'same', value, headers: {} })));
    const values = () => delivered.map(({ value }) => value);
    return { ...made, subscription, delivered, append, values, failing, assignments: () => assignments };
  }

  async function settleIn<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
    await clock.settle();
    return promise;
  }

  it('reads on after a cut from the first record that did not arrive', async () => {
    const { clock, wire, append, values, assignments } = await subscribed();
    await append('a');
    await clock.settle();
    wire.impair('f1', 'back', CUT);
    await append('b', 'c');
    await clock.advance(SESSION_MS);
    expect(values()).toEqual(['a']);
    wire.repair('f1');
    await clock.settle();
    expect(values()).toEqual(['a', 'b', 'c']);
    expect(assignments()).toBe(1);
  });

  it('is assigned its partitions again after more than a session', async () => {
    const { clock, wire, append, values, assignments } = await subscribed();
    await append('a');
    await clock.settle();
    wire.impair('f1', 'there', CUT);
    await append('b');
    await clock.advance(SESSION_MS + 1);
    wire.repair('f1');
    await clock.settle();
    expect(assignments()).toBe(2);
    // From the position it answered: the last record it had, itself.
    expect(values()).toEqual(['a', 'a', 'b']);
  });

  it('is assigned its partitions once more when it could not answer after more than a session', async () => {
    const { clock, wire, append, values, failing, assignments } = await subscribed();
    await append('a');
    await clock.settle();
    wire.impair('f1', 'there', CUT);
    await append('b');
    await clock.advance(SESSION_MS + 1);
    failing.assignments = 3;
    wire.repair('f1');
    await clock.advance(ASKED_AGAIN_MS);
    expect(assignments()).toBe(5);
    expect(values()).toEqual(['a', 'a', 'b']);
  });

  it('that cannot answer after more than a session waits for the next repair when the wire is cut again', async () => {
    const { clock, wire, append, values, failing, assignments } = await subscribed();
    wire.impair('f1', 'there', CUT);
    await append('a');
    await clock.advance(SESSION_MS + 1);
    failing.assignments = Number.POSITIVE_INFINITY;
    wire.repair('f1');
    await clock.settle();
    wire.impair('f2', 'there', CUT);
    await clock.advance(ASKED_AGAIN_MS);
    const asked = assignments();
    await clock.advance(ASKED_AGAIN_MS);
    expect(assignments()).toBe(asked);
    failing.assignments = 0;
    wire.repair('f2');
    await clock.advance(ASKED_AGAIN_MS);
    expect(values()).toEqual(['a']);
  });

  it('is asked no more when it is closed, or its process killed, while it cannot answer', async () => {
    for (const end of ['close', 'kill'] as const) {
      const { clock, caller, wire, subscription, failing, assignments } = await subscribed();
      wire.impair('f1', 'there', CUT);
      await clock.advance(SESSION_MS + 1);
      failing.assignments = Number.POSITIVE_INFINITY;
      wire.repair('f1');
      await clock.advance(ASKED_AGAIN_MS);
      const asked = assignments();
      expect(asked).toBeGreaterThan(2);
      if (end === 'close') await subscription.close();
      else caller.set('stopped');
      await clock.advance(10 * ASKED_AGAIN_MS);
      expect(assignments()).toBe(asked);
      expect(clock.timers).toBe(0);
    }
  });

  it('that throws at what was on the way is asked again where to read from', async () => {
    const { clock, wire, append, values, failing, assignments } = await subscribed();
    wire.impair('slow', 'back', { kind: 'latency', latencyMs: 100, jitterMs: 0 });
    failing.deliveries = 1;
    await append('a');
    await clock.advance(ASKED_AGAIN_MS);
    expect(assignments()).toBe(2);
    expect(values()).toEqual(['a']);
  });

  it('that threw at records, and could not answer before a short cut, is asked again after it', async () => {
    const { clock, wire, append, values, failing } = await subscribed();
    failing.deliveries = 1;
    failing.assignments = 1;
    await append('a');
    await clock.settle();
    wire.impair('f1', 'both', CUT);
    await clock.advance(SESSION_MS / 2);
    wire.repair('f1');
    await clock.advance(ASKED_AGAIN_MS);
    expect(values()).toEqual(['a']);
  });

  it('loses what is on the way at a cut, and reads it again', async () => {
    const { clock, wire, append, values } = await subscribed();
    wire.impair('slow', 'back', { kind: 'latency', latencyMs: 100, jitterMs: 0 });
    await append('a');
    await clock.advance(50);
    wire.impair('f1', 'both', CUT);
    await clock.advance(1_000);
    expect(values()).toEqual([]);
    wire.repair('f1');
    await clock.advance(100);
    expect(values()).toEqual(['a']);
  });

  it('keeps the order of a partition on a wire that jitters', async () => {
    const { clock, wire, append, values } = await subscribed();
    wire.impair('slow', 'both', { kind: 'latency', latencyMs: 100, jitterMs: 100 });
    const expected = Array.from({ length: 100 }, (_, at) => String(at));
    for (const value of expected) {
      await append(value);
      await clock.advance(3);
    }
    await clock.advance(1_000);
    expect(values()).toEqual(expected);
  });

  it('keeps it when of the timers of one moment the later ones run first, as those of real clocks may', async () => {
    let set = 0;
    const coarse = (clock: Clock): Clock => ({
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      setTimer: (delayMs, callback) => {
        set += 1;
        return clock.setTimer(delayMs - set / 1_000, callback);
      },
    });
    const { clock, wire, append, values } = await subscribed(coarse);
    wire.impair('slow', 'both', { kind: 'latency', latencyMs: 100, jitterMs: 100 });
    const expected = Array.from({ length: 100 }, (_, at) => String(at));
    for (const value of expected) {
      await append(value);
      await clock.advance(3);
    }
    await clock.advance(1_000);
    expect(values()).toEqual(expected);
  });

  it('delivers nothing read before a seek after it', async () => {
    const { clock, wire, append, values, subscription, delivered } = await subscribed();
    await append('a', 'b', 'c');
    await clock.settle();
    wire.impair('slow', 'back', { kind: 'latency', latencyMs: 100, jitterMs: 0 });
    await append('d');
    await clock.advance(50);
    subscription.seek(delivered[0]?.partition ?? 0, 1);
    await clock.advance(100);
    expect(values()).toEqual(['a', 'b', 'c', 'b', 'c', 'd']);
  });

  it('stays paused through a cut when its subscriber paused it', async () => {
    const { clock, wire, append, values, subscription, delivered } = await subscribed();
    await append('a');
    await clock.settle();
    const partition = delivered[0]?.partition ?? 0;
    subscription.pause(partition);
    wire.impair('f1', 'both', CUT);
    await append('b');
    wire.repair('f1');
    await clock.settle();
    expect(values()).toEqual(['a']);
    subscription.resume(partition);
    await clock.settle();
    expect(values()).toEqual(['a', 'b']);
  });

  it('ends with its process', async () => {
    const { clock, caller, append, values } = await subscribed();
    caller.set('stopped');
    await append('a');
    await clock.advance(60_000);
    expect(values()).toEqual([]);
  });
});
