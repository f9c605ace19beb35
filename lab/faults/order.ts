/** A fault as asked for, and what it means in a world. */

import type { Random } from '../../services/runtime/random.ts';
import { InvalidInput } from '../errors.ts';
import { type ConcreteTarget, resolveTarget } from '../system/target.ts';
import type { World } from '../worlds/world.ts';
import { worldsWith } from '../worlds/worlds.ts';
import type { Fault, FaultOrder, FaultSpec } from './fault.ts';
import { FAULTS, factsOf } from './faults.ts';
import { faultProblems } from './written-fault.ts';

export type Resolved = Omit<FaultSpec, 'id'>;

export interface ResolveOptions {
  readonly world: Pick<World, 'backend' | 'regions'>;
  /** Draws what `one` and `majority` mean, among those that are free. */
  readonly random: Random;
  readonly isFree: (resolved: Pick<Resolved, 'fault' | 'target'>) => boolean;
}

/** Whether two faults cannot be in force together: the same twice, or two states of one node. */
export function isConflict(one: Pick<Resolved, 'fault' | 'target'>, other: Pick<Resolved, 'fault' | 'target'>): boolean {
  if (one.target.text !== other.target.text) return false;
  return one.fault === other.fault || [one, other].every((fault) => factsOf(fault).setsNodeState);
}

/** What an order means in this world, checked. Throws InvalidInput. */
export function resolveOrder(
  { fault: name, target, parameters }: FaultOrder,
  { world, random, isFree }: ResolveOptions,
): { readonly fault: Fault; readonly specs: readonly Resolved[] } {
  const [problem] = faultProblems({ fault: name, target, hasFor: false, parameters });
  const fault = FAULTS.get(name);
  if (problem !== undefined || fault === undefined)
    throw new InvalidInput(`${[name, ...(problem?.path ?? [])].map(String).join(': ')}: ${problem?.message ?? 'no such fault'}`);
  const backends = worldsWith(fault);
  if (!backends.includes(world.backend))
    throw new InvalidInput(`${name} cannot be injected in the ${world.backend} world, only in ${backends.join(', ')}`);
  const regions = world.regions.map(({ region }) => region);
  const parsed = fault.parameters.parse(parameters);
  const isFreeTarget = (found: ConcreteTarget) => isFree({ fault: name, target: found });
  const targets = resolveTarget(target, regions, random, isFreeTarget);
  return { fault, specs: targets.map((found) => ({ fault: name, target: found, parameters: parsed })) };
}
