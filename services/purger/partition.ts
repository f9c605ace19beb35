/**
 * The invalidations of one partition of the log on their way to a cache: each is purged when it is due, whatever the ones before it wait
 * for, but after those of the same target. How far the partition is done is told in order: up to the last record before which nothing is open.
 */
import type { Position } from '../edge/cache/cache.ts';
import { isRecordAt, type QueuedRecord, toApplication, toApplied } from '../edge/queued-record.ts';
import type { EdgeSettings } from '../edge/settings.ts';
import type { LogRecord } from '../log/log.ts';
import { contentIdOf } from '../protocol/content.ts';
import type { AppliedInvalidation } from '../protocol/edge-api.ts';
import { parseInvalidation } from '../protocol/invalidation.ts';
import type { Deliver } from '../protocol/purge-ways.ts';
import { type Clock, sleep, type Timer } from '../runtime/clock.ts';
import type { Purge } from './requests.ts';

export interface PartitionPorts {
  readonly clock: Clock;
  readonly settings: EdgeSettings;
  readonly deliver: Deliver;
  /** Whether the cache took all that this purge is sent as. Never rejects. */
  readonly send: (purge: Purge, signal: AbortSignal) => Promise<boolean>;
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
  readonly done: Promise<void>;
  readonly finish: () => void;
}

const BEFORE_FIRST = -1;
const QUEUE_MAX = 10_000;
const QUEUE_RESUME = QUEUE_MAX / 2;
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1_000;

export class Partition {
  readonly #ports: PartitionPorts;
  readonly #feed: PartitionFeed;
  readonly #dropped = new AbortController();
  #items: Item[] = [];
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
    return this.#items.length;
  }

  get isRecognised(): boolean {
    return this.#awaited === undefined;
  }

  /** For how long the first of them has been due; 0: it is not. */
  overdueMs(): number {
    const [first] = this.#items;
    return first === undefined ? 0 : Math.max(0, this.#ports.clock.monotonicMs() - this.#dueMs(first));
  }

  enqueue(records: readonly LogRecord[]): void {
    if (this.#dropped.signal.aborted) return;
    const { clock } = this.#ports;
    const [arrivedAt, arrivedMs] = [clock.now(), clock.monotonicMs()];
    for (const record of records) {
      if (record.offset <= this.#last) continue;
      if (this.#awaited !== undefined) {
        if (!isRecordAt(this.#awaited, record)) return this.#feed.onOtherLog();
        this.#awaited = undefined;
      } else {
        const sinceMs = arrivedMs - Math.max(0, arrivedAt - record.time);
        this.#items.push(toItem({ record, event: parseInvalidation(record.value), arrivedAt, sinceMs, previous: this.#last }));
      }
      this.#last = record.offset;
    }
    this.#feed.onIds(records.flatMap(({ value }) => idOf(value) ?? []));
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

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Called whenever the delay in force has changed. */
  schedule(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#dropped.signal.aborted) return;
    for (const [at, item] of this.#items.entries()) {
      if (item.state !== 'waiting') continue;
      const waitMs = this.#dueMs(item) - this.#ports.clock.monotonicMs();
      if (waitMs > 0) {
        this.#timer = this.#ports.clock.setTimer(waitMs, () => this.schedule());
        return;
      }
      item.state = 'under way';
      const before = this.#items.slice(0, at).filter((other) => isOfOne(other, item));
      void this.#deliver(item, before);
    }
  }

  #dueMs({ sinceMs }: QueuedRecord): number {
    return sinceMs + this.#ports.settings.propagationDelayMs;
  }

  async #deliver(item: Item, before: readonly Item[]): Promise<void> {
    const { clock, settings, deliver } = this.#ports;
    const { signal } = this.#dropped;
    await Promise.all(before.map(({ done }) => done));
    if (signal.aborted) return;
    const delayMs = settings.propagationDelayMs;
    const application = toApplication(item, settings.strategy);
    const { mark } = application;
    if (deliver.how !== 'none') {
      const isTaken = await this.#purge(mark);
      if (signal.aborted) return;
      if (isTaken) this.#feed.onTaken(toApplied(item, application, { delayMs, appliedAt: clock.now() }), item);
    }
    for (const ms of deliver.how === 'again' ? deliver.afterMs : []) {
      await sleep(clock, ms, signal);
      if (signal.aborted) return;
      await this.#purge(mark);
    }
    if (!signal.aborted) this.#finish(item);
  }

  /** Whether it was taken in the end. */
  async #purge(mark: Purge): Promise<boolean> {
    const { clock, deliver, send } = this.#ports;
    const { signal } = this.#dropped;
    for (let backoffMs = BACKOFF_MS_MIN; !signal.aborted; backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)) {
      const isTaken = await send(mark, signal);
      if (isTaken || deliver.how === 'once') return isTaken;
      await sleep(clock, backoffMs, signal);
    }
    return false;
  }

  #finish(item: Item): void {
    item.state = 'done';
    item.finish();
    const open = this.#items.findIndex(({ state }) => state !== 'done');
    const done = this.#items.slice(0, open < 0 ? this.#items.length : open);
    this.#items = this.#items.slice(done.length);
    const last = done.at(-1);
    if (last !== undefined) this.#feed.onDone(last.position);
    if (!this.#isPaused || this.#items.length > QUEUE_RESUME) return;
    this.#isPaused = false;
    this.#feed.resume();
  }
}

function toItem(queued: QueuedRecord): Item {
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const { position } = toApplication(queued, 'eager');
  return { ...queued, position, state: 'waiting', done, finish };
}

function isOfOne({ event: one }: QueuedRecord, { event: other }: QueuedRecord): boolean {
  return one?.type === other?.type && one?.target === other?.target;
}

function idOf(value: string): string | undefined {
  const event = parseInvalidation(value);
  return event?.type === 'key' ? contentIdOf(event.target) : undefined;
}
