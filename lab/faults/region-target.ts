/**
 * The edge of a target: of a region that has several the one it names, and all of them together where it names none.
 */
import { InvalidInput } from '../errors.ts';
import type { Clients } from '../system/clients.ts';
import type { EdgeUnderTest } from '../system/edges/edge.ts';
import { memberOf } from '../system/parts.ts';
import type { ConcreteTarget } from '../system/target.ts';

/** Throws TypeError for a target that is of no region. */
export function edgeOf(clients: Pick<Clients, 'edge'>, target: ConcreteTarget): EdgeUnderTest {
  const { region, text } = target;
  if (region === undefined) throw new TypeError(`expected a target in a region, got ${text}`);
  const edge = clients.edge(region);
  if (target.kind !== 'edge' || edge.members === undefined) return edge;
  const member = edge.members[memberOf(target.node) - 1];
  if (member === undefined) throw new InvalidInput(`expected one of ${edge.members.length} edges of ${region}, got ${text}`);
  return member;
}
