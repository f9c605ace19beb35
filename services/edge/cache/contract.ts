/**
 * The contract of `EdgeCache`: what every adapter must do, as tests. An adapter's own test file calls it with a helper
 * that opens a cache on a server of its own. Examples name each rule; a random test then compares long runs with a
 * reference written another way (`contract/reference.ts`), which judges an entry by scanning all that was ever applied.
 */
import { describe } from 'vitest';
import { describeApply } from './contract/apply.ts';
import { describeBounds } from './contract/bounds.ts';
import { describeFill } from './contract/fill.ts';
import { describeLife } from './contract/life.ts';
import { describeLookup } from './contract/lookup.ts';
import { describeReference } from './contract/random-runs.ts';
import type { WithCache } from './contract/subject.ts';

export function describeCacheContract(name: string, withCache: WithCache): void {
  describe(name, () => {
    describeLookup(withCache);
    describeFill(withCache);
    describeApply(withCache);
    describeBounds(withCache);
    describeLife(withCache);
    describeReference(withCache);
  });
}
