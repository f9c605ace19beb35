/** Wrong circuit breakers. What floods an origin that is away is shown by its scenario: no answer is wrong for it. */
import type { Patch, SlippingPatch } from './patch.ts';

const BREAKER = 'services/edge/breaker.ts';

export const BREAKER_PATCHES: readonly Patch[] = [
  {
    name: 'breaker-counts-404',
    about: 'A 404 of the origin counts as no answer.',
    edits: [
      {
        file: BREAKER,
        old: 'this.#ended(spell, false);',
        new: "this.#ended(spell, typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'missing');",
      },
    ],
    caughtBy: ['unavailable'],
  },
  {
    name: 'breaker-never-closes',
    about: 'A breaker that has opened sends no probe.',
    edits: [
      {
        file: BREAKER,
        old: "return state === 'half-open' || (state === 'open' &&",
        new: "return state !== 'closed' || (state !== 'closed' &&",
      },
      {
        file: BREAKER,
        old: "return isForgotten ? 'closed' : this.#state;",
        new: "return isForgotten && this.#spell < 0 ? 'closed' : this.#state;",
      },
    ],
    caughtBy: ['unavailable', 'divergence'],
  },
  {
    name: 'breaker-endless-doubling',
    about: 'The interval between two probes has no bound.',
    edits: [{ file: BREAKER, old: 'Math.min(PROBE_MS_MAX, this.#intervalMs * 2)', new: 'this.#intervalMs * 8' }],
    caughtBy: ['unavailable', 'mislabelled', 'divergence'],
  },
];

export const SLIPPING_BREAKER_PATCHES: readonly SlippingPatch[] = [
  {
    name: 'breaker-half-open-flood',
    about: 'While the probe is under way every other call is sent, too.',
    edits: [{ file: BREAKER, old: "return state === 'half-open' || (state === 'open' &&", new: "return (state === 'open' &&" }],
    seenBy: 'lab/sim/breaker.test.ts',
    why: 'No answer is wrong for it, and the origin that is flooded is one that does not answer anyway: the thresholds of the scenario origin-flaps show it.',
  },
];
