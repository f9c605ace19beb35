/**
 * The breaker against another one, cockatiel's, with the same rules: after every call both must be in the same state,
 * and have sent the same.
 *
 * Calls come one after another. What comes beside a probe waits for it there, and fails at once here: `breaker.test.ts`
 * has that. Nor does the other one forget: here nobody waits for so long.
 */
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, CountBreaker, circuitBreaker, handleAll, type IBreaker } from 'cockatiel';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BREAKER_FORGETS_MS, PROBE_MS_MAX } from '../protocol/edge-api.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { createRandom } from '../runtime/random.ts';
import { Breaker, PROBE_MS_MIN, ROW_MAX, WINDOW } from './breaker.ts';
import { OriginUnavailable } from './origin-client.ts';

/** Without jitter, which the other one has not: its intervals would be other draws. */
const UNJITTERED: Random = { ...createRandom(1), next: () => 0 };
const STATES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: '',
};

/** Opens when either would. */
class Either implements IBreaker {
  readonly #row = new ConsecutiveBreaker(ROW_MAX);
  /** It opens above its share; half is enough for ours. */
  readonly #share = new CountBreaker({ threshold: (WINDOW / 2 - 1) / WINDOW + 0.01, size: WINDOW });
  state: unknown;

  success(state: CircuitState): void {
    this.#row.success();
    this.#share.success(state);
  }

  failure(state: CircuitState): boolean {
    const [row, share] = [this.#row.failure(), this.#share.failure(state)];
    return row || share;
  }
}

/** Doubled from one to the next, up to the bound. */
function doubling(duration = PROBE_MS_MIN): { readonly duration: number; next(): ReturnType<typeof doubling> } {
  return { duration, next: () => doubling(Math.min(PROBE_MS_MAX, duration * 2)) };
}

interface Step {
  readonly afterMs: number;
  readonly outcome: 'answer' | 'refusal' | 'nothing';
}

/** Shorter than what the breaker forgets after. */
const steps = fc.array(
  fc.record<Step>({
    afterMs: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(0, 1, 10, 249, 250, 251, 499, 500) },
      fc.integer({ min: 0, max: BREAKER_FORGETS_MS - 1 }),
    ),
    outcome: fc.oneof(
      { weight: 5, arbitrary: fc.constant('nothing' as const) },
      { weight: 2, arbitrary: fc.constant('answer' as const) },
      { weight: 1, arbitrary: fc.constant('refusal' as const) },
    ),
  }),
  { minLength: 20, maxLength: 200 },
);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function sending({ outcome }: Step, onSent: () => void): () => Promise<string> {
  return async () => {
    onSent();
    if (outcome === 'answer') return 'answered';
    throw new OriginUnavailable(outcome, { isAnswer: outcome === 'refusal' });
  };
}

/** The other one does not count an error that it was not told of: that a refusal is an answer must be said to it. */
async function asAnswer(send: () => Promise<string>): Promise<string> {
  return send().catch((error: unknown) => {
    if (error instanceof OriginUnavailable && error.isAnswer) return 'refused';
    throw error;
  });
}

const RUNS = 500;

test(`is in the state of the other one after every call of ${RUNS} runs`, async () => {
  const seen = { open: 0, probes: 0, closed: 0 };
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const clock: Clock = { now: () => Date.now(), monotonicMs: () => Date.now(), setTimer: () => ({ cancel: () => {} }) };
      const ours = new Breaker({ clock, random: UNJITTERED });
      const theirs = circuitBreaker(handleAll, { breaker: new Either(), halfOpenAfter: { next: () => doubling() } });
      const sent = { ours: 0, theirs: 0 };
      const count = (whose: keyof typeof sent) => () => {
        sent[whose] += 1;
      };
      for (const step of taken) {
        vi.setSystemTime(Date.now() + step.afterMs);
        const before = ours.told();
        await ours.call(sending(step, count('ours'))).catch(() => {});
        await theirs
          .execute(() => asAnswer(sending(step, count('theirs'))))
          .catch((error: unknown) => {
            if (!(error instanceof OriginUnavailable || error instanceof BrokenCircuitError)) throw error;
          });
        expect({ state: ours.told().state, sent: sent.ours }).toEqual({ state: STATES[theirs.state], sent: sent.theirs });
        const after = ours.told();
        seen.open += after.opened - before.opened;
        seen.probes += after.probes - before.probes;
        if (before.state === 'open' && after.state === 'closed') seen.closed += 1;
      }
    }),
    { numRuns: RUNS, seed: 18 },
  );
  // Else it compares what never happens.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(RUNS);
});
