/**
 * Which scenario of the catalogue each known bug is caught by: the one whose faults bring its damage to light. The warm-up of some bugs
 * fails with many keys, so a scenario for those has few.
 */
import type { Mutant } from '../../mutants/mutant.ts';
import { MUTANTS } from '../../mutants/mutants.ts';

/** Mutant to scenario. */
const MADE_FOR: Readonly<Record<string, string>> = {
  'publish-without-outbox': 'kafka-outage',
  'swallow-apply-error': 'delete-while-filling',
  'unfenced-fill': 'stale-set-race',
  'clear-newer-stale-mark': 'stale-set-race',
  'start-at-latest': 'edge-crash',
  'sleep-serially': 'burst',
  'delete-as-stale': 'delete-while-filling',
  'missing-as-error': 'delete-while-filling',
  'ignore-tags-and-patterns': 'baseline',
  'revalidate-each-time': 'stampede',
  'torn-entry': 'baseline',
  'epoch-off-by-one': 'stale-set-race',
  'short-tombstones': 'delete-while-filling',
  'offset-one-too-far': 'rolling-restart',
  'join-any-fetch': 'stale-set-race',
  'missing-at-version-zero': 'delete-while-filling',
  'unfenced-304': 'stale-set-race',
  'soft-purges': 'baseline',
  'lifetime-in-milliseconds': 'partition-origin',
  'drop-revalidation': 'eager-vs-lazy',
  'unnoticed-return': 'redis-outage',
  'refuse-under-soft-mark': 'outpaced-fetch',
};

export interface Catch {
  readonly mutant: Mutant;
  readonly scenario: string;
}

/** Every mutant. Throws TypeError for one that nothing was made for. */
export function catches(): readonly Catch[] {
  return MUTANTS.map((mutant) => {
    const scenario = MADE_FOR[mutant.name];
    if (scenario === undefined) throw new TypeError(`expected a scenario made for ${mutant.name}, got none: add it to made-for.ts`);
    return { mutant, scenario };
  });
}
