/**
 * Which time faults excuse. A fault's window runs from its injection to the end of the recovery allowance after its heal,
 * and to the end of time while it is not healed; what an interval loses is the union of the windows on the path of its read.
 *
 * The path of a read labelled fresh is the origin's process, its store, the log, the links between them, and its own edge
 * and cache. The link from an edge to the origin counts only for a read labelled stale, whose revalidation goes over it:
 * else the very faults that open the race between a fetch and an invalidation would excuse what comes of it.
 */
import type { FaultRecord, ReadOperation } from '../load/records.ts';

export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Faults that change what is right rather than break it: a changed delay is in the bound, and no answer need be older for a flush. */
export const EXCUSES_NOTHING: readonly string[] = ['propagation-delay', 'strategy', 'flush'];

export function isOnPath({ fault, target }: FaultRecord, { region, status }: Pick<ReadOperation, 'region' | 'status'>): boolean {
  if (EXCUSES_NOTHING.includes(fault)) return false;
  if (target.region !== undefined && target.region !== region) return false;
  const isEdgeToOrigin = target.kind === 'link' && target.region !== undefined && target.link.callee === 'origin';
  return !isEdgeToOrigin || status === 'stale';
}

/** Whether a fault may keep a region from answering at all: like the path of a read labelled stale, which is the longest. */
export function touches(fault: FaultRecord, region: string): boolean {
  return isOnPath(fault, { region, status: 'stale' });
}

export function windowOf({ injectedMs, healedMs, recoveryAllowanceMs }: FaultRecord): Interval {
  return { fromMs: injectedMs, toMs: healedMs === undefined ? Number.POSITIVE_INFINITY : healedMs + recoveryAllowanceMs };
}

export function overlaps(one: Interval, other: Interval): boolean {
  return one.fromMs < other.toMs && other.fromMs < one.toMs;
}

/** The same time as disjoint intervals, ascending. */
export function unionOf(windows: readonly Interval[]): readonly Interval[] {
  const union: Interval[] = [];
  for (const window of [...windows].sort((one, other) => one.fromMs - other.fromMs)) {
    const last = union.at(-1);
    if (last === undefined || last.toMs < window.fromMs) union.push(window);
    else if (last.toMs < window.toMs) union[union.length - 1] = { fromMs: last.fromMs, toMs: window.toMs };
  }
  return union;
}

/** How much of the interval is in none of the disjoint windows, in ms. */
export function lengthOutside({ fromMs, toMs }: Interval, disjoint: readonly Interval[]): number {
  let outsideMs = toMs - fromMs;
  for (const window of disjoint) outsideMs -= Math.max(0, Math.min(toMs, window.toMs) - Math.max(fromMs, window.fromMs));
  return outsideMs;
}

/** The windows of a history's faults. */
export class FaultWindows {
  readonly #faults: readonly FaultRecord[];
  /** By region and label: the union on the path of such a read. */
  readonly #excused = new Map<string, readonly Interval[]>();

  constructor(faults: readonly FaultRecord[]) {
    this.#faults = faults;
  }

  /** How much of the interval no fault on the read's path excuses, in ms. */
  unexcusedMs(read: Pick<ReadOperation, 'region' | 'status'>, interval: Interval): number {
    return lengthOutside(interval, this.#unionOf(read));
  }

  /** The parts of the interval that no fault on the read's path excuses. */
  unexcused(read: Pick<ReadOperation, 'region' | 'status'>, { fromMs, toMs }: Interval): readonly Interval[] {
    const parts: Interval[] = [];
    let sinceMs = fromMs;
    for (const window of this.#unionOf(read)) {
      if (window.toMs <= sinceMs || window.fromMs >= toMs) continue;
      if (window.fromMs > sinceMs) parts.push({ fromMs: sinceMs, toMs: window.fromMs });
      sinceMs = window.toMs;
    }
    return sinceMs < toMs ? [...parts, { fromMs: sinceMs, toMs }] : parts;
  }

  #unionOf(read: Pick<ReadOperation, 'region' | 'status'>): readonly Interval[] {
    const path = `${read.region} ${read.status}`;
    const known = this.#excused.get(path) ?? unionOf(this.#faults.filter((fault) => isOnPath(fault, read)).map(windowOf));
    this.#excused.set(path, known);
    return known;
  }

  /** The time in which a region may fail to answer, as disjoint intervals, ascending. */
  touching(region: string): readonly Interval[] {
    return this.#unionOf({ region, status: 'stale' });
  }

  /** Every fault whose window touches the interval, whether or not it excuses anything. */
  during(interval: Interval): readonly FaultRecord[] {
    return this.#faults.filter((fault) => overlaps(windowOf(fault), interval));
  }
}
