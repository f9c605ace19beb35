/** The edge of a target's region. */
import type { Clients } from '../system/clients.ts';
import type { EdgeUnderTest } from '../system/edges/edge.ts';
import type { ConcreteTarget } from '../system/target.ts';

/** Throws TypeError for a target that is of no region. */
export function edgeOf(clients: Pick<Clients, 'edge'>, { region, text }: ConcreteTarget): EdgeUnderTest {
  if (region === undefined) throw new TypeError(`expected a target in a region, got ${text}`);
  return clients.edge(region);
}
