/**
 * A state of the model: one region, one key with its events in partition 0, purges of all in partition 1. Times are
 * ticks of the one clock that there is. Origin and relay are one step here.
 */
import type { PerPartition } from '../partitions.ts';
import { copyMember, type Member, newMember } from './member.ts';
import { type Entry, type Invalidation, type LogRecord, NEVER } from './records.ts';
import type { Setting, Spending } from './sizes.ts';

/** What is stored in the cache of the region, and goes back with a snapshot. */
export interface Cache {
  /** Counts what is applied. */
  clock: number;
  fills: number;
  entry: Entry;
  /** The lowest version, and the lowest clock of an entry, that may be served. */
  hardVersion: number;
  hardEpoch: number;
  /** When the key was marked last, by the clock, and filled last, by the number of fills. */
  markedAt: number;
  filledAt: number;
  /** The last offset applied. */
  offsets: PerPartition;
  heartbeats: PerPartition;
  logId: number;
  life: number;
}

export interface Fetch {
  readonly member: number;
  readonly version: number;
  readonly fetchedAt: number;
  readonly clock: number;
  readonly life: number;
}

/** What must hold from some time on, and which member made it so. */
export interface Applied {
  readonly event: Invalidation;
  readonly at: number;
  readonly by: number;
}
export interface Seen {
  readonly version: number;
  /** Null while it binds that member alone, until that member reaches the cache again. */
  readonly at: number | null;
  readonly by: number;
}

export interface MembersState {
  time: number;
  version: number;
  /** When each version was committed, by version. */
  committedAt: number[];
  purgedAt: number[];
  log: [LogRecord[], LogRecord[]];
  logId: number;
  cache: Cache;
  snapshot: Cache | null;
  lives: number;
  members: Member[];
  fetches: Fetch[];
  /** What the answers are judged by. No part of the system knows it. */
  applied: Applied[];
  seen: Seen[];
  budget: Partial<Record<Spending, number>>;
}

export function firstState({ rules, sizes }: Setting): MembersState {
  const { unreadUntil, snapshotBehind } = sizes;
  const cache = firstCache();
  const aged: Cache = { ...cache, clock: snapshotBehind, entry: { ...cache.entry, clock: snapshotBehind } };
  return {
    time: unreadUntil ?? 0,
    version: unreadUntil === null ? 1 : 2,
    committedAt: unreadUntil === null ? [0, NEVER] : [0, NEVER, 0],
    purgedAt: [],
    log: [unreadUntil === null ? [] : [{ kind: 'version', version: 2 }], []],
    logId: 0,
    cache: snapshotBehind === 0 ? cache : aged,
    snapshot: snapshotBehind === 0 ? null : cache,
    lives: 0,
    members: Array.from({ length: sizes.members }, (_, index) => ({
      ...newMember(rules.reads === 'whole' || index === 0),
      confirmedTo: { clock: snapshotBehind, fills: 0 },
    })),
    fetches: [],
    applied: [],
    seen: [],
    budget: { ...sizes.budget },
  };
}

function firstCache(): Cache {
  return {
    clock: 0,
    fills: 0,
    entry: { version: 1, clock: 0, fetchedAt: 0, readAt: -1 },
    hardVersion: 0,
    hardEpoch: 0,
    markedAt: 0,
    filledAt: 0,
    offsets: [-1, -1],
    heartbeats: [0, 0],
    logId: 0,
    life: 0,
  };
}

export function copyCache(cache: Cache): Cache {
  return { ...cache, offsets: [...cache.offsets], heartbeats: [...cache.heartbeats] };
}

/** What is readonly in a state is shared by its copies. */
export function copyState(state: MembersState): MembersState {
  return {
    ...state,
    committedAt: state.committedAt.slice(),
    purgedAt: state.purgedAt.slice(),
    log: [state.log[0].slice(), state.log[1].slice()],
    cache: copyCache(state.cache),
    members: state.members.map(copyMember),
    fetches: state.fetches.slice(),
    applied: state.applied.slice(),
    seen: state.seen.slice(),
    budget: { ...state.budget },
  };
}
