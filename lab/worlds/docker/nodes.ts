/** Which service of compose.yaml is which node of the lab. */
import { NODE_KINDS, NODES, type NodeKind, type NodeName, nodeName } from '../../system/parts.ts';

export function serviceOf(node: NodeName): string {
  return node.replace(':', '-');
}

/** Services whose containers links can be asked across from. */
export function canAsk(service: string): boolean {
  const isOf = (kind: NodeKind) => (NODES[kind].isRegional ? service.startsWith(serviceOf(nodeName(kind))) : service === kind);
  return NODE_KINDS.some((kind) => NODES[kind].canAsk && isOf(kind));
}
