/** The table of edges: which caches can be put to the test. A new one is a file beside this one and a row here. */
import type { EdgeKind, EdgeUnderTest, OpenEdgeOptions } from './edge.ts';
import { ownEdge } from './own.ts';
import { type TargetAddress, targetEdge } from './target.ts';

export const EDGES = { edgesync: ownEdge } as const satisfies Readonly<Record<string, EdgeKind>>;

export type EdgeKindName = keyof typeof EDGES;

/** The cache of a region, and where it is. */
export interface EdgeAddress {
  readonly region: string;
  readonly url: string;
  /** Left out: ours. */
  readonly edge?: EdgeKindName;
  /** A cache of others, in place of a kind that we know. */
  readonly target?: TargetAddress;
  /** How long an entry is fresh there, in ms; undefined: longer than anybody looks. */
  readonly lifetimeMs?: number | undefined;
}

export function openEdge(
  { region, url, lifetimeMs, target, edge = 'edgesync' }: EdgeAddress,
  options: Omit<OpenEdgeOptions, 'url'>,
): EdgeUnderTest {
  if (target !== undefined) return { region, ...targetEdge(target, { ...options, url }) };
  const { open, ...kind } = EDGES[edge];
  const bounds = lifetimeMs === undefined ? kind.bounds : { ...kind.bounds, freshMs: lifetimeMs };
  return { region, bounds, ...open({ ...options, url }) };
}
