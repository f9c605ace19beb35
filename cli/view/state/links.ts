/** What the faults in force do to a region: the states of its links, its cache and its edge, and each fault in a few words. */
import type { FaultView } from '../../../lab/live/protocol.ts';
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';

/** `lost`: nobody cut it, and yet it does not answer. */
export type LinkState = 'ok' | 'cut' | 'slow' | 'paused' | 'down' | 'lost' | 'unknown';

export interface RegionLinks {
  readonly kafka: LinkState;
  readonly origin: LinkState;
  readonly cache: LinkState;
}

type Faulty = Pick<FaultView, 'fault' | 'target'>;

export const edgeOf = (region: string): string => `edge:${region}`;
export const cacheOf = (region: string): string => `redis:${region}`;
export const kafkaLinkOf = (region: string): string => `${edgeOf(region)}<->kafka`;
export const originLinkOf = (region: string): string => `${edgeOf(region)}<->origin`;

const NODE_STATES: ReadonlyMap<string, LinkState> = new Map([
  ['pause', 'paused'],
  ['kill', 'down'],
  ['restart', 'down'],
]);
const LINK_STATES: ReadonlyMap<string, LinkState> = new Map([
  ['partition', 'cut'],
  ['latency', 'slow'],
  ['bandwidth', 'slow'],
]);

export function linksOf(region: string, metrics: EdgeMetrics | undefined, faults: readonly Faulty[]): RegionLinks {
  const unbroken: LinkState = metrics === undefined ? 'unknown' : 'ok';
  const isHeard = metrics === undefined || metrics.log.connected;
  return {
    kafka: linkState(region, 'kafka', faults) ?? (isHeard ? unbroken : 'lost'),
    origin: linkState(region, 'origin', faults) ?? unbroken,
    cache: stateOfNode(cacheOf(region), faults) ?? unbroken,
  };
}

/** What was done to the edge itself, and when; undefined when nothing was. */
export function edgeFaultOf(
  region: string,
  faults: readonly FaultView[],
): { readonly state: LinkState; readonly sinceMs: number } | undefined {
  const found = faults.find(({ fault, target }) => target === edgeOf(region) && NODE_STATES.has(fault));
  const state = found === undefined ? undefined : NODE_STATES.get(found.fault);
  return found === undefined || state === undefined ? undefined : { state, sinceMs: found.injectedMs };
}

/** The worst of what sits on the link and at its other end. */
function linkState(region: string, other: 'kafka' | 'origin', faults: readonly Faulty[]): LinkState | undefined {
  const edge = edgeOf(region);
  const isIsolated = faults.some(({ fault, target }) => fault === 'isolate' && target === edge);
  return isIsolated ? 'cut' : stateOfLink(edge, other, faults);
}

/** Between two nodes, the second the one that is called; undefined: nothing was done to it. */
export function stateOfLink(caller: string, callee: string, faults: readonly Faulty[]): LinkState | undefined {
  const onLink = faults.filter(({ target }) => {
    const [left, right, more] = target.split(/<->|->/);
    return more === undefined && ((left === caller && right === callee) || (left === callee && right === caller));
  });
  const states = onLink.map(({ fault }) => LINK_STATES.get(fault));
  return states.includes('cut') ? 'cut' : (stateOfNode(callee, faults) ?? states.find((state) => state !== undefined));
}

/** undefined: nothing was done to it. */
export function stateOfNode(node: string, faults: readonly Faulty[]): LinkState | undefined {
  const found = faults.find(({ fault, target }) => target === node && NODE_STATES.has(fault));
  return found === undefined ? undefined : NODE_STATES.get(found.fault);
}

const VERBS: ReadonlyMap<string, string> = new Map([
  ['partition', 'cut'],
  ['latency', 'slow'],
  ['bandwidth', 'narrow'],
  ['isolate', 'isolated'],
  ['pause', 'paused'],
  ['kill', 'killed'],
  ['restart', 'restarting'],
]);

/** `cut eu-west / kafka`: the region first, as in the panels. Faults without a short word keep their long one. */
export function faultWords({ fault, target, says }: Pick<FaultView, 'fault' | 'target' | 'says'>): string {
  const verb = VERBS.get(fault);
  if (verb === undefined) return says;
  return `${verb} ${target
    .replaceAll(/\bedge:/g, '')
    .replaceAll(/\bredis:/g, 'cache ')
    .replace('<->', ' / ')
    .replace('->', ' > ')}`;
}
