/** A fault as asked for, and what it means in a world. */

import type { Random } from '../../services/runtime/random.ts';
import { InvalidInput } from '../errors.ts';
import type { Clients } from '../system/clients.ts';
import { type Capability, whyUnable } from '../system/edges/edge.ts';
import type { Mechanism } from '../system/mechanisms.ts';
import { nodeName } from '../system/parts.ts';
import { type ConcreteTarget, resolveTarget } from '../system/target.ts';
import { whyAbsent, whyBeyond } from '../targets/absent-parts.ts';
import type { World } from '../worlds/world.ts';
import { worldsWith } from '../worlds/worlds.ts';
import type { Fault, FaultOrder, FaultSpec } from './fault.ts';
import { FAULTS, factsOf } from './faults.ts';
import { edgeOf } from './region-target.ts';
import { faultProblems } from './written-fault.ts';

export type Resolved = Omit<FaultSpec, 'id'>;

export interface ResolveOptions {
  readonly world: Pick<World, 'backend' | 'regions'>;
  readonly clients: Pick<Clients, 'edge'>;
  /** Draws what `one` and `majority` mean, among those that are free. */
  readonly random: Random;
  readonly isFree: (resolved: Pick<Resolved, 'fault' | 'target'>) => boolean;
}

type Placed = Pick<Resolved, 'fault' | 'target'>;

/**
 * Whether two faults cannot be in force together: the same twice, two states of one node, or one that silences whom the
 * other has to ask.
 */
export function isConflict(one: Placed, other: Placed): boolean {
  if (silences(one, other) || silences(other, one)) return true;
  if (one.target.text !== other.target.text) return false;
  return one.fault === other.fault || [one, other].every((fault) => factsOf(fault).setsNodeState);
}

function silences(one: Placed, asking: Placed): boolean {
  const { setsNodeState, excuses } = factsOf(one);
  if (setsNodeState !== true && excuses !== 'stale-answers') return false;
  return (factsOf(asking).asks ?? []).some((kind) => one.target.text === nodeName(kind, asking.target.region));
}

/** Mechanisms that are no more than a request to an edge: what that must be able to do. */
const ASKED_OF_EDGE: Readonly<Partial<Record<Mechanism, readonly Capability[]>>> = {
  configure: ['settings'],
  flush: ['flush', 'entries'],
};

/** Throws InvalidInput for a fault that the edge of its region cannot have. */
export function refuseBeyondEdge({ fault, target }: Pick<Resolved, 'fault' | 'target'>, clients: Pick<Clients, 'edge'>): void {
  const { needs = [] } = factsOf({ fault });
  const asked = needs.flatMap((mechanism) => ASKED_OF_EDGE[mechanism] ?? []);
  const why = asked.length === 0 ? undefined : whyUnable(edgeOf(clients, target), asked);
  if (why !== undefined) throw new InvalidInput(`${fault} cannot be injected at ${target.text}: ${why}`);
}

/** What an order means in this world, checked. Throws InvalidInput. */
export function resolveOrder(
  { fault: name, target, parameters }: FaultOrder,
  { world, clients, random, isFree }: ResolveOptions,
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
  for (const found of targets) {
    const standing = world.regions.find(({ region }) => region === found.region)?.target;
    const why = whyAbsent(found, standing) ?? whyBeyond(standing, { fault: name, backend: world.backend });
    if (why !== undefined) throw new InvalidInput(`${name} cannot be injected at ${found.text}: ${why}`);
    refuseBeyondEdge({ fault: name, target: found }, clients);
  }
  return { fault, specs: targets.map((found) => ({ fault: name, target: found, parameters: parsed })) };
}
