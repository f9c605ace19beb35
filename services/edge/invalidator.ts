/**
 * From the log to the cache: a queue per partition, which waits and applies (partition-queue.ts); and where each is
 * read from.
 *
 * Where to read from is what the cache says it applied last. That position is *taken up* at the start, on each rejoin,
 * after a gap, a failed apply and a new life of the cache: the queues are dropped and each partition is read again from
 * its stored offset itself. The first record must be the one stored there (id and time); if not, the log is another
 * one: one step makes everything invalid and forgets the offsets. A cache without offsets is made invalid as a whole,
 * and reads on from the last record. What a log has dropped before its start, where nothing was applied, counts as an
 * invalidation of all (places.ts).
 *
 * joining -> running -> takingUp -> running ... -> closed A take-up begun later overrules one that still waits for the
 * cache, so queues and stored positions always belong together.
 *
 * Catching up, nothing is called fresh, and entries read as stale: nobody waits for it.
 *   From the start and each rejoin until what was in the log then is applied. It does not end before the record at each
 *   stored offset has been recognised: until then the log may be another one. Known and overdue is not fresh: while an
 *   event that has been read is due for more than a second and not applied, or the queues have been dropped for longer
 *   than that and no take-up has put others in their place (overdue.ts).
 */
import type { InvalidationLog, LogRecord, LogSubscription, PartitionBounds } from '../log/log.ts';
import { sleep } from '../runtime/clock.ts';
import { ApplyFailures } from './apply-failures.ts';
import type { TakenUp } from './cache/cache.ts';
import { CatchUp } from './catch-up.ts';
import { Evidence } from './evidence.ts';
import type { InvalidatorStatus } from './invalidator-status.ts';
import { OVERDUE_MS_MAX, Overdue } from './overdue.ts';
import { PartitionQueue, type QueueFeed, type QueuePorts } from './partition-queue.ts';
import { readFrom } from './places.ts';
import { parseRecord } from './queued-record.ts';
import { applyUnread, flushUnproven, forgetLog, isOtherLog } from './take-up.ts';
import { untilCacheAnswers } from './until-cache-answers.ts';

export interface InvalidatorOptions extends QueuePorts {
  readonly log: InvalidationLog;
  /** Whom the log knows it as. Each edge of a region reads the whole log, so each has a group of its own. */
  readonly group: string;
  /** By how much the clock of the origin may differ, where heartbeats count. Left out: they count for nothing. */
  readonly skewMs?: number | undefined;
  /** Other edges apply to the same cache. */
  readonly isShared?: boolean | undefined;
}

const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1_000;
const BEFORE_FIRST = -1;

export class Invalidator {
  readonly #options: InvalidatorOptions;
  readonly #queues = new Map<number, PartitionQueue>();
  readonly #applied = new Map<number, number>();
  readonly #catchUp = new CatchUp();
  readonly #overdue: Overdue;
  readonly #failures: ApplyFailures;
  readonly #evidence: Evidence | undefined;
  readonly #closing = new AbortController();
  #subscription: LogSubscription | undefined;
  #joins = 0;
  /** Counts take-ups and joins: one that waits for the log or the cache is overruled by the next. */
  #epoch = 0;
  #takingUp: Promise<void> | undefined;
  #takeUpAgain = false;
  /** Of the log, as it was taken up last. */
  #generation: string | undefined;
  /** The log of that generation was found to be another one. */
  #otherThan: string | undefined;

  constructor(options: InvalidatorOptions) {
    this.#options = options;
    this.#overdue = new Overdue(options);
    this.#failures = new ApplyFailures(options);
    const { skewMs } = options;
    this.#evidence = skewMs === undefined ? undefined : new Evidence({ ...options, skewMs });
    options.settings.onChange(() => {
      for (const queue of this.#queues.values()) queue.schedule();
    });
    options.cache.onNewLife(() => this.#takeUp('the cache began a new life'));
  }

  /** Resolves when the log has assigned its partitions. */
  async start(): Promise<void> {
    this.#subscription = await this.#options.log.subscribe({
      group: this.#options.group,
      closing: this.#closing.signal,
      onAssigned: (bounds) => this.#join(bounds),
      onRecords: (partition, records) => this.#enqueue(partition, records),
      onOtherLog: () => {
        this.#otherThan = this.#generation;
      },
    });
    if (this.#closing.signal.aborted) return this.#subscription.close();
    // Records, and so failures, may have come before the subscription did.
    for (const [partition, queue] of this.#queues) if (queue.paused) this.#subscription.pause(partition);
    if (this.#takeUpAgain) this.#takeUp('asked for before the subscription was there');
    const subscription = this.#subscription;
    void this.#evidence?.confirmAgainAndAgain(() => subscription.isSameLog(), this.#closing.signal);
  }

  catchingUp(): boolean {
    return this.#catchUp.isUnderWay(this.#queues, this.#applied) || this.#overdue.longestMs(this.#queues) > OVERDUE_MS_MAX;
  }

  /**
   * undefined while catching up; else which spell of being up to date this is: another one, if it has caught up in
   * between.
   */
  upToDate(): number | undefined {
    return this.catchingUp() ? undefined : this.#catchUp.begun;
  }

  status(): InvalidatorStatus {
    const sum = (of: (queue: PartitionQueue) => number) => [...this.#queues.values()].reduce((all, queue) => all + of(queue), 0);
    const [queued, unmarked] = [sum(({ length }) => length), sum((queue) => queue.unmarked)];
    const overdueMs = this.#overdue.longestMs(this.#queues);
    const [catchingUp, joins, applied] = [this.catchingUp(), this.#joins, new Map(this.#applied)];
    const status = { catchingUp, joins, queued, unmarked, overdueMs, applied };
    return this.#evidence === undefined ? status : { ...status, evidence: this.#evidence.status() };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const queue of this.#queues.values()) queue.drop();
    await this.#subscription?.close();
    await this.#takingUp;
  }

  async #join(bounds: readonly PartitionBounds[]): Promise<ReadonlyMap<number, number>> {
    this.#catchUp.begin();
    this.#joins += 1;
    const { signal } = this.#closing;
    const from = await untilCacheAnswers(this.#options.clock, signal, async () => {
      // Overruled by a take-up, which may itself have failed: the log needs an answer all the same.
      for (;;) {
        const positions = await this.#reset(bounds);
        if (positions !== undefined) return positions;
      }
    });
    this.#catchUp.aim(bounds);
    return from;
  }

  /** Drops every queue and answers where to read each partition again; undefined when overruled by a later call. */
  async #reset(bounds: readonly PartitionBounds[]): Promise<ReadonlyMap<number, number> | undefined> {
    this.#epoch += 1;
    const epoch = this.#epoch;
    this.#dropQueues();
    const stored = await this.#options.cache.takeUp();
    if (epoch !== this.#epoch) return undefined;
    this.#generation = stored.generation;
    const isAnother = this.#otherThan === stored.generation || (await isOtherLog(this.#options, bounds, stored));
    if (epoch !== this.#epoch) return undefined;
    const known = isAnother ? await forgetLog(this.#options, stored) : stored;
    if (epoch !== this.#epoch) return undefined;
    this.#generation = known?.generation ?? this.#generation;
    const isInvalid = isAnother || (await flushUnproven(this.#options, bounds, stored));
    if (epoch !== this.#epoch) return undefined;
    if (isInvalid && known !== undefined) {
      // Everything is invalid from here on, so there is nothing left to catch up with.
      this.#catchUp.end();
      this.#overdue.forget();
    }
    const taken = known && (await applyUnread(this.#options, bounds, known));
    if (epoch !== this.#epoch) return undefined;
    // Another edge of the region forgot the log meanwhile.
    return taken === undefined ? this.#reset(bounds) : this.#resetTo(bounds, taken);
  }

  /** New queues and their positions change in one turn: no record read from the old position may reach a new queue. */
  #resetTo(bounds: readonly PartitionBounds[], { generation, positions: stored }: TakenUp): ReadonlyMap<number, number> {
    const from = new Map<number, number>();
    for (const each of bounds) {
      const { partition, start } = each;
      const position = stored.get(partition);
      const applied = position?.offset ?? BEFORE_FIRST;
      const owed = this.#overdue.owed(each, applied);
      const shared = { ports: this.#options, failures: this.#failures, evidence: this.#evidence, generation };
      this.#queues.set(partition, new PartitionQueue({ ...shared, partition, stored: position, owed, feed: this.#feedOf(partition) }));
      this.#applied.set(partition, applied);
      const next = readFrom(position, start);
      from.set(partition, next);
      this.#subscription?.seek(partition, next);
    }
    this.#overdue.replaced();
    return from;
  }

  #feedOf(partition: number): QueueFeed {
    return {
      pause: () => this.#subscription?.pause(partition),
      resume: () => this.#subscription?.resume(partition),
      onApplied: (offset) => this.#commit(partition, offset),
      onFailed: (reason) => this.#takeUp(reason),
      onOtherLog: () => {
        this.#otherThan = this.#generation;
        this.#takeUp('the record at a stored offset is not the one applied there');
      },
    };
  }

  #dropQueues(): void {
    this.#evidence?.drop();
    this.#overdue.dropped(this.#queues);
    for (const [partition, queue] of this.#queues) {
      queue.drop();
      if (queue.paused) this.#subscription?.resume(partition);
    }
    this.#queues.clear();
  }

  /** Reads again from the stored offsets. Asked for while one runs, it runs once more. */
  #takeUp(reason: string): void {
    if (this.#closing.signal.aborted) return;
    this.#epoch += 1;
    this.#dropQueues();
    this.#takeUpAgain = true;
    if (this.#subscription === undefined || this.#takingUp !== undefined) return;
    const { logger, region } = this.#options;
    logger[this.#failures.areRepeated ? 'debug' : 'info']({ region, reason }, 'taking up the stored offsets again');
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
    if (this.#closing.signal.aborted) return;
    const queue = this.#queues.get(partition);
    if (queue !== undefined) return queue.enqueue(records);
    const last = records.findLast((record) => parseRecord(record).unmarked === undefined);
    if (last !== undefined) this.#overdue.lost(partition, last.offset);
  }

  /** The commit is for display only: a failed one costs nothing. */
  #commit(partition: number, applied: number): void {
    this.#applied.set(partition, applied);
    this.#subscription?.commit(new Map([[partition, applied + 1]])).catch((error) => {
      this.#options.logger.debug({ partition, error: String(error) }, 'commit failed');
    });
  }
}
