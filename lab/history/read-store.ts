/**
 * The reads of a history, in the order in which they began. They are added as they end. Some tens of thousands are in
 * memory, the others in a spool, as sorted runs that are merged when they are read (external sorting: Knuth, The Art of
 * Computer Programming, volume 3, 5.4). So a history takes the memory of its writes, whatever was read. Where no spool
 * can be written all of them stay in memory.
 */

import { ReadSpool, type SpooledRun } from './read-spool.ts';
import type { ReadOperation } from './records.ts';

const IN_MEMORY_MAX = 65_536;

/** Where it is in one of the sorted runs. */
interface Cursor {
  head: ReadOperation;
  readonly next: () => ReadOperation | undefined;
}

export class ReadStore {
  readonly #inMemoryMax: number;
  readonly #runs: SpooledRun[] = [];
  #spool: ReadSpool | undefined;
  #isSpoolable = true;
  #latest: ReadOperation[] = [];
  #isSorted = true;
  #count = 0;

  constructor(inMemoryMax = IN_MEMORY_MAX) {
    this.#inMemoryMax = inMemoryMax;
  }

  get count(): number {
    return this.#count;
  }

  add(read: ReadOperation): void {
    const last = this.#latest.at(-1);
    if (last !== undefined && isBefore(read, last)) this.#isSorted = false;
    this.#latest.push(read);
    this.#count += 1;
    if (this.#latest.length >= this.#inMemoryMax && this.#isSpoolable) this.#spoolLatest();
  }

  /** `more`: which come in between where they belong. It is not changed meanwhile. */
  inOrder(more: readonly ReadOperation[] = []): Iterable<ReadOperation> {
    const latest = this.#sorted();
    if (this.#runs.length === 0 && more.length === 0) return latest;
    return this.#merged([latest, [...more].sort(byStart)]);
  }

  #spoolLatest(): void {
    try {
      this.#spool ??= new ReadSpool();
      this.#runs.push(this.#spool.write(this.#sorted()));
      this.#latest = [];
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#isSpoolable = false;
    }
  }

  #sorted(): readonly ReadOperation[] {
    if (!this.#isSorted) this.#latest.sort(byStart);
    this.#isSorted = true;
    return this.#latest;
  }

  *#merged(lists: readonly (readonly ReadOperation[])[]): Generator<ReadOperation, void, undefined> {
    const spooled = this.#runs.map((run) => ({ first: run.first, open: () => this.#cursorOf(run) }));
    const inMemory = lists.map((list) => ({ first: list[0], open: () => cursorOver(list.values()) }));
    const waiting = [...spooled, ...inMemory].flatMap(({ first, open }) => (first === undefined ? [] : { first, open }));
    waiting.sort((one, other) => byStart(one.first, other.first));
    const open: Cursor[] = [];
    let opened = 0;
    for (;;) {
      let least = leastOf(open);
      for (let next = waiting[opened]; next !== undefined && (least === undefined || isBefore(next.first, least.head)); ) {
        const cursor = next.open();
        if (cursor !== undefined) open.push(cursor);
        opened += 1;
        next = waiting[opened];
        least = leastOf(open);
      }
      if (least === undefined) return;
      yield least.head;
      const following = least.next();
      if (following === undefined) open.splice(open.indexOf(least), 1);
      else least.head = following;
    }
  }

  #cursorOf(run: SpooledRun): Cursor | undefined {
    return this.#spool === undefined ? undefined : cursorOver(flatten(this.#spool.read(run)));
  }
}

function* flatten(blocks: Iterable<readonly ReadOperation[]>): Generator<ReadOperation, void, undefined> {
  for (const block of blocks) yield* block;
}

function cursorOver(reads: Iterator<ReadOperation>): Cursor | undefined {
  const next = () => {
    const { done, value } = reads.next();
    return done === true ? undefined : value;
  };
  const head = next();
  return head && { head, next };
}

function leastOf(cursors: readonly Cursor[]): Cursor | undefined {
  let least: Cursor | undefined;
  for (const cursor of cursors) if (least === undefined || isBefore(cursor.head, least.head)) least = cursor;
  return least;
}

function byStart(one: ReadOperation, other: ReadOperation): number {
  return one.startMs - other.startMs || one.id - other.id;
}

function isBefore(one: ReadOperation, other: ReadOperation): boolean {
  return byStart(one, other) < 0;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
