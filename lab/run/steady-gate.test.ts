/** What the gate makes of a world that does not get steady, with and without a machine that stood still. */
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import { headOf, historyOf } from '../checks/testing/history.ts';
import type { Round } from '../load/driver.ts';
import { hypothesis } from '../scenarios/hypothesis.ts';
import { SteadyGate } from './steady-gate.ts';

const SETTLE_MS = 8_000;

interface Told {
  readonly isAnswered?: boolean;
  /** When something was due, and how late it ran. */
  readonly stalls?: readonly (readonly [dueMs: number, lateMs: number])[];
}

/** A gate to a world that never converges. */
function gateOf({ isAnswered = true, stalls = [] }: Told) {
  const clock = new VirtualClock();
  const history = historyOf({ operations: [], stalls });
  history.begin(headOf({ backend: 'embedded', regions: ['eu-west'], checks: ['divergence'] }));
  const readRound = async (): Promise<Round> => ({ reads: [], isConverged: false, isAnswered, errors: [] });
  const gate = new SteadyGate({
    scenario: { hypothesis: hypothesis.parse({ title: 't', probes: [{ converged: true }] }), settle: SETTLE_MS },
    history,
    driver: { readRound },
    clock,
    t: () => clock.monotonicMs(),
    signal: new AbortController().signal,
    judgesUnsteady: false,
  });
  return { gate, history, clock };
}

describe('a world that does not get steady', () => {
  it('is unknown before the faults, and nothing is broken', async () => {
    const { gate, history, clock } = gateOf({});
    expect(await clock.runUntil(gate.isSteady())).toBe(false);
    expect(history.of('finding')).toMatchObject([{ verdict: 'unknown', reason: expect.stringMatching(/nothing was broken$/) }]);
  });

  it('has failed where nobody answers, unless the machine stood still for half of the time', async () => {
    const failing = gateOf({ isAnswered: false, stalls: [[0, 2_000]] });
    await expect(failing.clock.runUntil(failing.gate.isSteady())).rejects.toThrow('no steady state to start from');
    const { gate, history, clock } = gateOf({ isAnswered: false, stalls: [[0, 6_000]] });
    expect(await clock.runUntil(gate.isSteady())).toBe(false);
    expect(history.of('finding')).toMatchObject([
      { verdict: 'unknown', reason: expect.stringMatching(/, while the machine stood still for 6\.0 s of the 10\.\d s$/) },
    ]);
  });

  it('has failed after the heal, unless the machine stood still for half of the time', async () => {
    for (const [lateMs, verdict] of [
      [200, 'fail'],
      [5_000, 'unknown'],
    ] as const) {
      const { gate, history, clock } = gateOf({ stalls: [[1_000, lateMs]] });
      await clock.runUntil(gate.judgeAgain());
      expect(history.of('finding')).toMatchObject([{ check: 'steady-state', verdict }]);
    }
  });
});
