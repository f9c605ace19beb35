/** Every fault against every kind of target it takes, in the embedded world: seen in effect, seen gone, and what it does. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { InvalidInput } from '../errors.ts';
import { startTestWorld, type TestWorld, untilSettled } from '../worlds/embedded/test-support.ts';
import { ActiveFaults, type FaultChange, type FaultOrder } from './active-faults.ts';
import { FAULTS } from './faults.ts';

const DEADLINE_MS = 20_000;

let test: TestWorld;
let faults: ActiveFaults;
const changes: FaultChange[] = [];

beforeAll(async () => {
  test = await startTestWorld();
  const random = createRandom(1);
  faults = new ActiveFaults({
    ...test,
    clock: systemClock,
    random,
    t: () => systemClock.monotonicMs(),
    onChange: (change) => changes.push(change),
  });
});
afterEach(async () => {
  expect(await faults.healAll()).toEqual([]);
  changes.length = 0;
});
afterAll(() => test.close());

/** A target of each kind, both ways and one way for links. */
const TARGETS = {
  link: ['edge:eu-west<->kafka', 'edge:eu-west->origin', 'kafka->edge:us-east', 'origin<->kafka', 'origin->postgres', 'postgres->origin'],
  origin: ['origin'],
  kafka: ['kafka'],
  postgres: ['postgres'],
  redis: ['redis:ap-south'],
  edge: ['edge:ap-south'],
} as const;
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  latency: { latency: '200ms', jitter: '20ms' },
  'propagation-delay': { delay: '1234ms' },
  strategy: { strategy: 'lazy' },
};

const cases = [...FAULTS.values()].flatMap((fault) =>
  fault.targets.flatMap((kind) => TARGETS[kind].map((target) => [fault.name, target] as const)),
);

describe('every fault of the table', () => {
  it.each(cases)('%s at %s is seen in effect and seen gone', async (fault, target) => {
    const order: FaultOrder = { fault, target: fault === 'strategy' ? 'edge:us-east' : target, parameters: PARAMETERS[fault] ?? {} };
    const [injected] = await faults.inject(order);
    expect(injected?.effect).toBe('confirmed');
    await faults.healAll();
    expect(faults.inForce).toEqual([]);
    expect(changes.map(({ event, effect }) => [event, effect])).toEqual([
      ['injecting', 'unconfirmed'],
      ['injected', 'confirmed'],
      ['healing', 'confirmed'],
      ['healed', 'confirmed'],
    ]);
    await untilSettled(test, DEADLINE_MS);
  });
});

describe('an order', () => {
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
