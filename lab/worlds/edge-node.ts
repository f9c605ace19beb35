/** The nodes that are edges, by their region. */
import type { NodeName } from './world.ts';

const EDGE = 'edge:';

export function edgeOf(region: string): NodeName {
  return `${EDGE}${region}`;
}

/** undefined of a node that is no edge. */
export function regionOfEdge(node: NodeName): string | undefined {
  return node.startsWith(EDGE) ? node.slice(EDGE.length) : undefined;
}
