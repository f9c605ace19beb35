/**
 * The parts of the system under test: the kinds of nodes there are, and which of them calls which over a link. Targets,
 * the swarm's draws, the JSON Schema, the map, Docker's names and the report's lanes are read from here.
 */

/** What is spoken over the links to a node, as far as a fault may be aimed at one. */
export type Protocol = 'http' | 'kafka' | 'postgres';

interface NodePart {
  /** There is one in each region, named `kind:region`. */
  readonly isRegional: boolean;
  readonly protocol: Protocol | undefined;
  /**
   * Its process runs Node and stands on the network of the links, so that links can be asked across from where it is.
   */
  readonly canAsk: boolean;
  /** Where a report draws it: of a region, or among those of the same name. */
  readonly lane: 'origin' | 'log' | 'region';
  /** Only where the cache of the region is not ours. */
  readonly isOfTargets?: true;
}

export const NODES = {
  origin: { isRegional: false, protocol: 'http', canAsk: true, lane: 'origin' },
  kafka: { isRegional: false, protocol: 'kafka', canAsk: false, lane: 'log' },
  postgres: { isRegional: false, protocol: 'postgres', canAsk: false, lane: 'origin' },
  redis: { isRegional: true, protocol: undefined, canAsk: false, lane: 'region' },
  edge: { isRegional: true, protocol: 'http', canAsk: true, lane: 'region' },
  purger: { isRegional: true, protocol: undefined, canAsk: false, lane: 'region', isOfTargets: true },
} as const satisfies Readonly<Record<string, NodePart>>;

export type NodeKind = keyof typeof NODES;
export const NODE_KINDS = Object.keys(NODES) as readonly NodeKind[];
type RegionalKind = { [Kind in NodeKind]: (typeof NODES)[Kind]['isRegional'] extends true ? Kind : never }[NodeKind];

/** `origin`, `edge:eu-west`; `edge:eu-west/2` where the region has several edges. */
export type NodeName = Exclude<NodeKind, RegionalKind> | `${RegionalKind}:${string}`;

/** How often something crosses a link in each direction, one crossing after the other. */
export interface Crossings {
  readonly there: number;
  readonly back: number;
}

export interface LinkPart {
  readonly caller: NodeKind;
  readonly callee: NodeKind;
  /** A fault may be aimed at it: with Docker only what passes a proxy can be broken. */
  readonly isTarget: boolean;
  /** The worst of what the services do, from when a change can be known until its region has applied it. */
  readonly invalidation: Crossings;
  /** The same from when a fetch of an edge begins until its answer is there. */
  readonly fetch: Crossings;
  /** Only where the cache of the region is not ours. */
  readonly isOfTargets?: true;
}

const NEVER: Crossings = { there: 0, back: 0 };
const ONE_CALL: Crossings = { there: 1, back: 1 };

export const LINKS = {
  // A request for records that the broker has just answered without it, a heartbeat before the next, then that one.
  'edge-kafka': { caller: 'edge', callee: 'kafka', isTarget: true, invalidation: { there: 2, back: 3 }, fetch: NEVER },
  'edge-origin': { caller: 'edge', callee: 'origin', isTarget: true, invalidation: NEVER, fetch: ONE_CALL },
  // An append under way, then the one that carries it.
  'origin-kafka': { caller: 'origin', callee: 'kafka', isTarget: true, invalidation: { there: 2, back: 1 }, fetch: NEVER },
  // The change's own answer, marking the batch before, claiming this one; and a connection that is opened first, which
  // takes four round trips (startup, two of SCRAM, ready).
  'origin-postgres': {
    caller: 'origin',
    callee: 'postgres',
    isTarget: true,
    invalidation: { there: 6, back: 7 },
    fetch: { there: 6, back: 6 },
  },
  // A purge.
  'purger-edge': { caller: 'purger', callee: 'edge', isTarget: true, invalidation: ONE_CALL, fetch: NEVER, isOfTargets: true },
  'edge-redis': { caller: 'edge', callee: 'redis', isTarget: false, invalidation: ONE_CALL, fetch: ONE_CALL },
} as const satisfies Readonly<Record<string, LinkPart>>;

/** Stands before the number of an edge that is not the first of its region. */
export const MEMBER_MARK = '/';
/** More edges than that share no cache. */
export const MEMBERS_MAX = 9;

export type LinkKind = keyof typeof LINKS;

/** A connection between two nodes, by who opens it. */
export interface Link {
  readonly caller: NodeName;
  readonly callee: NodeName;
}

/** `there`: what the caller sends; `back`: what it is answered. */
export type Direction = 'both' | 'there' | 'back';

/** The node of a kind in a region; of one that is not regional, whatever the region. */
export function nodeName(kind: NodeKind, region = ''): NodeName {
  return (NODES[kind].isRegional ? `${kind}:${region}` : kind) as NodeName;
}

export function kindOf(node: NodeName): NodeKind {
  return node.split(':')[0] as NodeKind;
}

/** An edge of a region that has several, from 1. The first is named like an only one. */
export function memberName(region: string, member: number): NodeName {
  return nodeName('edge', member === 1 ? region : `${region}${MEMBER_MARK}${member}`);
}

/** Of an edge which one of its region it is. */
export function memberOf(node: NodeName): number {
  const at = node.indexOf(MEMBER_MARK);
  return at < 0 ? 1 : Number(node.slice(at + 1));
}

/** undefined of a node that is not regional. */
export function regionOf(node: NodeName): string | undefined {
  const at = node.indexOf(':');
  return at < 0 ? undefined : node.slice(at + 1).split(MEMBER_MARK)[0];
}

/** undefined of a node that is no edge. */
export function regionOfEdge(node: NodeName): string | undefined {
  return kindOf(node) === 'edge' ? regionOf(node) : undefined;
}

/** Throws TypeError for two nodes that no link joins. */
export function linkKindOf({ caller, callee }: Link): LinkKind {
  const name = `${kindOf(caller)}-${kindOf(callee)}`;
  if (!(name in LINKS)) throw new TypeError(`expected a link of ${Object.keys(LINKS).join(', ')}, got ${name}`);
  return name as LinkKind;
}

/** Whether there is such a node whatever cache stands in its region. */
export function isEverywhere(kind: NodeKind): boolean {
  const part: NodePart = NODES[kind];
  return part.isOfTargets !== true;
}

/** Those that a fault may be aimed at, of the kinds that it takes. */
export function targetLinks(kinds: readonly LinkKind[] = Object.keys(LINKS) as LinkKind[]): readonly LinkPart[] {
  return kinds.map((kind) => LINKS[kind]).filter(({ isTarget }) => isTarget);
}
