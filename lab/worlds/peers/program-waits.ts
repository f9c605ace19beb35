/**
 * How a program of others fared with the processors: what excuses it for coming late as it excuses our own services.
 * Linux only.
 *
 * Of several threads that waited at the same time the longest wait counts, as of several processes, not their sum. A
 * thread that was told to let others pass (nice, SCHED_BATCH, SCHED_IDLE) waits because it was told so, not for want of
 * a processor.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '../../../services/runtime/clock.ts';
import { waitedForProcessorMs } from '../../../services/runtime/lateness.ts';

/** After the name of the program, which stands in brackets and may have any sign in it: see `proc_pid_stat(5)`. */
const NICE_AT = 16;
const POLICY_AT = 38;
const SCHED_OTHER = '0';
/**
 * Varnish has some two hundred threads, and a look at each takes 5 ms: whoever asks ten times a second is told the same
 * for a while.
 */
const LOOK_MS_MIN = 500;

export class ProgramWaits {
  /** By the place of a thread below /proc. */
  #known = new Map<string, number>();
  #waitedMs = 0;
  readonly #clock: Clock;
  #last: { readonly pid: number; readonly atMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Of a process and of all that descend from it, in ms, since the first look. undefined where nobody counts, or there
   * is no such process.
   */
  look(pid: number): number | undefined {
    const atMs = this.#clock.monotonicMs();
    if (this.#last?.pid === pid && atMs - this.#last.atMs < LOOK_MS_MIN) return this.#waitedMs;
    const threads = threadsOf(pid);
    if (threads.length === 0) return undefined;
    const now = new Map(threads.filter(isOrdinary).map((thread) => [thread, waitedForProcessorMs(thread) ?? 0]));
    // One that was not there before has waited since it began.
    const grown = [...now].map(([thread, waitedMs]) => waitedMs - (this.#known.get(thread) ?? 0));
    this.#waitedMs += Math.max(0, ...grown);
    this.#known = now;
    this.#last = { pid, atMs };
    return this.#waitedMs;
  }
}

function isOrdinary(thread: string): boolean {
  const stat = textOf(`${thread}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[NICE_AT]) <= 0 && fields[POLICY_AT] === SCHED_OTHER;
}

/** Their places below /proc. */
function threadsOf(pid: number): readonly string[] {
  const own = placesIn(`/proc/${pid}/task`);
  return [...own, ...own.flatMap(childrenOf).flatMap(threadsOf)];
}

function placesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

function childrenOf(thread: string): readonly number[] {
  return textOf(`${thread}/children`).trim().split(' ').filter(Boolean).map(Number);
}

/** Empty of one that has ended. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
