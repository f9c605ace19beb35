/**
 * One subscriber and its place in the log, whatever becomes of the consumers below it (supervisor.ts).
 *
 * idle -> assigning -> open -> assigning ... -> closed
 * idle: no consumer has partitions. assigning: bounds are asked for, then the subscriber; what is read is thrown away.
 * open: records are handed over.
 *
 * It is assigned anew when a consumer joins, a connection was lost (what lies behind the new one may be another log),
 * the records read do not go on where they should, the log's bounds exclude the position, or the subscriber threw. Two
 * calls of `onAssigned` never overlap.
 */
import { type Clock, sleep } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { type LogSubscriber, type LogSubscription, LogUnavailable, type PartitionBounds } from '../log.ts';
import type { Consumer, EachBatchPayload } from './client.ts';
import { Commits } from './commits.ts';
import { areWithin, type Noted, Positions } from './positions.ts';
import { toRecords } from './records.ts';

export interface KafkaSubscriptionOptions {
  readonly topic: string;
  readonly subscriber: LogSubscriber;
  /** Throws LogUnavailable. */
  readonly bounds: () => Promise<readonly PartitionBounds[]>;
  readonly clock: Clock;
  readonly logger: Logger;
}

type State = 'idle' | 'assigning' | 'open' | 'closed';

interface Joined {
  readonly consumer: Consumer;
  readonly partitions: readonly number[];
}

const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1_000;

export class KafkaSubscription implements Omit<LogSubscription, 'isSameLog'> {
  readonly #options: KafkaSubscriptionOptions;
  readonly #positions = new Positions();
  readonly #commits: Commits;
  readonly #closing = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  #state: State = 'idle';
  #joined: Joined | undefined;
  /** Counts what overrules an assignment under way. */
  #epoch = 0;
  #assigning = false;
  /** What made the log look like another one last. */
  #suspected = '';

  constructor(options: KafkaSubscriptionOptions) {
    this.#options = options;
    const { topic, clock, logger } = options;
    this.#commits = new Commits({ topic, clock, logger });
    // Whoever subscribes hears of it.
    this.#first.promise.catch(() => {});
  }

  /** Resolves when the first assignment has been answered; rejects with LogUnavailable when closed before. */
  get assigned(): Promise<void> {
    return this.#first.promise;
  }

  /** A consumer was given these partitions. */
  joined(consumer: Consumer, partitions: readonly number[]): void {
    this.#joined = { consumer, partitions };
    this.#options.logger.info({ group: this.#options.subscriber.group, partitions }, 'Consumer has joined the group');
    this.#commits.use(consumer);
    this.reassign('the group was joined');
  }

  /** There is no consumer any more. */
  left(): void {
    this.#joined = undefined;
    this.#commits.use(undefined);
    this.#epoch += 1;
    if (this.#state !== 'closed') this.#state = 'idle';
  }

  reassign(reason: string): void {
    if (this.#joined === undefined || this.#closing.signal.aborted) return;
    this.#options.logger.debug({ group: this.#options.subscriber.group, reason }, 'assigning');
    this.#epoch += 1;
    this.#state = 'assigning';
    if (!this.#assigning) void this.#assign();
  }

  /** Never throws: kafkajs would stop for ever. What is not resolved is read again. */
  async onBatch({ batch, resolveOffset, isStale }: EachBatchPayload): Promise<void> {
    const { partition } = batch;
    // Sought when open: until then kafkajs may read on, so that it does not read the same over and over.
    if (this.#state !== 'open') return resolveOffset(batch.lastOffset());
    const position = this.#positions.next(partition);
    const records = toRecords(batch);
    const [first, last] = [records[0], records.at(-1)];
    if (position === undefined || first === undefined || last === undefined) return;
    if (isStale() || this.#positions.isPaused(partition)) return;
    if (first.offset !== position) {
      const epoch = this.#positions.epoch;
      const isHole = await this.#isHole(partition, position, first.offset);
      if (epoch !== this.#positions.epoch || this.#state !== 'open' || isStale() || this.#positions.isPaused(partition)) return;
      if (!isHole) return this.reassign(`expected offset ${position} of partition ${partition}, got ${first.offset}`);
    }
    this.#positions.advance(partition, last.offset + 1);
    this.#positions.anchor({ partition, offset: first.offset, timeMs: first.time });
    resolveOffset(String(last.offset));
    try {
      this.#options.subscriber.onRecords(partition, records);
    } catch (error) {
      this.#options.logger.error({ partition, error: String(error) }, 'the subscriber threw');
      this.reassign('the subscriber threw');
    }
  }

  /** kafkajs read up to `next` and found nothing to hand over: a transaction's marker, or what it took back. */
  passedOver(partition: number, next: number): void {
    if (this.#state === 'open' && (this.#positions.next(partition) ?? next) < next) this.#positions.advance(partition, next);
  }

  /** Undefined while nothing is handed over. */
  noted(): Noted | undefined {
    return this.#state === 'open' ? this.#positions.noted() : undefined;
  }

  /** Takes the log for another one when its bounds exclude a position noted before they were asked for. */
  check(noted: Noted, bounds: readonly PartitionBounds[]): void {
    if (this.#state !== 'open' || noted.epoch !== this.#positions.epoch || areWithin(noted.next, bounds)) return;
    this.reassign('the position is outside the log');
  }

  /**
   * `later`: per partition the first offset with a time above the anchor's. In the same log it lies above the anchor;
   * in one made anew, however long it is by now, nothing is as old, so it is the first of all. Answers whether it is
   * found to be the same.
   */
  checkIdentity({ epoch, anchor }: Noted, later: ReadonlyMap<number, number>): boolean {
    if (this.#state !== 'open' || epoch !== this.#positions.epoch || anchor === undefined) return false;
    const found = later.get(anchor.partition) ?? anchor.offset + 1;
    const suspected = `${anchor.partition}/${anchor.offset}/${found}`;
    // Once: where the log's clock went back the same is found again, and the subscriber has looked already.
    if (found > anchor.offset) return true;
    if (suspected === this.#suspected) return false;
    this.#suspected = suspected;
    this.#options.subscriber.onOtherLog?.();
    this.reassign('the log was made anew');
    return false;
  }

  /** Of each partition that has records to come and is not paused, where it stands. */
  unread(bounds: readonly PartitionBounds[]): ReadonlyMap<number, number> {
    return this.#positions.unread(bounds);
  }

  /** Without effect on a partition that another member of the group has. */
  seek(partition: number, offset: number): void {
    if (this.#joined?.partitions.includes(partition) !== true) return;
    this.#positions.set(partition, offset);
    this.#seek(partition);
  }

  pause(partition: number): void {
    this.#positions.setPaused(partition, true);
    this.#onConsumer((consumer) => consumer.pause([{ topic: this.#options.topic, partitions: [partition] }]));
  }

  resume(partition: number): void {
    this.#positions.setPaused(partition, false);
    this.#onConsumer((consumer) => consumer.resume([{ topic: this.#options.topic, partitions: [partition] }]));
  }

  /** Sent in a moment, the latest of each partition. */
  async commit(nextOffsets: ReadonlyMap<number, number>): Promise<void> {
    this.#commits.note(nextOffsets);
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#closing.abort();
    this.#first.reject(new LogUnavailable('closed before the first assignment'));
    await this.#commits.close();
  }

  async #assign(): Promise<void> {
    this.#assigning = true;
    try {
      await this.#assignUntilOpen();
    } finally {
      this.#assigning = false;
    }
  }

  async #assignUntilOpen(): Promise<void> {
    const { subscriber, logger, clock } = this.#options;
    for (let backoffMs = BACKOFF_MS_MIN; ; backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)) {
      const [epoch, joined] = [this.#epoch, this.#joined];
      if (joined === undefined || this.#closing.signal.aborted) return;
      try {
        const bounds = await this.#boundsOf(joined.partitions);
        if (epoch !== this.#epoch) continue;
        // What the subscriber seeks to meanwhile overrules its answer.
        this.#positions.clear();
        const answer = await subscriber.onAssigned(bounds);
        if (epoch === this.#epoch) return this.#open(bounds, answer);
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        logger.warn({ group: subscriber.group, error: String(error) }, 'could not assign, trying again');
        await sleep(clock, backoffMs, this.#closing.signal);
      }
    }
  }

  #open(bounds: readonly PartitionBounds[], answer: ReadonlyMap<number, number>): void {
    for (const { partition, start } of bounds) {
      if (this.#positions.next(partition) === undefined) this.#positions.set(partition, answer.get(partition) ?? start);
      this.#seek(partition);
    }
    const { topic } = this.#options;
    this.#onConsumer((consumer) => {
      consumer.resume([{ topic }]);
      consumer.pause([{ topic, partitions: this.#positions.paused() }]);
    });
    this.#state = 'open';
    this.#first.resolve();
  }

  async #boundsOf(partitions: readonly number[]): Promise<readonly PartitionBounds[]> {
    const bounds = (await this.#options.bounds()).filter(({ partition }) => partitions.includes(partition));
    if (bounds.length === partitions.length) return bounds;
    throw new LogUnavailable(`expected bounds of the partitions ${partitions.join(', ')}, got ${bounds.length}`);
  }

  /**
   * Offsets that no record has: a transaction's marker, say. Otherwise kafkajs jumped, and the log is not the one it
   * was.
   */
  async #isHole(partition: number, from: number, to: number): Promise<boolean> {
    if (to < from) return false;
    const [bounds] = await this.#boundsOf([partition]).catch(() => []);
    return bounds !== undefined && bounds.start <= from && to < bounds.end;
  }

  #seek(partition: number): void {
    const offset = this.#positions.next(partition);
    if (offset === undefined) return;
    this.#onConsumer((consumer) => consumer.seek({ topic: this.#options.topic, partition, offset: String(offset) }));
  }

  /** A consumer that has just stopped takes no call; the next one is told everything anew. */
  #onConsumer(call: (consumer: Consumer) => void): void {
    if (this.#joined === undefined) return;
    try {
      call(this.#joined.consumer);
    } catch (error) {
      this.#options.logger.debug({ error: String(error) }, 'the consumer has stopped');
    }
  }
}
