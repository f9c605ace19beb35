/** Which service of compose.yaml is which node of the lab. */
import type { NodeName } from '../world.ts';

const REGIONAL = /^(redis|edge)[:-](.+)$/;

export function serviceOf(node: NodeName): string {
  return node.replace(':', '-');
}

/** undefined of a service that no fault can hit. */
export function nodeOfService(service: string): NodeName | undefined {
  if (service === 'origin' || service === 'kafka' || service === 'postgres') return service;
  const [, kind, region] = REGIONAL.exec(service) ?? [];
  if (region === undefined) return undefined;
  return kind === 'edge' ? `edge:${region}` : `redis:${region}`;
}

/** Services whose containers have Node, and stand on the mesh. */
export function canProbe(service: string): boolean {
  return service === 'origin' || service.startsWith('edge-');
}
