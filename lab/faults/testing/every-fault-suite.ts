/**
 * Every fault that a kind of world can inject, against every kind of target it takes: seen in effect, and seen gone.
 */

import { expect, it } from 'vitest';
import { type TestWorld, untilSettled } from '../../worlds/testing/embedded-kit.ts';
import { type Backend, worldsWith } from '../../worlds/worlds.ts';
import type { Fault } from '../fault.ts';
import { FAULTS } from '../faults.ts';
import { initialParameters } from '../parameters.ts';
import { faultProblems } from '../written-fault.ts';
import { sharedFaults } from './shared-faults.ts';

export interface EveryFaultOptions {
  readonly backend: Backend;
  readonly startWorld: () => Promise<TestWorld>;
  /** For everything to be applied again after a fault. */
  readonly settledMsMax: number;
}

/** A target of each kind, both ways and one way for links. */
const TARGETS = {
  link: ['edge:eu-west<->kafka', 'edge:eu-west->origin', 'kafka->edge:us-east', 'origin<->kafka', 'origin->postgres', 'postgres->origin'],
  origin: ['origin'],
  kafka: ['kafka'],
  postgres: ['postgres'],
  redis: ['redis:ap-south'],
  edge: ['edge:ap-south'],
  // Where a cache of others stands: lab/worlds/hosted/launch-target.test.ts.
  purger: [],
} as const;
/** Where those that the form of a fault begins with would show less of it. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  latency: { latency: '200ms', jitter: '20ms' },
  bandwidth: { rate: '20' },
};

/** Not every fault of links is one of every link. */
function takes({ name }: Fault, target: string): boolean {
  return faultProblems({ fault: name, target, hasFor: false, parameters: {} }).every(({ path }) => path[0] !== 'target');
}

function targetsOf(fault: Fault): readonly string[] {
  return fault.targets.flatMap((kind) => TARGETS[kind].filter((target) => takes(fault, target)));
}

export function everyFaultIsSeen({ backend, startWorld, settledMsMax }: EveryFaultOptions): void {
  const { shared, changes } = sharedFaults(startWorld);

  const found = [...FAULTS.values()].filter((fault) => worldsWith(fault).includes(backend));
  const cases = found.flatMap((fault) => targetsOf(fault).map((target) => [fault.name, target, fault] as const));

  it.each(found.map((fault) => [fault.name, fault] as const))('%s has a target that it can be aimed at', (_name, fault) => {
    expect(targetsOf(fault)).not.toEqual([]);
  });

  it.each(cases)('%s at %s is seen in effect and seen gone', async (name, target, fault) => {
    const { faults, test } = shared();
    const [injected] = await faults.inject({ fault: name, target, parameters: PARAMETERS[name] ?? initialParameters(fault) });
    expect(injected?.effect).toBe('confirmed');
    await faults.healAll();
    expect(faults.inForce).toEqual([]);
    expect(changes.map(({ event, effect }) => [event, effect])).toEqual([
      ['injecting', 'unconfirmed'],
      ['injected', 'confirmed'],
      ['healing', 'confirmed'],
      ['healed', 'confirmed'],
    ]);
    await untilSettled(test, settledMsMax);
  });
}
