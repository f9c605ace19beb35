/**
 * The faults on a world of real time that all cases of a suite share: it starts before the first, and each heals what
 * it broke.
 */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { systemClock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import type { TestWorld } from '../../worlds/testing/embedded-kit.ts';
import { ActiveFaults, type FaultChange } from '../active-faults.ts';

export interface SharedFaults {
  readonly test: TestWorld;
  readonly faults: ActiveFaults;
}

/** `shared` is to be called within a case. `changes`: what was told of faults in that case. */
export function sharedFaults(startWorld: () => Promise<TestWorld>): {
  readonly shared: () => SharedFaults;
  readonly changes: readonly FaultChange[];
} {
  let begun: SharedFaults | undefined;
  const changes: FaultChange[] = [];
  const shared = () => {
    if (begun === undefined) throw new TypeError('expected to be called within a case');
    return begun;
  };

  beforeAll(async () => {
    const test = await startWorld();
    const t = () => systemClock.monotonicMs();
    const onChange = (change: FaultChange) => void changes.push(change);
    begun = { test, faults: new ActiveFaults({ ...test, clock: systemClock, random: createRandom(1), t, onChange }) };
  });
  afterEach(async () => {
    expect(await shared().faults.healAll()).toEqual([]);
    changes.length = 0;
  });
  afterAll(() => begun?.test.close());

  return { shared, changes };
}
