import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import { read } from '../checks/testing/history.ts';
import type { Round } from '../load/driver.ts';
import { hypothesis } from '../scenarios/hypothesis.ts';
import { awaitSteadyState, refutationOf } from './steady-state.ts';

const ROUND: Round = {
  isConverged: true,
  isAnswered: true,
  errors: [],
  reads: [read(1, 0), read(1, 0), read(1, 0, { source: 'origin', endMs: 90 }), read(1, 0, { outcome: 'fail' })],
};

function hypothesisOf(...probes: readonly unknown[]) {
  return hypothesis.parse({ title: 't', probes });
}

describe('a steady-state hypothesis', () => {
  it.each([[{ converged: true }], [{ 'error-ratio': '< 0.26' }], [{ 'hit-ratio': '> 0.74' }], [{ p99: '< 91' }]])(
    'holds where its probe %j does',
    (probe) => {
      expect(refutationOf(hypothesisOf(probe), ROUND)).toBeUndefined();
    },
  );

  it.each([
    [{ 'error-ratio': '< 0.25' }, 'error-ratio is 0.25, not < 0.25'],
    [{ 'hit-ratio': '> 0.9' }, 'hit-ratio is 0.75, not > 0.9'],
    [{ p99: '< 90' }, 'p99 is 90, not < 90'],
  ])('does not where its probe %j does not', (probe, why) => {
    expect(refutationOf(hypothesisOf({ converged: true }, probe), ROUND)).toBe(why);
  });

  it('does not hold over no read at all', () => {
    expect(refutationOf(hypothesisOf({ 'error-ratio': '< 1' }), { ...ROUND, reads: [] })).toMatch(/not known/);
    expect(refutationOf(hypothesisOf({ converged: true }), { ...ROUND, isConverged: false })).toBe('the regions do not equal the origin');
  });

  it('is asked until it holds, and no longer than allowed', async () => {
    const clock = new VirtualClock();
    let rounds = 0;
    const options = { hypothesis: hypothesisOf({ converged: true }), clock, withinMs: 5_000, signal: new AbortController().signal };
    const soon = async () => ({ ...ROUND, isConverged: ++rounds === 4 });
    expect(await clock.runUntil(awaitSteadyState({ ...options, readRound: soon }))).toMatchObject({ why: undefined });
    expect(rounds).toBe(4);
    const begunMs = clock.monotonicMs();
    const never = async () => ({ ...ROUND, isConverged: false, errors: ['one', 'GET it: the connection was refused'] });
    expect(await clock.runUntil(awaitSteadyState({ ...options, readRound: never }))).toMatchObject({
      why: expect.any(String),
      isAnswered: true,
      error: 'GET it: the connection was refused',
    });
    expect(clock.monotonicMs() - begunMs).toBeLessThan(6_000);
  });
});
