/**
 * From the log to a cache of others: what an edge of ours does with its own entries a purger does by purge requests.
 *
 * It reads the log like an edge: each record is due at its time and the delay. How far it has come is stored only after
 * the cache took the purges, so after any end it purges once more rather than once too little. Where the log is another
 * one, or has dropped what was not read, everything is purged first.
 *
 * Where each partition is read on from is decided at the start, on each rejoin, and when a partition finds another log:
 * its partitions are dropped at once, and what is decided comes one after another.
 */
import type { Position } from '../edge/cache/cache.ts';
import type { EdgeMeter } from '../edge/metrics.ts';
import { droppedBefore, hasRecord, isElsewhere, readFrom } from '../edge/places.ts';
import { toLine } from '../edge/queued-record.ts';
import type { EdgeSettings } from '../edge/settings.ts';
import type { InvalidationLog, LogSubscription, PartitionBounds } from '../log/log.ts';
import { TARGET_ALL } from '../protocol/invalidation.ts';
import { sleep } from '../runtime/clock.ts';
import { Delivery, type DeliveryOptions, type PurgerCounts } from './delivery.ts';
import { Partition, type PartitionFeed } from './partition.ts';
import { Progress, type ProgressOptions } from './progress.ts';
import type { Purge } from './requests.ts';

export interface PurgerOptions extends DeliveryOptions, ProgressOptions {
  readonly log: InvalidationLog;
  readonly settings: EdgeSettings;
  readonly meter: EdgeMeter;
}

export interface PurgerStatus {
  readonly catchingUp: boolean;
  readonly joins: number;
  readonly queued: number;
  /** For how long a purge has been due that the cache has not taken. */
  readonly overdueMs: number;
  /** Per partition the last offset up to which everything was taken; -1 before the first. */
  readonly applied: ReadonlyMap<number, number>;
}

const BEFORE_FIRST = -1;
const RETRY_MS = 500;
const NOTHING: ReadonlyMap<number, Position> = new Map();
const EVERYTHING: Purge = { type: 'all', target: TARGET_ALL, mode: 'hard' };

export class Purger {
  readonly #options: PurgerOptions;
  readonly #progress: Progress;
  readonly #delivery: Delivery;
  readonly #closing = new AbortController();
  readonly #partitions = new Map<number, Partition>();
  /** What was in the log at the last assignment. */
  #upTo: ReadonlyMap<number, number> | undefined;
  #subscription: LogSubscription | undefined;
  #joins = 0;
  /** How often the log was found to be another one, and how many of these everything was purged for. */
  #otherLogs = 0;
  #otherLogsPurged = 0;
  /** On the monotonic clock, since when there are no partitions: what the log has is not purged. */
  #withoutMs: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: PurgerOptions) {
    this.#options = options;
    this.#progress = new Progress(options, (positions) => this.#commit(positions));
    this.#delivery = new Delivery(options, this.#progress.ids);
    options.settings.onChange(() => {
      for (const partition of this.#partitions.values()) partition.schedule();
    });
  }

  get counts(): Readonly<PurgerCounts> {
    return this.#delivery.counts;
  }

  /** Whether how far it has come outlives it. */
  get isStored(): boolean {
    return this.#progress.isStored;
  }

  /** Resolves when it has joined the log, however long that takes. Rejects where its store cannot be read. */
  async start(): Promise<void> {
    const { log, clock, region, logger } = this.#options;
    await this.#progress.read();
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        this.#subscription = await log.subscribe({
          group: `cache-purger-${region}`,
          closing: signal,
          onAssigned: (bounds) => this.#join(bounds),
          onRecords: (partition, records) => this.#partitions.get(partition)?.enqueue(records),
          onOtherLog: () => {
            this.#otherLogs += 1;
          },
        });
        return await this.#subscribed(this.#subscription);
      } catch (error) {
        if (!signal.aborted) logger.warn({ error: String(error) }, 'could not join the log, trying again');
        await sleep(clock, RETRY_MS, signal);
      }
    }
  }

  status(): PurgerStatus {
    const partitions = [...this.#partitions.values()];
    const { positions } = this.#progress;
    const withoutMs = this.#withoutMs === undefined ? 0 : this.#options.clock.monotonicMs() - this.#withoutMs;
    return {
      catchingUp: this.#isCatchingUp(),
      joins: this.#joins,
      queued: partitions.reduce((sum, { length }) => sum + length, 0),
      overdueMs: Math.max(withoutMs, ...partitions.map((partition) => partition.overdueMs())),
      applied: new Map([...this.#partitions.keys()].map((partition) => [partition, positions.get(partition)?.offset ?? BEFORE_FIRST])),
    };
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the purger ends'));
    for (const partition of this.#partitions.values()) partition.drop();
    await this.#subscription?.close();
    await this.#progress.stored();
  }

  /** Records may have come before the subscription did. */
  async #subscribed(subscription: LogSubscription): Promise<void> {
    if (this.#closing.signal.aborted) return subscription.close();
    for (const [partition, { isPaused }] of this.#partitions) if (isPaused) subscription.pause(partition);
    if (this.#isOtherLog) void this.#readAnew();
  }

  #isCatchingUp(): boolean {
    if (this.#upTo === undefined) return true;
    for (const [partition, last] of this.#upTo) {
      if (this.#partitions.get(partition)?.isRecognised !== true) return true;
      if ((this.#progress.positions.get(partition)?.offset ?? BEFORE_FIRST) < last) return true;
    }
    this.#upTo = new Map();
    return false;
  }

  get #isOtherLog(): boolean {
    return this.#otherLogsPurged < this.#otherLogs;
  }

  #join(bounds: readonly PartitionBounds[]): Promise<ReadonlyMap<number, number>> {
    this.#joins += 1;
    this.#drop();
    return this.#inTurn(() => this.#reset(bounds));
  }

  /** The log tells nobody by itself: everything is purged, and it is read from its start. */
  #startOver(): void {
    this.#otherLogs += 1;
    this.#drop();
    if (this.#subscription !== undefined) void this.#readAnew();
  }

  /** Until it was purged for, here or by an assignment that came in between. */
  async #readAnew(): Promise<void> {
    const { log, logger, clock } = this.#options;
    const { signal } = this.#closing;
    while (this.#isOtherLog && !signal.aborted) {
      try {
        const bounds = await log.bounds();
        await this.#inTurn(async () => void (this.#isOtherLog && (await this.#reset(bounds))));
      } catch (error) {
        if (!signal.aborted) logger.warn({ error: String(error) }, 'could not start over, trying again');
        await sleep(clock, RETRY_MS, signal);
      }
    }
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #drop(): void {
    this.#upTo = undefined;
    this.#withoutMs ??= this.#options.clock.monotonicMs();
    for (const [at, partition] of this.#partitions) {
      partition.drop();
      if (partition.isPaused) this.#subscription?.resume(at);
    }
    this.#partitions.clear();
  }

  /** Answers where to read each partition from. Rejects when it is closed before everything is purged that must be. */
  async #reset(bounds: readonly PartitionBounds[]): Promise<ReadonlyMap<number, number>> {
    this.#drop();
    const otherLogs = this.#otherLogs;
    const isOther = this.#isOtherLog || isElsewhere(bounds, this.#progress.positions);
    const dropped = droppedBefore(bounds, isOther ? NOTHING : this.#progress.positions);
    if (isOther || dropped.length > 0) await this.#purgeEverything();
    if (isOther) this.#progress.forget();
    this.#otherLogsPurged = otherLogs;
    for (const { position } of dropped) this.#progress.done(position);
    const from = new Map(bounds.map(({ partition, start }) => [partition, this.#readOn(partition, start)]));
    this.#upTo = new Map(bounds.filter(({ start, end }) => end > start).map(({ partition, end }) => [partition, end - 1]));
    this.#withoutMs = undefined;
    return from;
  }

  /** Answers from where. */
  #readOn(partition: number, start: number): number {
    const position = this.#progress.positions.get(partition);
    const awaited = position !== undefined && hasRecord(position) ? position : undefined;
    const last = awaited === undefined && position !== undefined ? { last: position.offset } : {};
    const ports = { ...this.#options, delivery: this.#delivery };
    this.#partitions.set(partition, new Partition(ports, this.#feedOf(partition), { awaited, ...last }));
    const next = readFrom(position, start);
    this.#subscription?.seek(partition, next);
    return next;
  }

  #feedOf(partition: number): PartitionFeed {
    const { meter, logger, region } = this.#options;
    return {
      pause: () => this.#subscription?.pause(partition),
      resume: () => this.#subscription?.resume(partition),
      onDone: (position) => this.#progress.done(position),
      onTaken: (applied, { event }) => {
        if (event === undefined) meter.countUnreadable();
        meter.countInvalidation(applied);
        logger.info({ region, ...toLine(applied) }, 'purged');
      },
      onIds: (ids) => this.#progress.name(ids),
      onOtherLog: () => this.#startOver(),
    };
  }

  async #purgeEverything(): Promise<void> {
    const { logger, region } = this.#options;
    const { signal } = this.#closing;
    logger.warn({ region }, 'the log is another one, or has dropped what was not read: everything is purged');
    await this.#delivery.bring(EVERYTHING, { signal });
    signal.throwIfAborted();
  }

  /** For display only: the truth is in the store. */
  #commit(positions: ReadonlyMap<number, Position>): void {
    const next = new Map([...this.#partitions.keys()].flatMap((at) => nextOf(at, positions.get(at))));
    this.#subscription?.commit(next).catch((error: unknown) => this.#options.logger.debug({ error: String(error) }, 'commit failed'));
  }
}

function nextOf(partition: number, position: Position | undefined): readonly (readonly [number, number])[] {
  return position === undefined ? [] : [[partition, position.offset + 1]];
}
