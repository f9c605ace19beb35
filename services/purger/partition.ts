/**
 * The invalidations of one partition of the log on their way to a cache: each is purged when it is due, whatever the
 * ones before it wait for, but after those of the same target. How far the partition is done is told in order: up to
 * the last record before which nothing is open.
 */
import type { Position } from '../edge/cache/cache.ts';
import { isRecordAt, parseRecord, type QueuedRecord, toApplication, toApplied } from '../edge/queued-record.ts';
import type { EdgeSettings } from '../edge/settings.ts';
import type { LogRecord } from '../log/log.ts';
import { contentIdOf } from '../protocol/content.ts';
import type { AppliedInvalidation } from '../protocol/edge-api.ts';
import type { InvalidationEvent } from '../protocol/invalidation.ts';
import type { Clock, Timer } from '../runtime/clock.ts';
import type { Delivery } from './delivery.ts';

export interface PartitionPorts {
  readonly clock: Clock;
  readonly settings: EdgeSettings;
  readonly delivery: Pick<Delivery, 'bring'>;
}

export interface PartitionFeed {
  readonly pause: () => void;
  readonly resume: () => void;
  /** Everything up to there is done. */
  readonly onDone: (position: Position) => void;
  readonly onTaken: (applied: AppliedInvalidation, item: QueuedRecord) => void;
  readonly onIds: (ids: readonly string[]) => void;
  /** The record at the stored position is not the one that was purged there. */
  readonly onOtherLog: () => void;
}

interface Item extends QueuedRecord {
  readonly position: Position;
  state: 'waiting' | 'under way' | 'done';
  /** It was taken, and is to be purged once more then, on the monotonic clock. */
  againMs: number | undefined;
  /** Resolves when it was taken for the first time, or is done without. */
  readonly passed: Promise<void>;
  readonly pass: () => void;
}

const BEFORE_FIRST = -1;
const QUEUE_MAX = 10_000;
const QUEUE_RESUME = QUEUE_MAX / 2;

export class Partition {
  readonly #ports: PartitionPorts;
  readonly #feed: PartitionFeed;
  readonly #dropped = new AbortController();
  #items: Item[] = [];
  /**
   * By target the last of it that is under way: what comes next waits until it was taken, and not until it was
   * repeated.
   */
  readonly #lastOf = new Map<string, Promise<void>>();
  /** The record that must come first. */
  #awaited: Position | undefined;
  #last: number;
  #timer: Timer | undefined;
  #isPaused = false;

  /** `stored`: what was done before; its record is read again where it is awaited. */
  constructor(
    ports: PartitionPorts,
    feed: PartitionFeed,
    stored: { readonly awaited?: Position | undefined; readonly last?: number } = {},
  ) {
    this.#ports = ports;
    this.#feed = feed;
    this.#awaited = stored.awaited;
    this.#last = stored.last ?? BEFORE_FIRST;
  }

  get length(): number {
    return this.#items.filter(({ unmarked }) => unmarked === undefined).length;
  }

  get isRecognised(): boolean {
    return this.#awaited === undefined;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** For how long the oldest purge has been due that the cache has not taken; 0: none. */
  overdueMs(): number {
    const now = this.#ports.clock.monotonicMs();
    const open = this.#items.filter(({ state }) => state !== 'done');
    return open.reduce((longest, item) => Math.max(longest, now - (item.againMs ?? this.#dueMs(item))), 0);
  }

  enqueue(records: readonly LogRecord[]): void {
    if (this.#dropped.signal.aborted) return;
    const { clock } = this.#ports;
    const [arrivedAt, arrivedMs] = [clock.now(), clock.monotonicMs()];
    const named: string[] = [];
    for (const record of records) {
      if (record.offset <= this.#last) continue;
      if (this.#awaited !== undefined) {
        if (!isRecordAt(this.#awaited, record)) return this.#feed.onOtherLog();
        this.#awaited = undefined;
      } else {
        const sinceMs = arrivedMs - Math.max(0, arrivedAt - record.time);
        const said = parseRecord(record);
        if (said.unmarked === undefined) named.push(...idsOf(record, said.event));
        this.#items.push(toItem({ record, ...said, arrivedAt, sinceMs, previous: this.#last }));
      }
      this.#last = record.offset;
    }
    this.#feed.onIds(named);
    this.#collect();
    if (this.#items.length > QUEUE_MAX && !this.#isPaused) {
      this.#isPaused = true;
      this.#feed.pause();
    }
    this.schedule();
  }

  /** What is under way goes on, and counts for nothing. */
  drop(): void {
    this.#timer?.cancel();
    this.#dropped.abort('dropped');
  }

  /** Called whenever the delay in force has changed. */
  schedule(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#dropped.signal.aborted) return;
    for (const item of this.#items) {
      if (item.state !== 'waiting') continue;
      const waitMs = this.#dueMs(item) - this.#ports.clock.monotonicMs();
      if (waitMs > 0) {
        this.#timer = this.#ports.clock.setTimer(waitMs, () => this.schedule());
        return;
      }
      item.state = 'under way';
      const target = targetOf(item);
      const before = this.#lastOf.get(target);
      this.#lastOf.set(target, item.passed);
      void this.#deliver(item, before);
    }
  }

  #dueMs({ sinceMs }: QueuedRecord): number {
    return sinceMs + this.#ports.settings.propagationDelayMs;
  }

  async #deliver(item: Item, before: Promise<void> | undefined): Promise<void> {
    const { clock, settings, delivery } = this.#ports;
    const { signal } = this.#dropped;
    await before;
    if (signal.aborted) return;
    const delayMs = settings.propagationDelayMs;
    const application = toApplication(item, settings.strategy);
    await delivery.bring(application.mark, {
      signal,
      onTaken: () => {
        item.pass();
        this.#feed.onTaken(toApplied(item, application, { delayMs, appliedAt: clock.now() }), item);
      },
      onAgain: (atMs) => {
        item.againMs = atMs;
      },
    });
    if (!signal.aborted) this.#finish(item);
  }

  #finish(item: Item): void {
    item.state = 'done';
    item.pass();
    const target = targetOf(item);
    if (this.#lastOf.get(target) === item.passed) this.#lastOf.delete(target);
    this.#collect();
  }

  /** Takes what is done off the head. */
  #collect(): void {
    const open = this.#items.findIndex(({ state }) => state !== 'done');
    const done = this.#items.splice(0, open < 0 ? this.#items.length : open);
    const last = done.at(-1);
    if (last !== undefined) this.#feed.onDone(last.position);
    if (!this.#isPaused || this.#items.length > QUEUE_RESUME) return;
    this.#isPaused = false;
    this.#feed.resume();
  }
}

function toItem(queued: QueuedRecord): Item {
  const { promise: passed, resolve: pass } = Promise.withResolvers<void>();
  const { position } = toApplication(queued, 'eager');
  // What leaves no mark is nothing to purge.
  const state = queued.unmarked === undefined ? 'waiting' : 'done';
  return { ...queued, position, state, againMs: undefined, passed, pass };
}

/** Those that cannot be read are of one target. */
function targetOf({ event }: QueuedRecord): string {
  return event === undefined ? '' : `${event.type} ${event.target}`;
}

/** Of the contents that a record names, be it one that cannot be read: its key does. */
function idsOf({ key }: LogRecord, event: InvalidationEvent | undefined): readonly string[] {
  const keys = event?.type === 'key' ? [key, event.target] : [key];
  return keys.flatMap((each) => contentIdOf(each) ?? []);
}
