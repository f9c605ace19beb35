/** The faults in the embedded world: each seen in effect and gone, and orders that cannot be. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { InvalidInput } from '../errors.ts';
import { startTestWorld, type TestWorld } from '../worlds/testing/embedded-kit.ts';
import { ActiveFaults } from './active-faults.ts';
import { everyFaultIsSeen } from './testing/every-fault-suite.ts';
import { overlappingFaultsAreSeenAt } from './testing/overlap-suite.ts';

const DEADLINE_MS = 20_000;

describe('every fault of the table', () => {
  everyFaultIsSeen({ backend: 'embedded', startWorld: startTestWorld, settledMsMax: DEADLINE_MS });
});

describe('faults that overlap', () => {
  overlappingFaultsAreSeenAt({ backend: 'embedded', startWorld: startTestWorld });
});

describe('an order', () => {
  let test: TestWorld;
  let faults: ActiveFaults;

  beforeAll(async () => {
    test = await startTestWorld();
    const t = () => systemClock.monotonicMs();
    faults = new ActiveFaults({ ...test, clock: systemClock, random: createRandom(1), t, onChange: () => {} });
  });
  afterEach(async () => {
    expect(await faults.healAll()).toEqual([]);
  });
  afterAll(() => test.close());

  it.each([
    ['partitoin', 'edge:eu-west<->kafka', {}, /did you mean partition/],
    ['partition', 'edge:eu-wset<->kafka', {}, /did you mean eu-west/],
    ['partition', 'origin', {}, /expected a target of partition \(link\)/],
    ['flush', 'edge:eu-west', {}, /expected a target of flush \(redis/],
    ['latency', 'edge:eu-west->origin', {}, /latency: latency: missing/],
    ['latency', 'edge:eu-west->origin', { latency: 'soon' }, /expected a duration/],
    ['pause', 'edge:eu-west', { latency: '1s' }, /no such key/],
    ['pause', 'redis', {}, /redis:<region>/],
    ['pause', 'origin:eu-west', {}, /without a region/],
  ])('%s at %s with %j is refused in words', async (fault, target, parameters, message) => {
    const refused = await faults
      .inject({ fault, target, parameters: parameters as Record<string, string> })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidInput);
    expect(String(refused)).toMatch(message);
    expect(faults.inForce).toEqual([]);
  });

  it('is refused where the same fault, or another state of the same node, is in force', async () => {
    await faults.inject({ fault: 'pause', target: 'redis:eu-west', parameters: {} });
    await expect(faults.inject({ fault: 'pause', target: 'redis:eu-west', parameters: {} })).rejects.toThrow(/in force there already/);
    await expect(faults.inject({ fault: 'kill', target: 'redis:eu-west', parameters: {} })).rejects.toThrow(/heal it first/);
  });

  it('may name several targets by *, one and majority', async () => {
    const all = await faults.inject({ fault: 'partition', target: 'edge:*<->kafka', parameters: {} });
    expect(all.map(({ spec }) => spec.target.region)).toEqual(['us-east', 'eu-west', 'ap-south']);
    const most = await faults.inject({ fault: 'isolate', target: 'edge:majority', parameters: {} });
    expect(new Set(most.map(({ spec }) => spec.target.region)).size).toBe(2);
    expect(await faults.inject({ fault: 'pause', target: 'redis:one', parameters: {} })).toHaveLength(1);
  });
});
