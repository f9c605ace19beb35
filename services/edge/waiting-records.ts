/**
 * The records of one partition that were read and are not applied, in order. Events wait for their delay; a record that
 * leaves no mark does not, and is in no count of events. Of those that leave none, several in a row become one.
 */
import { merged, type Owed, type QueuedRecord } from './queued-record.ts';

export class WaitingRecords {
  readonly #items: QueuedRecord[] = [];
  /** What the queue before had read and not applied: it will be read again. */
  readonly #owed: readonly Owed[];
  /** How many of those owed have been read again, or passed by. */
  #reread = 0;
  /** How many from the head are on their way into the cache. */
  #taken = 0;

  constructor(owed: readonly Owed[]) {
    this.#owed = owed;
  }

  get head(): QueuedRecord | undefined {
    return this.#items[0];
  }

  /** Records of any kind. */
  get size(): number {
    return this.#items.length;
  }

  get events(): number {
    return this.#items.reduce((sum, { unmarked }) => (unmarked === undefined ? sum + 1 : sum), 0);
  }

  /** Records that leave no mark. */
  get unmarked(): number {
    return this.#items.reduce((sum, { unmarked }) => sum + (unmarked?.records ?? 0), 0);
  }

  /** Since when the event has been waiting that is to be applied next, whether it has been read again or not. */
  get oldestMs(): number {
    // The head, but for a record or two that leave no mark.
    const event = this.#items.find(({ unmarked }) => unmarked === undefined);
    return (event ?? this.#owed[this.#reread])?.sinceMs ?? Number.POSITIVE_INFINITY;
  }

  /** Events that were read of the partition and are not applied. */
  owed(): readonly Owed[] {
    const events = this.#items.filter(({ unmarked }) => unmarked === undefined);
    return [...events.map(({ record: { offset }, sinceMs }) => ({ offset, sinceMs })), ...this.#owed.slice(this.#reread)];
  }

  add(item: QueuedRecord): void {
    const last = this.#items.at(-1);
    const isRun = item.unmarked !== undefined && last?.unmarked !== undefined && this.#items.length > this.#taken;
    if (isRun) this.#items[this.#items.length - 1] = merged(last, item);
    else this.#items.push(item);
  }

  /** From the head: the first as it is, and the events behind it as long as they are due, at most so many. */
  take(max: number, isDue: (item: QueuedRecord) => boolean): readonly QueuedRecord[] {
    const end = this.#items.findIndex((item, at) => at > 0 && (at >= max || item.unmarked !== undefined || !isDue(item)));
    const taken = this.#items.slice(0, end < 0 ? this.#items.length : end);
    this.#taken = taken.length;
    return taken;
  }

  /** What was taken is in the cache. */
  drop(): void {
    this.#items.splice(0, this.#taken);
    this.#taken = 0;
  }

  /** Read again a record is no younger: it arrived when it was first read. */
  firstReadMs(offset: number): number {
    while ((this.#owed[this.#reread]?.offset ?? offset) < offset) this.#reread += 1;
    const owed = this.#owed[this.#reread];
    if (owed?.offset !== offset) return Number.POSITIVE_INFINITY;
    this.#reread += 1;
    return owed.sinceMs;
  }
}
