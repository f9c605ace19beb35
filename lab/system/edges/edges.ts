/** The table of edges: which caches can be put to the test. A new one is a file beside this one and a row here. */
import { BREAKER_FORGETS_MS, PROBE_MS_MAX } from '../../../services/protocol/edge-api.ts';
import type { EdgeKind, EdgeUnderTest, OpenEdgeOptions } from './edge.ts';
import { membersOf } from './members.ts';
import { ownEdge } from './own.ts';
import { type TargetAddress, targetEdge } from './target.ts';

export const EDGES = { edgesync: ownEdge } as const satisfies Readonly<Record<string, EdgeKind>>;

export type EdgeKindName = keyof typeof EDGES;

/** What ends an entry of a region before anybody asks for it. */
export interface EntryBounds {
  /** How long an entry is fresh there, in ms; undefined: longer than anybody looks. */
  readonly lifetimeMs?: number | undefined;
  /** How many invalidations its cache remembers; undefined: more than there are. */
  readonly marksMax?: number | undefined;
  /**
   * For how long its edges answer what the cache has told them without asking again, in ms; undefined: for a moment
   * that nobody sees, if at all.
   */
  readonly hotMs?: number | undefined;
  /**
   * How long its edge may call an answer fresh without word from the origin, and by how much clocks may differ, in ms;
   * undefined: there is no bound.
   */
  readonly leaseMs?: number | undefined;
  readonly skewMs?: number | undefined;
  /** It stops asking an origin that does not answer. */
  readonly hasBreaker?: boolean | undefined;
  /** So many contents it fetches before they are read, when its cache may have lost them. */
  readonly warmKeys?: number | undefined;
}

/** The cache of a region, and where it is. */
export interface EdgeAddress extends EntryBounds {
  readonly region: string;
  readonly url: string;
  /** Of further edges of ours that answer from the same cache. Left out: there is one. */
  readonly others?: readonly string[] | undefined;
  /** Left out: ours. */
  readonly edge?: EdgeKindName;
  /** A cache of others, in place of a kind that we know. */
  readonly target?: TargetAddress;
}

export function openEdge(
  { region, url, others = [], lifetimeMs, marksMax, hotMs, leaseMs, skewMs, hasBreaker, warmKeys, target, edge = 'edgesync' }: EdgeAddress,
  options: Omit<OpenEdgeOptions, 'url'>,
): EdgeUnderTest {
  if (target !== undefined) return { region, ...targetEdge(target, { ...options, url }) };
  const { open, ...kind } = EDGES[edge];
  const bounds = {
    ...kind.bounds,
    ...(lifetimeMs === undefined ? {} : { freshMs: lifetimeMs }),
    ...(others.length === 0 ? {} : { members: 1 + others.length }),
    // One edge by itself drops what it changes.
    ...(others.length > 0 && hotMs ? { hotMs } : {}),
    ...(marksMax === undefined ? {} : { marksMax }),
    ...(leaseMs === undefined ? {} : { leaseMs, skewMs: skewMs ?? 0 }),
    ...(warmKeys === undefined ? {} : { warmKeys }),
    ...(hasBreaker ? { probeMs: PROBE_MS_MAX + BREAKER_FORGETS_MS } : {}),
  };
  const opened = [url, ...others].map((each) => ({ region, bounds, ...open({ ...options, url: each }) }));
  const [only] = opened;
  return only !== undefined && opened.length === 1 ? only : membersOf(opened);
}
