/**
 * The contract of `EdgeCache`: what every adapter must do, as tests. An adapter's own test file calls it with a helper
 * that opens a cache on a server of its own. Examples name each rule; a random test then compares long runs with a
 * reference written another way (`contract/reference.ts`), which judges an entry by scanning all that was ever applied.
 */
import { describe } from 'vitest';
import { describeApply } from './apply.ts';
import { describeBeats } from './beats.ts';
import { describeBounds } from './bounds.ts';
import { describeFill } from './fill.ts';
import { describeLife } from './life.ts';
import { describeLookup } from './lookup.ts';
import { describeMembers } from './members.ts';
import { describeReference } from './random-runs.ts';
import type { WithCache } from './subject.ts';

export function describeCacheContract(name: string, withCache: WithCache): void {
  describe(name, () => {
    describeLookup(withCache);
    describeFill(withCache);
    describeApply(withCache);
    describeBeats(withCache);
    describeBounds(withCache);
    describeLife(withCache);
    describeMembers(withCache);
    describeReference(withCache);
  });
}
