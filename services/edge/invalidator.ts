/**
 * From the log to the cache: a queue per partition, applied from its head when the propagation delay has passed.
 *
 * The delay belongs to each event, not to the consumer: records are queued as they come and the consumer goes on, so a
 * burst of 50 converges after one delay, not 50. An event is due at min(record time, arrival) + the delay now in force,
 * kept as a moment of the monotonic clock: a wall clock set back must not hold back what has arrived.
 * Only the head of a queue is ever applied, so offsets never overtake one another, whatever happens to the delay.
 *
 * Where to read from is what the cache says it applied last. That position is *taken up* at the start, on each rejoin,
 * after a gap, a failed apply and a new life of the cache: the queues are dropped and each partition is read again from
 * its stored offset itself. The first record must be the one stored there (id and time); if not, the log is another
 * one: one step makes everything invalid and forgets the offsets, and the log is read from its start.
 *
 * A partition:  queueing -> (head due) applying -> queueing
 * All of them:  joining -> running -> takingUp -> running ... -> closed
 * A take-up begun later overrules one that still waits for the cache, so queues and stored positions always belong together.
 *
 * Catching up, from the start and each rejoin until what was in the log then is applied, nothing is called fresh. It does
 * not end before the record at each stored offset has been recognised: until then the log may be another one.
 */
import type { InvalidationLog, LogRecord, LogSubscription, PartitionBounds } from '../log/log.ts';
import { parseInvalidation } from '../protocol/invalidation.ts';
import { type Clock, sleep, type Timer } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { type ApplyOutcome, CacheUnavailable, type EdgeCache, type Position } from './cache/cache.ts';
import type { EdgeMeter } from './metrics.ts';
import { isRecordAt, modeIn, type QueuedRecord, toApplication } from './queued-record.ts';
import type { EdgeSettings } from './settings.ts';

export interface InvalidatorOptions {
  readonly region: string;
  readonly log: InvalidationLog;
  readonly cache: EdgeCache;
  readonly settings: EdgeSettings;
  readonly clock: Clock;
  readonly meter: EdgeMeter;
  readonly logger: Logger;
}

export interface InvalidatorStatus {
  readonly catchingUp: boolean;
  readonly queued: number;
  /** Per partition the offset applied last, -1 before the first. */
  readonly applied: ReadonlyMap<number, number>;
}

interface PartitionQueue {
  readonly partition: number;
  readonly items: QueuedRecord[];
  /** The record that must come first, when reading again from a stored offset. */
  awaited: Position | undefined;
  /** Offset of the record before the next one. */
  last: number;
  timer: Timer | undefined;
  applying: boolean;
  paused: boolean;
}

const QUEUE_MAX = 10_000;
const QUEUE_RESUME = QUEUE_MAX / 2;
const APPLY_BATCH_MAX = 500;
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1_000;
const BEFORE_FIRST = -1;
const NOTHING_TO_CATCH_UP: ReadonlyMap<number, number> = new Map();

export class Invalidator {
  readonly #options: InvalidatorOptions;
  readonly #queues = new Map<number, PartitionQueue>();
  readonly #applied = new Map<number, number>();
  readonly #closing = new AbortController();
  /** Per partition the last offset that was in the log at the last join; undefined before it. */
  #catchUpTo: ReadonlyMap<number, number> | undefined;
  #subscription: LogSubscription | undefined;
  /** Counts take-ups: an apply that began under another one no longer speaks for its queue. */
  #epoch = 0;
  #takingUp: Promise<void> | undefined;
  #takeUpAgain = false;
  /** The log was found to be another one, and the cache has not been told yet. */
  #logToForget = false;

  constructor(options: InvalidatorOptions) {
    this.#options = options;
    options.settings.onChange(() => this.#rescheduleAll());
    options.cache.onNewLife(() => this.#takeUp('the cache began a new life'));
  }

  /** Resolves when the log has assigned its partitions. */
  async start(): Promise<void> {
    this.#subscription = await this.#options.log.subscribe({
      group: `cache-invalidation-${this.#options.region}`,
      onAssigned: (bounds) => this.#join(bounds),
      onRecords: (partition, records) => this.#enqueue(partition, records),
    });
    if (this.#closing.signal.aborted) return this.#subscription.close();
    // Records, and so failures, may have come before the subscription did.
    for (const queue of this.#queues.values()) if (queue.paused) this.#subscription.pause(queue.partition);
    if (this.#takeUpAgain) this.#takeUp('asked for before the subscription was there');
  }

  catchingUp(): boolean {
    if (this.#catchUpTo === undefined) return true;
    for (const [partition, target] of this.#catchUpTo) {
      const queue = this.#queues.get(partition);
      if (queue === undefined || queue.awaited !== undefined) return true;
      if ((this.#applied.get(partition) ?? BEFORE_FIRST) < target) return true;
    }
    this.#catchUpTo = NOTHING_TO_CATCH_UP;
    return false;
  }

  status(): InvalidatorStatus {
    const queued = [...this.#queues.values()].reduce((sum, queue) => sum + queue.items.length, 0);
    return { catchingUp: this.catchingUp(), queued, applied: new Map(this.#applied) };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#subscription?.close();
    for (const queue of this.#queues.values()) queue.timer?.cancel();
    await this.#takingUp;
  }

  async #join(bounds: readonly PartitionBounds[]): Promise<ReadonlyMap<number, number>> {
    this.#catchUpTo = undefined;
    const from = await this.#untilCacheAnswers(async () => {
      // Overruled by a take-up, which may itself have failed: the log needs an answer all the same.
      for (;;) {
        const positions = await this.#reset(bounds);
        if (positions !== undefined) return positions;
      }
    });
    // Already there when everything was made invalid. A partition with nothing left in it has nothing to catch up with.
    this.#catchUpTo ??= new Map(bounds.filter(({ start, end }) => end > start).map(({ partition, end }) => [partition, end - 1]));
    return from;
  }

  /** Repeats while the cache is away, with capped backoff. */
  async #untilCacheAnswers<T>(attempt: () => Promise<T>): Promise<T> {
    for (let backoffMs = BACKOFF_MS_MIN; ; backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof CacheUnavailable) || this.#closing.signal.aborted) throw error;
        await sleep(this.#options.clock, backoffMs, this.#closing.signal);
      }
    }
  }

  /** Drops every queue and answers where to read each partition again; undefined when overruled by a later call. */
  async #reset(bounds: readonly PartitionBounds[]): Promise<ReadonlyMap<number, number> | undefined> {
    this.#epoch += 1;
    const epoch = this.#epoch;
    this.#dropQueues();
    const stored = await this.#options.cache.positions();
    if (epoch !== this.#epoch) return undefined;
    const isElsewhere = bounds.some(({ partition, start, end }) => {
      const position = stored.get(partition);
      return position !== undefined && (position.offset < start || position.offset >= end);
    });
    if (!isElsewhere && !this.#logToForget) return this.#resetTo(bounds, stored);
    this.#options.logger.warn({ region: this.#options.region }, 'the log is another one: starting over, everything is invalid');
    await this.#options.cache.forgetLog();
    this.#logToForget = false;
    if (epoch !== this.#epoch) return undefined;
    // Everything is invalid from here on, so there is nothing left to catch up with.
    this.#catchUpTo = NOTHING_TO_CATCH_UP;
    return this.#resetTo(bounds, new Map());
  }

  /** New queues and their positions change in one turn: no record read from the old position may reach a new queue. */
  #resetTo(bounds: readonly PartitionBounds[], stored: ReadonlyMap<number, Position>): ReadonlyMap<number, number> {
    const from = new Map<number, number>();
    for (const { partition, start } of bounds) {
      const awaited = stored.get(partition);
      this.#queues.set(partition, { partition, items: [], awaited, last: BEFORE_FIRST, timer: undefined, applying: false, paused: false });
      this.#applied.set(partition, awaited?.offset ?? BEFORE_FIRST);
      from.set(partition, awaited?.offset ?? start);
      this.#subscription?.seek(partition, awaited?.offset ?? start);
    }
    return from;
  }

  #dropQueues(): void {
    for (const queue of this.#queues.values()) {
      queue.timer?.cancel();
      if (queue.paused) this.#subscription?.resume(queue.partition);
    }
    this.#queues.clear();
  }

  /** Reads again from the stored offsets. Asked for while one runs, it runs once more. */
  #takeUp(reason: string): void {
    if (this.#closing.signal.aborted) return;
    this.#epoch += 1;
    this.#takeUpAgain = true;
    if (this.#subscription === undefined || this.#takingUp !== undefined) return;
    this.#options.logger.info({ region: this.#options.region, reason }, 'taking up the stored offsets again');
    this.#takingUp = this.#runTakeUps();
  }

  async #runTakeUps(): Promise<void> {
    for (
      let backoffMs = BACKOFF_MS_MIN;
      this.#takeUpAgain && !this.#closing.signal.aborted;
      backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)
    ) {
      this.#takeUpAgain = false;
      // Before the bounds are asked for: what is applied after they were known would seem to lie beyond the log's end.
      this.#dropQueues();
      try {
        const epoch = this.#epoch;
        const bounds = await this.#options.log.bounds();
        // Otherwise an assignment came in between, with bounds of its own, or another take-up was asked for.
        if (epoch === this.#epoch) await this.#reset(bounds);
      } catch (error) {
        this.#options.logger.warn(
          { region: this.#options.region, error: String(error) },
          'could not take up the stored offsets, trying again',
        );
        this.#takeUpAgain = true;
        await sleep(this.#options.clock, backoffMs, this.#closing.signal);
      }
    }
    // In the turn that saw nothing more to do: a request a turn later must find nothing running, or it would be lost.
    this.#takingUp = undefined;
  }

  #enqueue(partition: number, records: readonly LogRecord[]): void {
    const queue = this.#queues.get(partition);
    if (queue === undefined) return;
    const { clock } = this.#options;
    const [arrivedAt, arrivedMs] = [clock.now(), clock.monotonicMs()];
    for (const record of records) {
      if (record.offset <= queue.last) continue;
      if (queue.awaited !== undefined) {
        if (!isRecordAt(queue.awaited, record)) return this.#startOver();
        queue.awaited = undefined;
      } else {
        const sinceMs = arrivedMs - Math.max(0, arrivedAt - record.time);
        queue.items.push({ record, event: parseInvalidation(record.value), sinceMs, previous: queue.last });
      }
      queue.last = record.offset;
    }
    if (queue.items.length > QUEUE_MAX && !queue.paused) {
      queue.paused = true;
      this.#subscription?.pause(partition);
    }
    this.#schedule(queue);
  }

  /** The record at a stored offset is not the one applied there. */
  #startOver(): void {
    this.#logToForget = true;
    this.#dropQueues();
    this.#takeUp('the record at a stored offset is not the one applied there');
  }

  #rescheduleAll(): void {
    for (const queue of this.#queues.values()) this.#schedule(queue);
  }

  #dueMs({ sinceMs }: QueuedRecord): number {
    return sinceMs + this.#options.settings.propagationDelayMs;
  }

  /** Arms the timer for the head, or applies at once what is due. */
  #schedule(queue: PartitionQueue): void {
    queue.timer?.cancel();
    queue.timer = undefined;
    const head = queue.items[0];
    if (queue.applying || head === undefined || this.#closing.signal.aborted) return;
    const waitMs = this.#dueMs(head) - this.#options.clock.monotonicMs();
    if (waitMs > 0) queue.timer = this.#options.clock.setTimer(waitMs, () => this.#schedule(queue));
    else void this.#applyDue(queue);
  }

  async #applyDue(queue: PartitionQueue): Promise<void> {
    const { cache, clock, logger, region, settings } = this.#options;
    const nowMs = clock.monotonicMs();
    const firstNotDue = queue.items.findIndex((item, at) => at >= APPLY_BATCH_MAX || this.#dueMs(item) > nowMs);
    const due = queue.items.slice(0, firstNotDue < 0 ? queue.items.length : firstNotDue);
    const epoch = this.#epoch;
    queue.applying = true;
    try {
      const outcomes = await cache.apply(due.map((item) => toApplication(item, settings.strategy)));
      if (epoch !== this.#epoch) return;
      queue.applying = false;
      this.#settle(queue, due, outcomes);
    } catch (error) {
      if (epoch !== this.#epoch) return;
      logger.warn({ region, partition: queue.partition, error: String(error) }, 'apply failed');
      await this.#repair(queue, 'an apply failed');
    }
  }

  /** After a pause, in which the partition stands still: a failure that comes back at once must not become a busy loop. */
  async #repair(queue: PartitionQueue, reason: string): Promise<void> {
    const epoch = this.#epoch;
    queue.applying = true;
    await sleep(this.#options.clock, BACKOFF_MS_MIN, this.#closing.signal);
    if (epoch === this.#epoch) this.#takeUp(reason);
  }

  /** Takes what was applied off the queue; a gap sends the edge back to the stored offset. */
  #settle(queue: PartitionQueue, due: readonly QueuedRecord[], outcomes: readonly ApplyOutcome[]): void {
    const now = this.#options.clock.now();
    for (const [at, item] of due.entries()) {
      if (outcomes[at] === 'applied') this.#count(item, now);
    }
    if (outcomes.includes('gap')) return void this.#repair(queue, 'a record before was never applied');
    queue.items.splice(0, due.length);
    this.#applied.set(
      queue.partition,
      Math.max(this.#applied.get(queue.partition) ?? BEFORE_FIRST, due.at(-1)?.record.offset ?? BEFORE_FIRST),
    );
    this.#commit(queue.partition);
    if (queue.paused && queue.items.length <= QUEUE_RESUME) {
      queue.paused = false;
      this.#subscription?.resume(queue.partition);
    }
    this.#schedule(queue);
  }

  #count({ event, record }: QueuedRecord, now: number): void {
    const { meter, settings } = this.#options;
    if (event === undefined) meter.countUnreadable();
    meter.countInvalidation(modeIn(settings.strategy, event), Math.max(0, now - record.time));
  }

  /** For display only: a failed commit costs nothing. */
  #commit(partition: number): void {
    const next = (this.#applied.get(partition) ?? BEFORE_FIRST) + 1;
    this.#subscription?.commit(new Map([[partition, next]])).catch((error) => {
      this.#options.logger.debug({ partition, error: String(error) }, 'commit failed');
    });
  }
}
