/**
 * Time that passes only when told to. Timers run in the order they fall due, and in the order they were set when they
 * fall due together; between two of them everything that was waiting gets its turn. So a run depends on nothing but its
 * inputs, and an hour takes as long as what happens in it.
 */
import { setImmediate as untilImmediate } from 'node:timers/promises';
import type { Clock, Timer } from './clock.ts';

/** Immediates asked for together share one turn of the event loop, which costs more than they do. */
const STEPS_A_TURN = 64;

/** Below that many, cancelled timers in the heap are no burden. */
const COMPACTED_ABOVE = 1_024;

class VirtualTimer implements Timer {
  readonly dueMs: number;
  readonly sequence: number;
  /** undefined: it ran or was cancelled, and holds on to nothing any more. */
  callback: (() => void) | undefined;
  readonly #onCancel: () => void;

  constructor(dueMs: number, sequence: number, callback: () => void, onCancel: () => void) {
    this.dueMs = dueMs;
    this.sequence = sequence;
    this.callback = callback;
    this.#onCancel = onCancel;
  }

  cancel(): void {
    if (this.callback === undefined) return;
    this.callback = undefined;
    this.#onCancel();
  }
}

export class VirtualClock implements Clock {
  /**
   * A heap by (time, sequence): the root is what falls due next. Cancelled timers stay until they come to the root, or
   * until they are more than the others: nearly every call has a deadline that is never reached.
   */
  #heap: VirtualTimer[] = [];
  #pending = 0;
  #wallOffsetMs: number;
  #elapsedMs = 0;
  #sequence = 0;
  #advancing = false;

  constructor({ startAt = Date.UTC(2026, 0, 1) }: { readonly startAt?: number } = {}) {
    this.#wallOffsetMs = startAt;
  }

  now(): number {
    return Math.floor(this.#wallOffsetMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    this.#sequence += 1;
    const timer = new VirtualTimer(this.#elapsedMs + Math.max(0, delayMs), this.#sequence, callback, this.#onCancel);
    this.#pending += 1;
    this.#push(timer);
    return timer;
  }

  /** Timers set and neither run nor cancelled. */
  get timers(): number {
    return this.#pending;
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
      await untilImmediate();
      for (let run = this.#take(until); run !== undefined; run = this.#take(until)) {
        run();
        await untilImmediate();
      }
      this.#elapsedMs = until;
    } finally {
      this.#advancing = false;
    }
  }

  /**
   * Lets time pass, as fast as it can, until `awaited` settles, and answers what it does. Rejects when nothing is left
   * that could fall due before: then it waits for something real, or for nothing at all.
   */
  runUntil<T>(awaited: Promise<T>): Promise<T> {
    if (this.#advancing) throw new Error('expected one advance at a time, got a second one');
    this.#advancing = true;
    let hasSettled = false;
    const settled = awaited.finally(() => {
      hasSettled = true;
    });
    // Its rejection is told below, when the clock has stopped.
    settled.catch(() => {});
    const driven = new Promise<void>((resolve, reject) => this.#drive(() => hasSettled, { resolve, reject }));
    return driven
      .finally(() => {
        this.#advancing = false;
      })
      .then(() => settled);
  }

  /**
   * Timers in a row, each in an immediate of its own: between two of them Node gives promises their turn. It ends with
   * the turn of the event loop, so that nothing holds on to the clock any more.
   */
  #drive(isOver: () => boolean, end: { readonly resolve: () => void; readonly reject: (error: unknown) => void }): void {
    let left = 0;
    let ended = false;
    const step = () => {
      left -= 1;
      try {
        ended ||= isOver();
        if (!ended) this.#runNext();
      } catch (error) {
        ended = true;
        end.reject(error);
      }
      if (left > 0) return;
      if (ended) end.resolve();
      else schedule();
    };
    const schedule = () => {
      left = STEPS_A_TURN;
      for (let at = 0; at < STEPS_A_TURN; at += 1) setImmediate(step);
    };
    schedule();
  }

  #runNext(): void {
    const run = this.#take(Number.POSITIVE_INFINITY);
    if (run === undefined) throw new Error('expected a timer to wait for, got none: nothing can happen any more');
    run();
  }

  /** Lets everything run that needs no time to pass. */
  settle(): Promise<void> {
    return this.advance(0);
  }

  readonly #onCancel = () => {
    this.#pending -= 1;
    if (this.#heap.length > COMPACTED_ABOVE && this.#heap.length > 2 * this.#pending) this.#compact();
  };

  /** What is in order is a heap. */
  #compact(): void {
    this.#heap = this.#heap.filter(({ callback }) => callback !== undefined).sort((one, other) => (isBefore(one, other) ? -1 : 1));
  }

  /** What the next that falls due until then calls back, at its time; it counts as run. */
  #take(until: number): (() => void) | undefined {
    for (let root = this.#heap[0]; root !== undefined; root = this.#heap[0]) {
      const { callback: run, dueMs } = root;
      if (run !== undefined && dueMs > until) return undefined;
      this.#removeRoot();
      if (run === undefined) continue;
      root.callback = undefined;
      this.#pending -= 1;
      this.#elapsedMs = dueMs;
      return run;
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
      const childAt = this.#earlierChildOf(at);
      const child = this.#heap[childAt];
      if (child === undefined || isBefore(moved, child)) break;
      this.#heap[at] = child;
      at = childAt;
    }
    this.#heap[at] = moved;
  }

  /** Beyond the end when there is none. */
  #earlierChildOf(at: number): number {
    const leftAt = 2 * at + 1;
    const left = this.#heap[leftAt];
    const right = this.#heap[leftAt + 1];
    return left !== undefined && right !== undefined && isBefore(right, left) ? leftAt + 1 : leftAt;
  }
}

function isBefore(one: VirtualTimer, other: VirtualTimer): boolean {
  return one.dueMs === other.dueMs ? one.sequence < other.sequence : one.dueMs < other.dueMs;
}
