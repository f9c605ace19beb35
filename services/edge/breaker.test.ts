/** The breaker by itself: when it opens, whom it lets through while it is open, and what closes it. */
import { expect, test } from 'vitest';
import { BREAKER_FORGETS_MS, PROBE_MS_MAX } from '../protocol/edge-api.ts';
import { createRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Breaker, PROBE_MS_MIN, ROW_MAX, WINDOW } from './breaker.ts';
import { OriginUnavailable } from './origin-client.ts';

type Outcome = 'answer' | 'nothing' | 'refusal' | 'bug';

const OUTCOMES: Readonly<Record<Outcome, () => Promise<string>>> = {
  answer: async () => 'answered',
  nothing: () => Promise.reject(new OriginUnavailable('away')),
  refusal: () => Promise.reject(new OriginUnavailable('429', { isAnswer: true })),
  bug: () => Promise.reject(new TypeError('not foreseen')),
};

class Rig {
  readonly clock = new VirtualClock();
  readonly breaker = new Breaker({ clock: this.clock, random: createRandom(7) });
  sent = 0;

  /** Whether it was sent. */
  async ask(...outcomes: readonly Outcome[]): Promise<boolean> {
    const before = this.sent;
    for (const outcome of outcomes) await this.call(OUTCOMES[outcome]).catch(() => {});
    return this.sent > before;
  }

  call(send: () => Promise<string>): Promise<string> {
    return this.breaker.call(() => {
      this.sent += 1;
      return send();
    });
  }

  get state(): string {
    return this.breaker.told().state;
  }

  async opened(): Promise<this> {
    await this.ask(...many(ROW_MAX, 'nothing'));
    expect(this.state).toBe('open');
    return this;
  }
}

function many(times: number, outcome: Outcome): readonly Outcome[] {
  return Array.from({ length: times }, () => outcome);
}

test('five calls without an answer in a row open it, and four do not', async () => {
  const rig = new Rig();
  await rig.ask(...many(ROW_MAX - 1, 'nothing'), 'answer', ...many(ROW_MAX - 1, 'nothing'));
  expect(rig.state).toBe('closed');
  await rig.ask('nothing');
  expect(rig.state).toBe('open');
  await expect(rig.call(OUTCOMES.answer)).rejects.toBeInstanceOf(OriginUnavailable);
  expect(rig.sent).toBe(2 * ROW_MAX);
});

test('half of the last twenty open it, though never five in a row', async () => {
  const rig = new Rig();
  await rig.ask(...Array.from({ length: WINDOW / 2 - 1 }, () => ['answer', 'nothing'] as const).flat());
  expect(rig.state).toBe('closed');
  await rig.ask('answer', 'nothing');
  expect(rig.state).toBe('open');
});

test('a refusal by the origin is an answer, and so is an error of ours', async () => {
  const rig = new Rig();
  await rig.ask(...many(3 * WINDOW, 'refusal'), ...many(3 * WINDOW, 'bug'));
  expect(rig.state).toBe('closed');
});

test('what is refused says when to come back', async () => {
  const rig = await new Rig().opened();
  const failure: unknown = await rig.call(OUTCOMES.answer).catch((error: unknown) => error);
  expect(failure).toMatchObject({ isAnswer: false });
  const { retryAfterMs = 0 } = failure as OriginUnavailable;
  expect(retryAfterMs).toBeGreaterThan(0);
  expect(retryAfterMs).toBeLessThanOrEqual(PROBE_MS_MIN);
  expect(rig.breaker.isHoldingBack).toBe(true);
  await rig.clock.advance(retryAfterMs);
  expect(rig.breaker.isHoldingBack).toBe(false);
});

test('of 1,000 that wait for the interval one is the probe', async () => {
  const rig = await new Rig().opened();
  await rig.clock.advance(PROBE_MS_MIN);
  const { promise, resolve } = Promise.withResolvers<string>();
  const before = rig.sent;
  const calls = Promise.allSettled(Array.from({ length: 1_000 }, () => rig.call(() => promise)));
  await rig.clock.settle();
  expect(rig.sent - before).toBe(1);
  expect(rig.state).toBe('half-open');
  resolve('answered');
  expect((await calls).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(rig.state).toBe('closed');
  expect(rig.breaker.told()).toEqual({ state: 'closed', opened: 1, refused: 999, probes: 1 });
});

test('each probe without an answer doubles the interval, up to its bound; an answer begins anew', async () => {
  const rig = await new Rig().opened();
  for (const intervalMs of [250, 500, 1_000, 2_000, PROBE_MS_MAX, PROBE_MS_MAX]) {
    await rig.clock.advance(intervalMs * 0.75 - 1);
    expect(await rig.ask('nothing'), `before ${intervalMs} ms`).toBe(false);
    await rig.clock.advance(intervalMs * 0.25 + 1);
    expect(await rig.ask('nothing'), `after ${intervalMs} ms`).toBe(true);
    expect(rig.state).toBe('open');
  }
  await rig.clock.advance(PROBE_MS_MAX);
  await rig.ask('answer');
  await rig.opened();
  await rig.clock.advance(PROBE_MS_MIN);
  expect(await rig.ask('answer')).toBe(true);
});

test('intervals differ, and none is longer than its bound', async () => {
  const afterMs = new Set<number>();
  for (let seed = 0; seed < 50; seed += 1) {
    const clock = new VirtualClock();
    const breaker = new Breaker({ clock, random: createRandom(seed) });
    for (let at = 0; at < ROW_MAX; at += 1) await breaker.call(OUTCOMES.nothing).catch(() => {});
    const failure: unknown = await breaker.call(OUTCOMES.answer).catch((error: unknown) => error);
    afterMs.add((failure as OriginUnavailable).retryAfterMs ?? 0);
  }
  expect(afterMs.size).toBeGreaterThan(25);
  expect(Math.min(...afterMs)).toBeGreaterThanOrEqual(PROBE_MS_MIN * 0.75);
  expect(Math.max(...afterMs)).toBeLessThanOrEqual(PROBE_MS_MIN);
});

test('what was sent before it opened neither closes it nor doubles the interval', async () => {
  const rig = new Rig();
  const late = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
  const answered = rig.call(() => late[0].promise);
  const failed = rig.call(() => late[1].promise).catch(() => 'failed');
  await rig.opened();
  late[0].resolve('answered');
  late[1].reject(new OriginUnavailable('away'));
  expect([await answered, await failed, rig.state]).toEqual(['answered', 'failed', 'open']);
  await rig.clock.advance(PROBE_MS_MIN);
  const probe = Promise.withResolvers<string>();
  const probing = rig.call(() => probe.promise);
  expect(rig.state).toBe('half-open');
  probe.resolve('answered');
  await probing;
  expect(rig.state).toBe('closed');
});

test('a call of an earlier spell does not end a probe', async () => {
  const rig = new Rig();
  const late = Promise.withResolvers<string>();
  const calling = rig.call(() => late.promise).catch(() => 'failed');
  await rig.opened();
  await rig.clock.advance(PROBE_MS_MIN);
  const probe = Promise.withResolvers<string>();
  const probing = rig.call(() => probe.promise);
  late.reject(new OriginUnavailable('away'));
  await calling;
  expect(rig.state).toBe('half-open');
  probe.resolve('answered');
  await probing;
});

test('nobody asked for a while after the probe was due: it is closed for all who come, and the first failure opens it again', async () => {
  const rig = await new Rig().opened();
  await rig.clock.advance(PROBE_MS_MIN + BREAKER_FORGETS_MS);
  expect(rig.state).toBe('closed');
  const held = Promise.withResolvers<string>();
  const before = rig.sent;
  const calls = Array.from({ length: 10 }, () => rig.call(() => held.promise).catch(() => 'failed'));
  expect(rig.sent - before).toBe(10);
  await rig.ask('nothing');
  expect(rig.state).toBe('open');
  held.resolve('answered');
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 10 }, () => 'answered'));
});
