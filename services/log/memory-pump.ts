/**
 * Delivers a log in memory to one subscriber, never within the caller's turn, one batch a turn so that partitions take
 * their share.
 */
import { type Clock, sleep } from '../runtime/clock.ts';
import { type LogRecord, type LogSubscriber, LogUnavailable, type PartitionBounds } from './log.ts';

const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1_000;

interface Cursor {
  /** undefined: asked for, and not answered yet. */
  next: number | undefined;
  paused: boolean;
}

interface PumpOptions {
  readonly clock: Clock;
  readonly bounds: () => readonly PartitionBounds[];
  readonly read: (partition: number, from: number) => readonly LogRecord[] | undefined;
  readonly subscriber: LogSubscriber;
}

export class Pump {
  readonly #options: PumpOptions;
  readonly #cursors: readonly Cursor[];
  readonly #stopping = new AbortController();
  #scheduled = false;
  #assigned = false;

  constructor(options: PumpOptions) {
    this.#options = options;
    const { closing } = options.subscriber;
    if (closing?.aborted) this.stop();
    closing?.addEventListener('abort', () => this.stop(), { once: true });
    this.#cursors = options.bounds().map(() => ({ next: undefined, paused: false }));
  }

  /** Asks the subscriber where to read from until it answers. Throws LogUnavailable when it is stopped before. */
  async assign(): Promise<void> {
    const { clock, bounds, subscriber } = this.#options;
    this.#assigned = false;
    for (let backoffMs = BACKOFF_MS_MIN; !this.#isStopped; backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)) {
      // What the subscriber seeks to meanwhile overrules its answer.
      for (const cursor of this.#cursors) cursor.next = undefined;
      try {
        const asked = bounds();
        const positions = await subscriber.onAssigned(asked);
        for (const { partition, start } of asked) this.#cursor(partition).next ??= Math.max(start, positions.get(partition) ?? start);
        this.#assigned = true;
        return this.wake();
      } catch (error) {
        if (this.#isStopped) throw error;
        await sleep(clock, backoffMs, this.#stopping.signal);
      }
    }
    throw new LogUnavailable('closed before the assignment was answered');
  }

  /** It was told where to read, and the log has not been made anew since. */
  get isAssigned(): boolean {
    return this.#assigned && !this.#isStopped;
  }

  wake(): void {
    if (this.#scheduled || this.#isStopped) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#isStopped && this.#assigned) this.#deliver();
    });
  }

  stop(): void {
    this.#stopping.abort();
  }

  seek(partition: number, offset: number): void {
    this.#cursor(partition).next = offset;
    this.wake();
  }

  setPaused(partition: number, paused: boolean): void {
    this.#cursor(partition).paused = paused;
    this.wake();
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #cursor(partition: number): Cursor {
    const cursor = this.#cursors[partition];
    if (cursor === undefined) throw new RangeError(`expected a partition below ${this.#cursors.length}, got ${partition}`);
    return cursor;
  }

  /** Stopped before it is answered, nobody waits for an answer. */
  assignAnew(): void {
    this.assign().catch(() => {});
  }

  #deliver(): void {
    const { read, subscriber } = this.#options;
    let delivered = 0;
    for (const [partition, cursor] of this.#cursors.entries()) {
      if (cursor.paused || cursor.next === undefined || this.#isStopped) continue;
      const records = read(partition, cursor.next);
      // Only the subscriber knows what it has missed, and what must be made of that.
      if (records === undefined) return this.assignAnew();
      const last = records.at(-1);
      if (last === undefined) continue;
      cursor.next = last.offset + 1;
      delivered += records.length;
      try {
        subscriber.onRecords(partition, records);
      } catch {
        // It may have lost them, and says itself where to read on.
        return this.assignAnew();
      }
    }
    if (delivered > 0) this.wake();
  }
}
