import { describe, expect, test } from 'vitest';
import type { Clock } from '../runtime/clock.ts';
import { leaseMsLeast } from '../runtime/lease-settings.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Lease } from './lease.ts';

const TERMS = { leaseMs: 10_000, skewMs: 500 };
const KEYS = Array.from({ length: 1_000 }, (_, at) => `content:${at}`);

/** A wall clock that a test moves; the monotonic one goes on by itself. */
function settable() {
  const inner = new VirtualClock();
  const wall = { aheadMs: 0 };
  const clock: Clock = {
    now: () => inner.now() + wall.aheadMs,
    monotonicMs: () => inner.monotonicMs(),
    setTimer: inner.setTimer.bind(inner),
  };
  return { inner, wall, clock };
}

describe('a lease', () => {
  test('lasts as long for no key as is configured, and for none less than three quarters of it', () => {
    const lease = new Lease(() => TERMS, new VirtualClock());
    const lasts = KEYS.map((key) => lease.of(key, 0).until);
    expect(Math.max(...lasts)).toBeLessThanOrEqual(TERMS.leaseMs);
    expect(Math.min(...lasts)).toBeGreaterThan(TERMS.leaseMs * 0.75);
    const [early, late] = [lasts.filter((ms) => ms < 8_125).length, lasts.filter((ms) => ms >= 9_375).length];
    expect(early, 'a quarter of the keys in the first quarter').toBeGreaterThan(200);
    expect(late, 'and in the last').toBeGreaterThan(200);
  });

  test('is out by a comparison at each question, with no timer in between', async () => {
    const { inner, clock } = settable();
    const lease = new Lease(() => TERMS, clock);
    const { until } = lease.of('content:1', clock.now());
    await inner.advance(until - clock.now());
    expect(lease.of('content:1', until - TERMS.leaseMs).isOut).toBe(true);
    expect(lease.of('content:1', clock.now() - 1).isOut).toBe(false);
  });

  test('does not rest on a time from the future', () => {
    const clock = new VirtualClock();
    const lease = new Lease(() => TERMS, clock);
    expect(lease.of('content:1', clock.now() + TERMS.skewMs).isOut).toBe(false);
    expect(lease.of('content:1', clock.now() + TERMS.skewMs + 1).isOut).toBe(true);
  });

  test('rests on nothing that a clock says which fell back, until it has passed all that it showed by a lease', async () => {
    const { inner, wall, clock } = settable();
    const lease = new Lease(() => TERMS, clock);
    const fetchedAt = clock.now();
    expect(lease.of('content:1', fetchedAt).isOut).toBe(false);
    wall.aheadMs = -5_000;
    expect(lease.of('content:1', clock.now()).isOut).toBe(true);
    await inner.advance(14_000);
    expect(lease.of('content:1', clock.now()).isOut, 'what was fetched before looks young').toBe(true);
    await inner.advance(1_100);
    expect(lease.of('content:1', clock.now()).isOut).toBe(false);
    expect(lease.doubt).toBeUndefined();
  });

  describe.each([
    ['ahead of it', 1],
    ['behind it', -1],
  ])('where the clock of the origin is %s', (_where, sign) => {
    /** Asked and answered at once, by an origin whose clock is ahead by so much: the header says whole seconds. */
    const answer = (lease: Lease, clock: Clock, aheadMs: number) => {
      const now = clock.now();
      lease.compare({ askedAt: now, dateMs: Math.floor((now + aheadMs) / 1_000) * 1_000, answeredAt: now });
    };

    test('by more than the skew, nothing that rests on clocks is called fresh for a lease after the last answer that says so', async () => {
      const { inner, clock } = settable();
      const lease = new Lease(() => TERMS, clock);
      for (const waitMs of [0, 4_000]) {
        await inner.advance(waitMs);
        answer(lease, clock, sign * (TERMS.skewMs + 2_000));
        expect(lease.doubt).toBe('clocks apart');
      }
      expect((lease.originAheadMs ?? 0) * sign).toBeGreaterThan(TERMS.skewMs);
      await inner.advance(TERMS.leaseMs - 1);
      expect(lease.of('content:1', clock.now()).isOut).toBe(true);
      expect(lease.untrustedMs).toBe(1);
      expect(lease.ofAnswer(clock.now(), clock.monotonicMs()).isOut, 'what the origin said just now').toBe(false);
      await inner.advance(1);
      expect(lease.of('content:1', clock.now()).isOut).toBe(false);
    });

    test.each([0, 1, 499, 500, 999, 1_000])('by the skew, at %d ms of a second, it is not accused', async (intoMs) => {
      const { inner, clock } = settable();
      const lease = new Lease(() => TERMS, clock);
      await inner.advance(((intoMs - clock.now()) % 1_000) + 1_000);
      answer(lease, clock, sign * TERMS.skewMs);
      expect(lease.doubt).toBeUndefined();
      expect(lease.of('content:1', clock.now()).isOut).toBe(false);
    });
  });

  test('is not touched by how long the origin took', async () => {
    const { inner, clock } = settable();
    const lease = new Lease(() => TERMS, clock);
    const askedAt = clock.now();
    await inner.advance(5_000);
    for (const dateMs of [askedAt, askedAt + 2_000, askedAt + 5_000]) {
      lease.compare({ askedAt, dateMs, answeredAt: clock.now() });
      expect([lease.doubt, lease.originAheadMs]).toEqual([undefined, 0]);
    }
  });

  test('that is made longer while the clocks are doubted is doubted for as much longer', async () => {
    const { inner, clock } = settable();
    const terms = { ...TERMS };
    const lease = new Lease(() => terms, clock);
    lease.compare({ askedAt: clock.now(), dateMs: clock.now() + 60_000, answeredAt: clock.now() });
    terms.leaseMs *= 2;
    await inner.advance(2 * TERMS.leaseMs - 1);
    expect(lease.doubt).toBe('clocks apart');
    await inner.advance(1);
    expect(lease.doubt).toBeUndefined();
  });

  test('takes a clock that is slowed down for none that fell back', async () => {
    const { inner, wall, clock } = settable();
    const lease = new Lease(() => TERMS, clock);
    for (let s = 0; s < 3_600; s += 1) {
      await inner.advance(1_000);
      wall.aheadMs -= 1;
      expect(lease.of('content:1', clock.now()).isOut).toBe(false);
    }
  });

  test('of an answer of the origin is told by the monotonic clock, too', async () => {
    const { inner, wall, clock } = settable();
    const lease = new Lease(() => TERMS, clock);
    const [fetchedAt, askedMs] = [clock.now(), clock.monotonicMs()];
    await inner.advance(TERMS.leaseMs);
    expect(lease.ofAnswer(fetchedAt, askedMs).isOut).toBe(false);
    wall.aheadMs = -5_000;
    await inner.advance(1);
    expect(lease.ofAnswer(fetchedAt, askedMs).isOut).toBe(true);
  });

  test('of an answer of the origin is told by the wall clock, too: the monotonic one stands while a machine sleeps', () => {
    const { wall, clock } = settable();
    const lease = new Lease(() => TERMS, clock);
    const [fetchedAt, askedMs] = [clock.now(), clock.monotonicMs()];
    wall.aheadMs = TERMS.leaseMs;
    expect(lease.ofAnswer(fetchedAt, askedMs).isOut).toBe(false);
    wall.aheadMs += 1;
    expect(lease.ofAnswer(fetchedAt, askedMs).isOut).toBe(true);
  });

  test('is not trusted again sooner for a second fall of a clock, nor for one that is found apart after it', async () => {
    const { inner, wall, clock } = settable();
    const lease = new Lease(() => TERMS, clock);
    wall.aheadMs = -60_000;
    expect(lease.untrustedMs).toBe(60_000 + TERMS.leaseMs);
    await inner.advance(1_000);
    lease.compare({ askedAt: clock.now(), dateMs: clock.now() + 60_000, answeredAt: clock.now() });
    wall.aheadMs = -65_000;
    expect(lease.untrustedMs).toBeGreaterThanOrEqual(60_000 + TERMS.leaseMs);
  });

  test('is doubted for a clock that fell by more than the skew, and for no less', async () => {
    for (const [aheadMs, doubt] of [
      [-TERMS.skewMs, undefined],
      [-TERMS.skewMs - 10, 'clock set back'],
    ] as const) {
      const { wall, clock } = settable();
      const lease = new Lease(() => TERMS, clock);
      wall.aheadMs = aheadMs;
      expect(lease.doubt).toBe(doubt);
    }
  });

  test('is doubted for a clock that falls bit by bit within a lease', async () => {
    const { inner, wall, clock } = settable();
    const lease = new Lease(() => TERMS, clock);
    for (const aheadMs of [-0.7 * TERMS.skewMs, -1.4 * TERMS.skewMs]) {
      await inner.advance(TERMS.leaseMs / 4);
      wall.aheadMs = aheadMs;
      lease.of('content:1', clock.now());
    }
    expect(lease.doubt).toBe('clock set back');
  });

  test.each([
    { needs: { delayMs: 0, heartbeatMs: 100, skewMs: 0, fetchDeadlineMs: 2_000 }, leastMs: 2_000 },
    { needs: { delayMs: 600, heartbeatMs: 1_000, skewMs: 500, fetchDeadlineMs: 2_000 }, leastMs: 4_100 },
  ])('needs $leastMs ms', ({ needs, leastMs }) => {
    expect(leaseMsLeast(needs)).toBe(leastMs);
  });
});
