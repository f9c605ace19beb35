/**
 * What the faults in force do to a region: the states of its links, its cache and its edge, and each fault in a few
 * words.
 */
import type { BrokenState, Shown } from '../../../lab/faults/fault.ts';
import { factsOf } from '../../../lab/faults/faults.ts';
import type { FaultView } from '../../../lab/live/protocol.ts';
import { nodeName } from '../../../lab/system/parts.ts';
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';

/** `lost`: nobody cut it, and yet it does not answer. */
export type LinkState = BrokenState | 'ok' | 'lost' | 'unknown';

export interface RegionLinks {
  readonly kafka: LinkState;
  readonly origin: LinkState;
  readonly cache: LinkState;
}

type Faulty = Pick<FaultView, 'fault' | 'target'>;

export const edgeOf = (region: string): string => nodeName('edge', region);
export const cacheOf = (region: string): string => nodeName('redis', region);
export const kafkaLinkOf = (region: string): string => `${edgeOf(region)}<->kafka`;
export const originLinkOf = (region: string): string => `${edgeOf(region)}<->origin`;

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
  for (const fault of faults) {
    const state = fault.target === edgeOf(region) ? nodeState(fault) : undefined;
    if (state !== undefined) return { state, sinceMs: fault.injectedMs };
  }
  return undefined;
}

/** The worst of what sits on the link and at its other end. */
function linkState(region: string, other: 'kafka' | 'origin', faults: readonly Faulty[]): LinkState | undefined {
  const edge = edgeOf(region);
  const isIsolated = faults.some((fault) => fault.target === edge && shownOf(fault)?.state === 'cut');
  return isIsolated ? 'cut' : stateOfLink(edge, other, faults);
}

/** Between two nodes, the second the one that is called; undefined: nothing was done to it. */
export function stateOfLink(caller: string, callee: string, faults: readonly Faulty[]): LinkState | undefined {
  const onLink = faults.filter(({ target }) => {
    const [left, right, more] = target.split(/<->|->/);
    return more === undefined && ((left === caller && right === callee) || (left === callee && right === caller));
  });
  const states = onLink.map((fault) => shownOf(fault)?.state);
  return states.includes('cut') ? 'cut' : (stateOfNode(callee, faults) ?? states.find((state) => state !== undefined));
}

/** undefined: nothing was done to it. */
export function stateOfNode(node: string, faults: readonly Faulty[]): LinkState | undefined {
  return faults.filter(({ target }) => target === node).flatMap((fault) => nodeState(fault) ?? [])[0];
}

/** undefined of a fault that leaves the node itself as it is: one that cuts its links. */
function nodeState(fault: Faulty): LinkState | undefined {
  const state = shownOf(fault)?.state;
  return state === 'cut' ? undefined : state;
}

function shownOf(fault: Pick<Faulty, 'fault'>): Shown | undefined {
  return factsOf(fault).shows;
}

/** `cut eu-west / kafka`: the region first, as in the panels. Faults without a short word keep their long one. */
export function faultWords({ fault, target, says }: Pick<FaultView, 'fault' | 'target' | 'says'>): string {
  const word = shownOf({ fault })?.word;
  if (word === undefined) return says;
  return `${word} ${target
    .replaceAll(/\bedge:/g, '')
    .replaceAll(/\bredis:/g, 'cache ')
    .replace('<->', ' / ')
    .replace('->', ' > ')}`;
}
