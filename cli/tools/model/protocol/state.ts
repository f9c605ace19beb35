/** A state of the model: one region with one edge, and its cache. Numbers that count the clock begin at 0. */
import type { PerPartition } from '../partitions.ts';
import type { Event, Purge, Versioned } from './events.ts';
import type { Sizes, Spending } from './sizes.ts';

/** What the origin said. */
export interface Answer extends Versioned {
  /** How many purges had been applied when the origin was read. No edge knows it. */
  readonly purgesBefore: number;
}

export interface Entry extends Answer {
  /** The clock before its fetch. */
  readonly clock: number;
  /** 0 is fresh, 1 is past its freshness, 2 is past stale-while-revalidate. */
  readonly age: 0 | 1 | 2;
  readonly storedAt: number;
}

/** A minimum version of the key, with the clock at which an event raised it last. */
export interface Minimum {
  readonly version: number;
  readonly clock: number;
}

/** The marks that events with a version leave on the key. */
export interface KeyMarks {
  hard: Minimum;
  soft: Minimum;
  /** Of the event applied last. */
  lastClock: number;
  lastMode: 'hard' | 'soft';
  /** When they were left; null where there are none. */
  at: number | null;
}

/** The clock at which a purge was applied, and when. */
export interface Epoch {
  readonly clock: number;
  readonly at: number;
}

/** What is stored in the cache of the region, and goes back with a snapshot. */
export interface Cache {
  clock: number;
  life: number;
  entry: Entry | null;
  keyMarks: KeyMarks;
  epochs: Partial<Record<Purge, Epoch>>;
  /** The highest clock of a mark that was dropped. */
  floor: number;
  /** The last offset applied. */
  offsets: PerPartition;
  logId: number;
}

/** What a reader must not be answered below, as of the begin of the read. */
export interface Reader {
  readonly hardVersion: number;
  readonly softVersion: number;
  readonly purges: number;
  readonly seen: number;
  readonly seenCached: number;
  readonly inLogAtRestart: number;
}

export interface Fetch {
  readonly kind: 'miss' | 'revalidation';
  readonly clock: number;
  readonly life: number;
  /** Version of the content that is held; 0 is none. */
  readonly held: number;
  readonly isForgotten: boolean;
  /** Who is answered by it; a revalidation answers nobody. */
  readonly reader: Reader | null;
  /** The entry that the first lookup found too old, for stale-if-error. */
  readonly copy: Entry | null;
  /** What the origin said; null until it was read. */
  readonly answer: (Answer & { readonly isNotModified: boolean }) | null;
  readonly beganAt: number;
}

export interface Queued {
  readonly offset: number;
  readonly event: Event;
  readonly isDelayed: boolean;
}

export interface Edge {
  /** The next offset to be read. */
  next: PerPartition;
  queues: [Queued[], Queued[]];
  fetches: Fetch[];
  isLazy: boolean;
  isDelayed: boolean;
  lives: number;
  /** The last offsets of the log when the edge joined; null once they are applied. */
  catchingUp: PerPartition | null;
  /** A cache without offsets is taken up: with the ends of the log, if they were asked for. */
  takingUp: { readonly ends: PerPartition | null } | null;
  /** Applied, but the edge has not heard of it. */
  unheard: Event[];
  /** The highest version answered without the cache. */
  remembered: number;
}

/** What the promises are judged by. No part of the system knows it. */
export interface Judge {
  hardVersion: number;
  softVersion: number;
  purges: Purge[];
  /** Ids of events whose meaning is in force. */
  applied: string[];
  /** The highest version answered at all, and from the cache. */
  seen: number;
  seenCached: number;
  inLogAtRestart: number;
}

export interface ProtocolState {
  origin: { version: number; isDeleted: boolean };
  outbox: Event[];
  log: [Event[], Event[]];
  logId: number;
  edge: Edge;
  cache: Cache;
  committed: PerPartition;
  snapshot: Cache | null;
  judge: Judge;
  budget: Partial<Record<Spending, number>>;
  time: number;
}

export function firstState({ first, isLazy, isDelayed, budget }: Sizes): ProtocolState {
  const entry: Entry = { version: 1, isMissing: false, purgesBefore: 0, clock: 0, age: 0, storedAt: 0 };
  return {
    origin: { version: first === 'nothing' ? 0 : 1, isDeleted: false },
    outbox: [],
    log: [[], []],
    logId: 0,
    edge: {
      next: [0, 0],
      queues: [[], []],
      fetches: [],
      isLazy,
      isDelayed,
      lives: 0,
      catchingUp: null,
      takingUp: null,
      unheard: [],
      remembered: 0,
    },
    cache: { ...emptyCache(), entry: first === 'cached' ? entry : null },
    committed: [0, 0],
    snapshot: null,
    judge: { hardVersion: 0, softVersion: 0, purges: [], applied: [], seen: 0, seenCached: 0, inLogAtRestart: 0 },
    budget: { ...budget },
    time: 0,
  };
}

export function emptyCache(): Cache {
  return { clock: 0, life: 0, entry: null, keyMarks: noKeyMarks(), epochs: {}, floor: 0, offsets: [-1, -1], logId: 0 };
}

export function noKeyMarks(): KeyMarks {
  return { hard: { version: 0, clock: 0 }, soft: { version: 0, clock: 0 }, lastClock: 0, lastMode: 'soft', at: null };
}

export function copyCache(cache: Cache): Cache {
  return { ...cache, keyMarks: { ...cache.keyMarks }, epochs: { ...cache.epochs }, offsets: [...cache.offsets] };
}

/** What is readonly in a state is shared by its copies. */
export function copyState(state: ProtocolState): ProtocolState {
  const { edge, judge } = state;
  return {
    ...state,
    origin: { ...state.origin },
    outbox: state.outbox.slice(),
    log: [state.log[0].slice(), state.log[1].slice()],
    edge: {
      ...edge,
      next: [...edge.next],
      queues: [edge.queues[0].slice(), edge.queues[1].slice()],
      fetches: edge.fetches.slice(),
      unheard: edge.unheard.slice(),
    },
    cache: copyCache(state.cache),
    committed: [...state.committed],
    judge: { ...judge, purges: judge.purges.slice(), applied: judge.applied.slice() },
    budget: { ...state.budget },
  };
}

/** What a fetch would be answered now. */
export function readOrigin({ origin, judge }: ProtocolState): Answer {
  const isMissing = origin.isDeleted || origin.version === 0;
  return { version: origin.version, isMissing, purgesBefore: judge.purges.length };
}
