/**
 * What faults excuse. A fault that stops what is on a read's path suspends judgement from the moment the lab saw it in
 * effect until it saw it gone and the region had caught up (`recovery.ts`): what an interval loses is the union of
 * those windows. A fault that slows widens the bound by what it delays, and suspends nothing; one so slow that calls
 * reach their deadline stops them.
 *
 * The path of a read labelled fresh is the origin's process, its store, the log, the links between them, and its own
 * edge and cache. An edge that was started again is no excuse for one: it knows that it has been away. The link from an
 * edge to the origin counts only for a read labelled stale, whose revalidation goes over it: else the very faults that
 * open the race between a fetch and an invalidation would excuse what comes of it.
 *
 * Time in which a fault may have been in effect and nobody saw it is no excuse: but what only that time explains is no
 * proof either.
 */
import { factsOf } from '../faults/faults.ts';
import type { History } from '../history/history.ts';
import type { FaultRecord, ReadOperation } from '../history/records.ts';
import { kindOf } from '../system/parts.ts';
import { memberOfTarget } from '../system/target.ts';
import { type Interval, intersectionOf, lengthOutside, overlaps, unionOf } from './interval.ts';
import { recoveredMs, type Samples } from './recovery.ts';

export interface Path extends Pick<ReadOperation, 'region' | 'status'> {
  /** How the answer was labelled, whatever it is judged by. Left out: as `status` says. */
  readonly label?: ReadOperation['status'];
}

/** Whether it changes what is right rather than breaks it. */
export function excusesNothing(fault: Pick<FaultRecord, 'fault'>): boolean {
  return factsOf(fault).excuses === 'nothing';
}

/** Whether it is of a kind that slows a link, whatever a record of it says by how much. */
export function isSlowing(fault: Pick<FaultRecord, 'fault'>): boolean {
  return factsOf(fault).slows !== undefined;
}

/** Whether it may take from a region's cache what was in it. */
export function isEmptiedBy(fault: FaultRecord, region: string): boolean {
  return factsOf(fault).emptiesCache === true && (fault.target.region ?? region) === region;
}

/** Whether a cache takes nothing while it lasts: its edge knows that what it holds is old, and says so. */
export function refusesFills(fault: Pick<FaultRecord, 'fault'>): boolean {
  return factsOf(fault).excuses === 'stale-answers';
}

/** Whether it may keep an edge from being answered by its origin. */
function mayKeepFromOrigin({ target }: FaultRecord): boolean {
  const kind = target.kind === 'link' ? kindOf(target.link.callee) : target.kind;
  return kind !== 'kafka' && kind !== 'redis';
}

/** What a fetch takes besides, on a busy machine. */
const FETCH_REST_MS = 500;

export function isOnPath(fault: FaultRecord, { region, status, label = status }: Path): boolean {
  const { target } = fault;
  if (excusesNothing(fault)) return false;
  if (target.kind === 'edge' && factsOf(fault).beginsAnew && label === 'fresh') return false;
  if (target.region !== undefined && target.region !== region) return false;
  const isEdgeToOrigin = target.kind === 'link' && target.region !== undefined && target.link.callee === 'origin';
  return !isEdgeToOrigin || status === 'stale';
}

/**
 * Whether a fault may keep a region from answering at all: like the path of a read labelled stale, which is the
 * longest.
 */
export function touches(fault: FaultRecord, region: string): boolean {
  return isOnPath(fault, { region, status: 'stale' });
}

/** All the time in which it may have had an effect, seen or not. */
export function windowOf({ injectedMs, healedMs, recoveryAllowanceMs, slows }: FaultRecord): Interval {
  const heldBackMs = slows?.invalidationMs ?? 0;
  return { fromMs: injectedMs, toMs: healedMs === undefined ? Number.POSITIVE_INFINITY : healedMs + recoveryAllowanceMs + heldBackMs };
}

/** A slow link, until what it held back has arrived. */
interface Slow extends Delay {
  readonly link: string;
}

/** The windows on one path, each as disjoint intervals, ascending. */
interface Windows {
  /** Seen in effect. */
  readonly seen: readonly Interval[];
  /** Those, and what may have been in effect. */
  readonly possible: readonly Interval[];
  readonly slow: readonly Slow[];
}

const NOTHING_STOPPED: Windows = { seen: [], possible: [], slow: [] };

/** What the faults of a history excuse. */
export class FaultWindows {
  readonly #faults: readonly FaultRecord[];
  readonly #boundsOf: History['boundsOf'];
  readonly #samples: Samples;
  /** By region and label. */
  readonly #ofPath = new Map<string, Windows>();

  constructor(history: Pick<History, 'faults' | 'of' | 'boundsOf'>) {
    this.#faults = history.faults;
    this.#boundsOf = (region) => history.boundsOf(region);
    this.#samples = { ofEdges: Map.groupBy(history.of('edge-sample'), ({ region }) => region), ofOrigin: history.of('origin-sample') };
  }

  /** How much of the interval no fault on the path was seen to excuse, in ms. */
  unexcusedMs(path: Path, interval: Interval): number {
    return lengthOutside(interval, this.#on(path).seen);
  }

  /** The parts of the interval that no fault on the path was seen to excuse. */
  unexcused(path: Path, { fromMs, toMs }: Interval): readonly Interval[] {
    const parts: Interval[] = [];
    let sinceMs = fromMs;
    for (const window of this.#on(path).seen) {
      if (window.toMs <= sinceMs || window.fromMs >= toMs) continue;
      if (window.fromMs > sinceMs) parts.push({ fromMs: sinceMs, toMs: window.fromMs });
      sinceMs = window.toMs;
    }
    return sinceMs < toMs ? [...parts, { fromMs: sinceMs, toMs }] : parts;
  }

  /** And how much of that a fault may have been in effect without having been seen. */
  unseenMs(path: Path, interval: Interval): number {
    const { seen, possible } = this.#on(path);
    return lengthOutside(interval, seen) - lengthOutside(interval, possible);
  }

  /** By how much later than else an invalidation may have been applied because of slow links in the interval. */
  slowedMs(path: Path, interval: Interval): number {
    const slow = this.#on(path).slow.filter((window) => overlaps(window, interval));
    return slow.reduce((mostMs, { fromMs }) => Math.max(mostMs, slowedAt(slow, fromMs)), 0);
  }

  /** The time in which a region may fail to answer, as disjoint intervals, ascending. */
  touching(region: string): readonly Interval[] {
    return this.#on({ region, status: 'stale' }).possible;
  }

  /** Every fault whose window touches the interval, whether or not it excuses anything. */
  during(interval: Interval): readonly FaultRecord[] {
    return this.#faults.filter((fault) => overlaps(windowOf(fault), interval));
  }

  #on(path: Path): Windows {
    const name = `${path.region} ${path.status} ${path.label}`;
    const known = this.#ofPath.get(name) ?? this.#windowsOn(path);
    this.#ofPath.set(name, known);
    return known;
  }

  #windowsOn(path: Path): Windows {
    const onPath = this.#faults.filter((fault) => isOnPath(fault, path));
    const { members = 1 } = this.#boundsOf(path.region);
    if (members > 1 && path.status === 'fresh') return this.#windowsOfMembers(onPath, path, members);
    return this.#windowsOfFaults(onPath, path);
  }

  /**
   * Where several edges bring the log into one cache, what stops some of them stops nothing: only where all are stopped
   * the region is. One that was killed brings nothing either; but that alone, of all of them, is no more an excuse than
   * of an only one.
   *
   * A cache that refuses is known to be behind by whoever reads the log, and by nobody else: one that is cut off from
   * the log then answers from it as before.
   */
  #windowsOfMembers(onPath: readonly FaultRecord[], path: Path, members: number): Windows {
    const away = this.#faults.filter((fault) => memberOfTarget(fault.target) !== undefined && isOnPath(fault, { ...path, label: 'stale' }));
    const each = (faults: readonly FaultRecord[]) => {
      const ofMember = Map.groupBy(faults, ({ target }) => memberOfTarget(target) ?? 0);
      return Array.from({ length: members + 1 }, (_, member) => this.#windowsOfFaults(ofMember.get(member) ?? [], path));
    };
    const [common = NOTHING_STOPPED, ...stopped] = each(onPath);
    const [, ...gone] = each(away);
    const refusing = this.#windowsOfFaults(onPath.filter(refusesFills), { ...path, label: 'stale' });
    const whereAll = (of: (windows: Windows) => readonly Interval[]) =>
      unionOf([
        ...of(common),
        ...stopped.flatMap((one, at) => gone.toSpliced(at, 1, one).map(of).reduce(intersectionOf)),
        ...stopped.flatMap((one) => intersectionOf(of(refusing), of(one))),
      ]);
    return {
      seen: whereAll(({ seen }) => seen),
      possible: whereAll(({ possible }) => possible),
      slow: [common, ...stopped].flatMap(({ slow }) => slow),
    };
  }

  #windowsOfFaults(onPath: readonly FaultRecord[], path: Path): Windows {
    const { fetchDeadlineMs, joinDeadlineMs, probeMs } = this.#boundsOf(path.region);
    // A breaker may be open for so long after the last fetch that the fault has made fail.
    const heldBackMs = path.status === 'stale' && probeMs !== undefined ? fetchDeadlineMs + probeMs : 0;
    const after = (window: Interval): Interval => ({ fromMs: window.fromMs, toMs: window.toMs + heldBackMs });
    const afterOf = (fault: FaultRecord, window: Interval) => (mayKeepFromOrigin(fault) ? after(window) : window);
    const isStop = (fault: FaultRecord) => fault.slows === undefined || (refusesFills(fault) && (path.label ?? path.status) === 'stale');
    const slow = onPath.filter((fault) => !isStop(fault));
    const stops = onPath.filter(isStop);
    const tooSlow = slow.filter(({ slows }) => (slows?.callMs ?? 0) >= joinDeadlineMs);
    const overdue = path.status === 'stale' ? whereSumReaches(slow.map(toFetchDelay), fetchDeadlineMs - FETCH_REST_MS) : [];
    const seen = [
      ...stops.filter(isSeen).map((fault) => afterOf(fault, this.#seenWindow(fault, path.region, tooSlow))),
      ...overdue.map(after),
    ];
    const possible = [
      ...seen,
      ...stops.map((fault) => afterOf(fault, unseenWindow(fault))),
      ...slow.filter(({ slows }) => slows?.isLeast).map((fault) => afterOf(fault, windowOf(fault))),
    ];
    return {
      seen: unionOf(seen),
      possible: unionOf(possible),
      slow: slow.map((fault) => ({ ...windowOf(fault), link: fault.target.text, byMs: togetherMs(fault, slow) })),
    };
  }

  /** A region cannot join the log again while a call to it takes too long. */
  #seenWindow(fault: FaultRecord, region: string, tooSlow: readonly FaultRecord[]): Interval {
    const { injectedMs, seenMs, healedMs, recoveryAllowanceMs } = fault;
    const fromMs = seenMs ?? injectedMs;
    if (healedMs === undefined) return { fromMs, toMs: Number.POSITIVE_INFINITY };
    let goneMs = healedMs;
    for (const slow of tooSlow) {
      const window = { fromMs: slow.injectedMs, toMs: slow.healedMs ?? Number.POSITIVE_INFINITY };
      if (overlaps(window, { fromMs: injectedMs, toMs: goneMs + recoveryAllowanceMs })) goneMs = Math.max(goneMs, window.toMs);
    }
    return { fromMs, toMs: recoveredMs(fault, region, { fromMs: goneMs, toMs: goneMs + recoveryAllowanceMs }, this.#samples) };
  }
}

/**
 * An older history does not say when: there it is when it was injected. Nor by how much a slow link slowed: that
 * excuses nothing for sure.
 */
function isSeen(fault: FaultRecord): boolean {
  return fault.effect === 'confirmed' && (!isSlowing(fault) || refusesFills(fault));
}

/** From when it began to act until it was seen; all of it where it was not. */
function unseenWindow(fault: FaultRecord): Interval {
  const window = windowOf(fault);
  return isSeen(fault) ? { fromMs: fault.injectedMs, toMs: fault.seenMs ?? fault.injectedMs } : window;
}

interface Delay extends Interval {
  readonly byMs: number;
}

/**
 * By how much an invalidation is later that passes a link while it is slow by this fault: by all that are in force
 * there at one moment.
 */
function togetherMs(fault: FaultRecord, slow: readonly FaultRecord[]): number {
  const beside = slow.filter(({ target }) => target.text === fault.target.text).map(toSlowing);
  const { fromMs, toMs } = toSlowing(fault);
  const momentsMs = [fromMs, ...beside.map((other) => other.fromMs).filter((ms) => fromMs < ms && ms < toMs)];
  return Math.max(...momentsMs.map((ms) => sumAt(beside, ms)));
}

/** Without what comes after its heal. */
function toSlowing({ injectedMs, healedMs, slows }: FaultRecord): Delay {
  return { fromMs: injectedMs, toMs: healedMs ?? Number.POSITIVE_INFINITY, byMs: slows?.invalidationMs ?? 0 };
}

function sumAt(delays: readonly Delay[], ms: number): number {
  return delays.reduce((sum, { fromMs, toMs, byMs }) => (fromMs <= ms && ms < toMs ? sum + byMs : sum), 0);
}

/**
 * An invalidation passes each link once, so of what slowed one link, one time after another, the most counts; what
 * several links held back adds up: it comes to the next within the window of the one before.
 */
function slowedAt(slow: readonly Slow[], ms: number): number {
  const byLink = new Map<string, number>();
  for (const { fromMs, toMs, link, byMs } of slow) if (fromMs <= ms && ms < toMs) byLink.set(link, Math.max(byMs, byLink.get(link) ?? 0));
  return [...byLink.values()].reduce((sum, byMs) => sum + byMs, 0);
}

/** Until what it held back has arrived. */
function toFetchDelay(fault: FaultRecord): Delay {
  return { ...windowOf(fault), byMs: fault.slows?.fetchMs ?? 0 };
}

/** Where delays that are in force together add up to so much. */
function whereSumReaches(delays: readonly Delay[], leastMs: number): readonly Interval[] {
  const edges = [...new Set(delays.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort((one, other) => one - other);
  return edges.flatMap((fromMs, at) => {
    const toMs = edges[at + 1];
    if (toMs === undefined) return [];
    const sumMs = delays.filter((delay) => overlaps(delay, { fromMs, toMs })).reduce((sum, { byMs }) => sum + byMs, 0);
    return sumMs >= leastMs ? [{ fromMs, toMs }] : [];
  });
}
