/**
 * How long an event has been due that the edge has read and not applied.
 *
 * Known and overdue is not fresh: the cache may refuse to apply while it goes on answering, or the log not say where to
 * read on. The edge then knows of a change that its entries do not show. Measured by time, not by state: failures mend
 * themselves in a moment, many times an hour, and a state that waits for one thing may have been overtaken by another.
 *
 * What a queue has read and not applied when it is dropped is owed: the queue that takes its place is told of it. For a
 * while there may be none: then whatever the log hands over is lost, which counts from the moment the last one was
 * dropped.
 */
import type { PartitionBounds } from '../log/log.ts';
import type { Clock } from '../runtime/clock.ts';
import type { PartitionQueue } from './partition-queue.ts';
import type { Owed } from './queued-record.ts';
import type { EdgeSettings } from './settings.ts';

/** An apply that runs into its deadline, the pause after a failure, and the same once more. */
export const OVERDUE_MS_MAX = 1_000;

export interface OverdueOptions {
  readonly clock: Clock;
  readonly settings: EdgeSettings;
}

export class Overdue {
  readonly #options: OverdueOptions;
  /** By partition, ascending. These three hold something only while there are no queues. */
  readonly #owed = new Map<number, readonly Owed[]>();
  /** Of what was handed over meanwhile the last: it stands for those before it. */
  readonly #lost = new Map<number, Owed>();
  #withoutQueuesMs: number | undefined;

  constructor(options: OverdueOptions) {
    this.#options = options;
  }

  dropped(queues: ReadonlyMap<number, PartitionQueue>): void {
    this.#withoutQueuesMs ??= this.#options.clock.monotonicMs();
    for (const [partition, queue] of queues) this.#owed.set(partition, queue.owed());
  }

  lost(partition: number, offset: number): void {
    this.#lost.set(partition, { offset, sinceMs: this.#options.clock.monotonicMs() });
  }

  /** Of a partition, after what is applied. What the log does not hold any more nobody can apply. */
  owed({ partition, end }: PartitionBounds, applied: number): readonly Owed[] {
    const [read, lost] = [this.#owed.get(partition) ?? [], this.#lost.get(partition)];
    const all = lost === undefined ? read : [...read.filter(({ offset }) => offset < lost.offset), lost];
    return all.filter(({ offset }) => applied < offset && offset < end);
  }

  /** There are queues again, and they know what is owed. A partition without one is another edge's. */
  replaced(): void {
    this.forget();
    this.#withoutQueuesMs = undefined;
  }

  /** Everything cached is invalid: nothing that is served can be older than what was read. */
  forget(): void {
    this.#owed.clear();
    this.#lost.clear();
  }

  /** Of the event that has been due for longest; 0 when none is. Asked for twice with each read. */
  longestMs(queues: ReadonlyMap<number, PartitionQueue>): number {
    const { clock, settings } = this.#options;
    let sinceMs = Number.POSITIVE_INFINITY;
    for (const queue of queues.values()) sinceMs = Math.min(sinceMs, queue.oldestMs);
    for (const [first] of this.#owed.values()) sinceMs = Math.min(sinceMs, first?.sinceMs ?? sinceMs);
    const dueMs = Math.min(sinceMs + settings.propagationDelayMs, this.#withoutQueuesMs ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(dueMs) ? Math.max(0, clock.monotonicMs() - dueMs) : 0;
  }
}
