/**
 * A state of the model: one region, one key `k` with its events in partition 0, purges of all in partition 1. Times are
 * ticks of the true clock, which is the edge's own; the clocks of relays differ from it.
 */
import type { Partition, PerPartition } from '../partitions.ts';
import type { Sizes, Spending } from './sizes.ts';

/** Long before the search begins. */
export const NEVER = -9;

/** A row of the outbox. */
export type Row =
  | { readonly id: number; readonly kind: 'version'; readonly version: number }
  | { readonly id: number; readonly kind: 'purge' }
  | { readonly id: number; readonly kind: 'other' };
export type Message = Row | { readonly kind: 'heartbeat'; readonly clock: number };
export type LogRecord = Message & { readonly at: number };

/** A relay between two steps: it reads its clock, claims rows, sends them, marks them, sends a heartbeat. */
export type Relay =
  | { readonly phase: 'idle' }
  | { readonly phase: 'timed'; readonly clock: number }
  | { readonly phase: 'untimed'; readonly rows: readonly Row[]; readonly isCut: boolean }
  | ClaimedRelay;
export interface ClaimedRelay {
  readonly phase: 'claimed' | 'premarked' | 'acked' | 'clear';
  readonly clock: number;
  readonly rows: readonly Row[];
  /** Whether the limit of a claim left rows behind. */
  readonly isCut: boolean;
}

export interface Entry {
  readonly version: number;
  /** The clock of the cache when its fetch began. */
  readonly clock: number;
  readonly fetchedAt: number;
  /** When the origin was read, which no edge knows. */
  readonly readAt: number;
}

/** What is stored in the cache of the region, and goes back with a snapshot. */
export interface Cache {
  /** Counts what is applied. */
  clock: number;
  life: number;
  entry: Entry;
  /** The lowest version that may be served at all, and as fresh. */
  hardVersion: number;
  softVersion: number;
  /** The lowest clock of an entry that may be served at all, and as fresh. */
  hardEpoch: number;
  softEpoch: number;
  /** The last offset applied. */
  offsets: PerPartition;
  heartbeats: PerPartition;
  /** Heartbeats that wait until the log is known to be the same. */
  unconfirmed: PerPartition;
  logId: number;
}

export interface Fetch {
  readonly askedAt: number;
  readonly clock: number;
  readonly life: number;
  /** 0 until the origin is read. */
  readonly version: number;
  readonly readAt: number;
}

/** A read whose answer is on its way. */
export interface SlowRead {
  readonly entry: Entry;
  readonly mark: Mark;
  readonly heartbeat: number;
  readonly at: number;
}
export type Mark = 'invalid' | 'stale' | 'fresh';

export interface LeaseState {
  time: number;
  version: number;
  /** When each version was committed, by version. */
  committedAt: number[];
  purgedAt: number[];
  outbox: Row[];
  rowsMade: number;
  /** The outbox id of a transaction that is open; 0 is none. */
  openId: number;
  highestClaimed: number;
  relays: Relay[];
  /** Sends that timed out, and may land late. */
  late: { readonly partition: Partition; readonly message: Message }[];
  log: [LogRecord[], LogRecord[]];
  logId: number;
  /** Heads of the queues; what is behind them in the log has arrived. */
  heads: PerPartition;
  /** Up to where heartbeats were looked for, where they count on arrival. */
  looked: PerPartition;
  cache: Cache;
  fetches: Fetch[];
  slowRead: SlowRead | null;
  snapshot: Cache | null;
  lives: number;
  delay: number;
  clockJump: number;
  /** Whether the timer of the lease has not fired. */
  isFlagUp: boolean;
  heartbeatsInMemory: PerPartition;
  budget: Partial<Record<Spending, number>>;
}

export function firstState({ relays, delay, budget }: Sizes): LeaseState {
  return {
    time: 0,
    version: 1,
    committedAt: [0, NEVER],
    purgedAt: [],
    outbox: [],
    rowsMade: 0,
    openId: 0,
    highestClaimed: 0,
    relays: Array.from({ length: relays }, () => ({ phase: 'idle' })),
    late: [],
    log: [[], []],
    logId: 0,
    heads: [0, 0],
    looked: [0, 0],
    cache: firstCache(),
    fetches: [],
    slowRead: null,
    snapshot: null,
    lives: 0,
    delay,
    clockJump: 0,
    isFlagUp: true,
    heartbeatsInMemory: [NEVER, NEVER],
    budget: { ...budget },
  };
}

function firstCache(): Cache {
  return {
    clock: 0,
    life: 0,
    entry: { version: 1, clock: 0, fetchedAt: NEVER, readAt: NEVER },
    hardVersion: 0,
    softVersion: 0,
    hardEpoch: 0,
    softEpoch: 0,
    offsets: [-1, -1],
    heartbeats: [NEVER, NEVER],
    unconfirmed: [NEVER, NEVER],
    logId: 0,
  };
}

export function copyCache(cache: Cache): Cache {
  return {
    ...cache,
    offsets: [...cache.offsets],
    heartbeats: [...cache.heartbeats],
    unconfirmed: [...cache.unconfirmed],
  };
}

/** What is readonly in a state is shared by its copies. */
export function copyState(state: LeaseState): LeaseState {
  return {
    ...state,
    committedAt: state.committedAt.slice(),
    purgedAt: state.purgedAt.slice(),
    outbox: state.outbox.slice(),
    relays: state.relays.slice(),
    late: state.late.slice(),
    log: [state.log[0].slice(), state.log[1].slice()],
    heads: [...state.heads],
    looked: [...state.looked],
    cache: copyCache(state.cache),
    fetches: state.fetches.slice(),
    heartbeatsInMemory: [...state.heartbeatsInMemory],
    budget: { ...state.budget },
  };
}

export function nameOf(message: Message): string {
  if (message.kind === 'heartbeat') return `HB(${message.clock})`;
  return message.kind === 'version' ? `v${message.version}` : message.kind;
}

export function append(state: LeaseState, partition: Partition, message: Message): void {
  state.log[partition].push({ ...message, at: state.time });
}
