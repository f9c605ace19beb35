/**
 * One partition's records, waiting until the propagation delay has passed, then applied from the head of the queue.
 *
 * The delay belongs to each event, not to the consumer: records are queued as they come and the consumer goes on, so a
 * burst of 50 converges after one delay, not 50. An event is due at min(record time, arrival) + the delay now in force,
 * kept as a moment of the monotonic clock: a wall clock set back must not hold back what has arrived.
 * A record that leaves no mark, such as a heartbeat, is due as soon as it is the head: its own delay would only age it.
 * Only the head is ever applied, so offsets never overtake one another, whatever happens to the delay.
 *
 * waiting   -> applying   the head is due: it and all behind it that are due go to the cache in one batch
 * applying  -> waiting    applied, or skipped as applied before
 * applying  -> failed     the apply failed, or the record before was never applied: it stands still for a moment, so
 *                         that a failure that comes back at once is no busy loop, then it asks for another take-up
 * any state -> dropped    another queue speaks for the partition: whatever this one has under way is ignored
 */
import type { LogRecord } from '../log/log.ts';
import type { Clock, Timer } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { ApplyFailures } from './apply-failures.ts';
import type { Application, ApplyOutcome, EdgeCache, Position } from './cache/cache.ts';
import type { Evidence } from './evidence.ts';
import type { EdgeMeter } from './metrics.ts';
import { hasRecord } from './places.ts';
import { isRecordAt, type Owed, parseRecord, positionOf, type QueuedRecord, toApplication, toApplied, toLine } from './queued-record.ts';
import type { EdgeSettings } from './settings.ts';
import { WaitingRecords } from './waiting-records.ts';

export interface QueuePorts {
  readonly region: string;
  readonly cache: EdgeCache;
  readonly settings: EdgeSettings;
  readonly clock: Clock;
  readonly meter: EdgeMeter;
  readonly logger: Logger;
}

/** What a queue tells whoever feeds it. */
export interface QueueFeed {
  /** It is full: no more for now. */
  pause(): void;
  resume(): void;
  /** Everything up to the offset is in the cache. */
  onApplied(offset: number): void;
  /** What comes after the stored offset cannot be applied from here. */
  onFailed(reason: string): void;
  /** The record at the stored offset is not the one applied there. */
  onOtherLog(): void;
}

export interface PartitionQueueOptions {
  readonly partition: number;
  /** Of the log, as the position was taken up. */
  readonly generation: string;
  /** What the cache applied last; undefined: nothing. The record there, if there is one, must come first. */
  readonly stored: Position | undefined;
  /** What the queue before it had read and not applied: it will be read again. */
  readonly owed: readonly Owed[];
  readonly ports: QueuePorts;
  readonly feed: QueueFeed;
  /** Of all partitions: they outlive a queue. */
  readonly failures: ApplyFailures;
  /** Of all partitions, too. Left out: heartbeats count for nothing. */
  readonly evidence?: Evidence | undefined;
}

type QueueState = 'waiting' | 'applying' | 'failed' | 'dropped';

/** A record on its way into the cache. */
interface Applying {
  readonly item: QueuedRecord;
  readonly application: Application;
}

const QUEUE_MAX = 10_000;
const QUEUE_RESUME = QUEUE_MAX / 2;
const APPLY_BATCH_MAX = 500;
const FAILED_PAUSE_MS = 50;
const BEFORE_FIRST = -1;

export class PartitionQueue {
  readonly #partition: number;
  readonly #generation: string;
  readonly #ports: QueuePorts;
  readonly #feed: QueueFeed;
  readonly #failures: ApplyFailures;
  readonly #evidence: Evidence | undefined;
  readonly #waiting: WaitingRecords;
  #state: QueueState = 'waiting';
  /** The record that must come first, when reading again from a stored offset. */
  #awaited: Position | undefined;
  /** Offset of the record before the next one. */
  #last = BEFORE_FIRST;
  #timer: Timer | undefined;
  #paused = false;

  constructor({ partition, generation, stored, owed, ports, feed, failures, evidence }: PartitionQueueOptions) {
    this.#partition = partition;
    this.#generation = generation;
    if (stored !== undefined && hasRecord(stored)) this.#awaited = stored;
    else this.#last = stored?.offset ?? BEFORE_FIRST;
    this.#waiting = new WaitingRecords(owed);
    this.#ports = ports;
    this.#feed = feed;
    this.#failures = failures;
    this.#evidence = evidence;
  }

  /** How many events wait. */
  get length(): number {
    return this.#waiting.events;
  }

  /** How many records wait that are none. */
  get unmarked(): number {
    return this.#waiting.unmarked;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Since when the event has been waiting that is to be applied next, whether it has been read again or not. */
  get oldestMs(): number {
    return this.#waiting.oldestMs;
  }

  /** What was read of the partition and is not applied, in order. */
  owed(): readonly Owed[] {
    return this.#waiting.owed();
  }

  /** The record at the stored offset has been read, and it is the one applied there. */
  get recognised(): boolean {
    return this.#awaited === undefined;
  }

  /** The next records, in order; what was read before is passed over. */
  enqueue(records: readonly LogRecord[]): void {
    if (this.#state === 'dropped') return;
    const { clock } = this.#ports;
    const [arrivedAt, arrivedMs] = [clock.now(), clock.monotonicMs()];
    for (const record of records) {
      if (record.offset <= this.#last) continue;
      if (this.#awaited !== undefined) {
        if (!isRecordAt(this.#awaited, record)) return this.#feed.onOtherLog();
        this.#awaited = undefined;
      } else {
        const sinceMs = Math.min(arrivedMs - Math.max(0, arrivedAt - record.time), this.#waiting.firstReadMs(record.offset));
        this.#waiting.add({ record, ...parseRecord(record), arrivedAt, sinceMs, previous: this.#last });
      }
      this.#last = record.offset;
    }
    if (this.#waiting.size > QUEUE_MAX && !this.#paused) {
      this.#paused = true;
      this.#feed.pause();
    }
    this.schedule();
  }

  /** Arms the timer for the head, or applies at once what is due. Called whenever the delay in force has changed. */
  schedule(): void {
    if (this.#state !== 'waiting') return;
    this.#timer?.cancel();
    this.#timer = undefined;
    const { head } = this.#waiting;
    if (head === undefined) return;
    const waitMs = this.#dueMs(head) - this.#ports.clock.monotonicMs();
    if (waitMs > 0) this.#timer = this.#ports.clock.setTimer(waitMs, () => this.schedule());
    else void (head.unmarked === undefined ? this.#applyDue() : this.#pass());
  }

  drop(): void {
    this.#timer?.cancel();
    this.#state = 'dropped';
  }

  #dueMs({ sinceMs, unmarked }: QueuedRecord): number {
    if (unmarked !== undefined) return Number.NEGATIVE_INFINITY;
    return sinceMs + this.#ports.settings.propagationDelayMs;
  }

  async #applyDue(): Promise<void> {
    const { cache, clock, settings } = this.#ports;
    const { propagationDelayMs: delayMs, strategy } = settings;
    const nowMs = clock.monotonicMs();
    const due = this.#waiting.take(APPLY_BATCH_MAX, (item) => this.#dueMs(item) <= nowMs);
    const batch = due.map((item) => ({ item, application: toApplication(item, strategy, this.#generation) }));
    const apply = () => cache.apply(batch.map(({ application }) => application));
    await this.#bring(due, apply, (outcomes) => this.#count(batch, outcomes, delayMs));
  }

  async #pass(): Promise<void> {
    const [item] = this.#waiting.take(1, () => true);
    if (item === undefined) return;
    const beat = item.unmarked?.beat && this.#evidence?.worthOf(item.unmarked.beat);
    const passage = { position: positionOf(item), previous: item.previous, generation: this.#generation, beat };
    const pass = async () => [await this.#ports.cache.pass(passage)];
    await this.#bring([item], pass, ([outcome]) => {
      // Skipped: another edge of the region had brought it into the cache, from the same log.
      if ((outcome === 'applied' || outcome === 'skipped') && beat !== undefined) this.#evidence?.applied(this.#partition, beat);
    });
  }

  /** Brings what stands at the head into the cache. */
  async #bring(
    head: readonly QueuedRecord[],
    bring: () => Promise<readonly ApplyOutcome[]>,
    onOutcomes: (outcomes: readonly ApplyOutcome[]) => void,
  ): Promise<void> {
    this.#enter('applying', 'waiting');
    try {
      const outcomes = await bring();
      if (this.#isDropped()) return;
      onOutcomes(outcomes);
      if (outcomes.includes('gap')) this.#fail('a record before was never applied');
      else if (outcomes.includes('other-log')) this.#fail('its log was forgotten');
      else this.#settle(head);
    } catch (error) {
      if (this.#isDropped()) return;
      this.#failures.failed(this.#partition, error);
      this.#fail('an apply failed');
    }
  }

  #count(batch: readonly Applying[], outcomes: readonly ApplyOutcome[], delayMs: number): void {
    const { clock, meter, logger, region } = this.#ports;
    const appliedAt = clock.now();
    for (const [at, { item, application }] of batch.entries()) {
      if (outcomes[at] !== 'applied') continue;
      if (item.event === undefined) meter.countUnreadable();
      const applied = toApplied(item, application, { delayMs, appliedAt });
      meter.countInvalidation(applied);
      logger.info({ region, ...toLine(applied) }, 'invalidation applied');
    }
  }

  /** Takes what is in the cache off the queue. */
  #settle(head: readonly QueuedRecord[]): void {
    this.#enter('waiting', 'applying');
    this.#waiting.drop();
    this.#failures.applied(this.#partition);
    const last = head.at(-1);
    if (last !== undefined) this.#feed.onApplied(last.record.offset);
    if (this.#paused && this.#waiting.size <= QUEUE_RESUME) {
      this.#paused = false;
      this.#feed.resume();
    }
    this.schedule();
  }

  #fail(reason: string): void {
    this.#enter('failed', 'applying');
    this.#timer = this.#ports.clock.setTimer(FAILED_PAUSE_MS, () => this.#feed.onFailed(reason));
  }

  #isDropped(): boolean {
    return this.#state === 'dropped';
  }

  #enter(state: QueueState, from: QueueState): void {
    if (this.#state !== from) throw new Error(`expected a queue that is ${from}, got one that is ${this.#state}`);
    this.#state = state;
  }
}
