/** One edge process of the region: what it has in its memory. */
import type { Partition, PerPartition } from '../partitions.ts';
import { type Entry, NEVER, type Read } from './records.ts';

/** The count of changes of a cache. */
export interface Changes {
  readonly clock: number;
  readonly fills: number;
}

/** What a script of the cache tells beside its answer. */
export interface Told {
  /** When the member asked, or when it was answered, where the rules count from there. */
  readonly at: number;
  readonly heartbeat: number;
  readonly offsets: Readonly<PerPartition>;
}

export interface Lookup extends Told, Changes {
  readonly entry: Entry;
  /** The member's own clock, where it has marks of its own. */
  readonly ownClock: number;
}

export interface HotEntry extends Told {
  readonly entry: Entry;
  readonly ownClock: number;
}

/** What has changed since the last confirmation? */
export interface Question extends Told, Changes {
  readonly hasChanged: boolean;
}

/** What is applied in one place, and not yet in the other, where a member has marks of its own. */
export interface HalfApplied extends Read {
  readonly partition: Partition;
  readonly logId: number;
}

export interface Member {
  startedAt: number;
  owns: [boolean, boolean];
  /** Whether it has lost partitions to another member, and has not heard of it. */
  isZombie: boolean;
  logId: number;
  /** The next offset to be read. */
  next: PerPartition;
  /** What it has read of the log before, and not applied. */
  ofOldLog: [Read[], Read[]];
  /** The last offsets of the log at its start. */
  catchingUp: PerPartition | null;
  /** The latest version and purge that were in the log at its start. No part of the system knows them. */
  inLogAtStart: { readonly version: number; readonly purgedAt: number };
  /** The heartbeats of its own partitions, where they are not stored in the cache. */
  heartbeats: PerPartition;
  /** The life of the cache that it knows. */
  life: number;
  /** Whether it does not reach the cache, and the version that it has answered since. */
  isAway: boolean;
  remembered: number;
  hot: HotEntry | null;
  lookup: Lookup | null;
  question: Question | null;
  confirmation: Told | null;
  /** The changes of the cache as of its last confirmation, and as of the last change of its own. */
  confirmedTo: Changes;
  changedTo: Changes;
  /** The heartbeat of the latest answer of any script. */
  latestHeartbeat: number;
  /** Marks of its own. */
  own: { readonly clock: number; readonly hardVersion: number; readonly hardEpoch: number };
  halfApplied: HalfApplied[];
}

/** A member that has read nothing; it owns all partitions or none. */
export function newMember(ownsAll: boolean): Member {
  return {
    startedAt: NEVER,
    owns: [ownsAll, ownsAll],
    isZombie: false,
    logId: 0,
    next: [0, 0],
    ofOldLog: [[], []],
    catchingUp: null,
    inLogAtStart: { version: 0, purgedAt: NEVER },
    heartbeats: [NEVER, NEVER],
    life: 0,
    isAway: false,
    remembered: 0,
    hot: null,
    lookup: null,
    question: null,
    confirmation: null,
    confirmedTo: { clock: 0, fills: 0 },
    changedTo: { clock: 0, fills: 0 },
    latestHeartbeat: NEVER,
    own: { clock: 0, hardVersion: 0, hardEpoch: 0 },
    halfApplied: [],
  };
}

/** What is readonly in a member is shared by its copies. */
export function copyMember(member: Member): Member {
  const { next, owns, heartbeats, ofOldLog } = member;
  return {
    ...member,
    next: [...next],
    owns: [...owns],
    heartbeats: [...heartbeats],
    ofOldLog: [ofOldLog[0].slice(), ofOldLog[1].slice()],
    halfApplied: member.halfApplied.slice(),
  };
}

/** What a member changed itself is gone from its hot entries at once, and no lookup from before may bring it back. */
export function dropHot(member: Member, { clock, fills }: Changes): void {
  member.hot = null;
  member.changedTo = { clock, fills };
}

/** Drops all that it was told by the cache, and does not wait for what is under way. */
export function dropTold(member: Member): void {
  member.hot = null;
  member.lookup = null;
  member.question = null;
  member.confirmation = null;
}
