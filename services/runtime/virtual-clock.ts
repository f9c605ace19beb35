/**
 * Time that passes only when told to. Timers run in the order they fall due, and in the order they were set when they
 * fall due together; between two of them everything that was waiting gets its turn. So a run depends on nothing but its
 * inputs, and an hour takes as long as what happens in it.
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock, Timer } from './clock.ts';

interface VirtualTimer {
  readonly dueMs: number;
  readonly sequence: number;
  readonly callback: () => void;
}

export class VirtualClock implements Clock {
  /** A heap by (time, sequence): the root is what falls due next. Cancelled timers stay until they come to the root. */
  readonly #heap: VirtualTimer[] = [];
  readonly #pending = new Set<VirtualTimer>();
  #wallOffsetMs: number;
  #elapsedMs = 0;
  #sequence = 0;
  #advancing = false;

  constructor({ startAt = Date.UTC(2026, 0, 1) }: { readonly startAt?: number } = {}) {
    this.#wallOffsetMs = startAt;
  }

  now(): number {
    return this.#wallOffsetMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    this.#sequence += 1;
    const timer: VirtualTimer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), sequence: this.#sequence, callback };
    this.#pending.add(timer);
    this.#push(timer);
    return { cancel: () => void this.#pending.delete(timer) };
  }

  /** Timers set and neither run nor cancelled. */
  get timers(): number {
    return this.#pending.size;
  }

  /** The wall clock is set, by hand or by NTP: durations and timers do not notice. */
  jumpWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Lets `ms` pass: runs what falls due, at its time, and gives promises their turn before, between and after. */
  async advance(ms: number): Promise<void> {
    if (this.#advancing) throw new Error('expected one advance at a time, got a second one');
    this.#advancing = true;
    try {
      const until = this.#elapsedMs + ms;
      await setImmediate();
      for (let next = this.#take(until); next !== undefined; next = this.#take(until)) {
        this.#elapsedMs = next.dueMs;
        next.callback();
        await setImmediate();
      }
      this.#elapsedMs = until;
    } finally {
      this.#advancing = false;
    }
  }

  /** Lets everything run that needs no time to pass. */
  settle(): Promise<void> {
    return this.advance(0);
  }

  #take(until: number): VirtualTimer | undefined {
    for (let root = this.#heap[0]; root !== undefined; root = this.#heap[0]) {
      if (this.#pending.has(root) && root.dueMs > until) return undefined;
      this.#removeRoot();
      if (this.#pending.delete(root)) return root;
    }
    return undefined;
  }

  #push(timer: VirtualTimer): void {
    let at = this.#heap.length;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.#heap[parentAt];
      if (parent === undefined || isBefore(parent, timer)) break;
      this.#heap[at] = parent;
      at = parentAt;
    }
    this.#heap[at] = timer;
  }

  #removeRoot(): void {
    const moved = this.#heap.pop();
    if (moved === undefined || this.#heap.length === 0) return;
    let at = 0;
    for (;;) {
      const leftAt = 2 * at + 1;
      const left = this.#heap[leftAt];
      const right = this.#heap[leftAt + 1];
      if (left === undefined) break;
      const [child, childAt] = right !== undefined && isBefore(right, left) ? [right, leftAt + 1] : [left, leftAt];
      if (isBefore(moved, child)) break;
      this.#heap[at] = child;
      at = childAt;
    }
    this.#heap[at] = moved;
  }
}

function isBefore(one: VirtualTimer, other: VirtualTimer): boolean {
  return one.dueMs === other.dueMs ? one.sequence < other.sequence : one.dueMs < other.dueMs;
}
