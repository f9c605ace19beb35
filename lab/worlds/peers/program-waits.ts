/**
 * How a program of others fared with the processors: what excuses it for coming late as it excuses our own services. Linux only.
 *
 * Of several threads that waited at the same time the longest wait counts, as of several processes, not their sum. A thread that was told to
 * let others pass (nice, SCHED_BATCH, SCHED_IDLE) waits because it was told so, not for want of a processor.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { waitedForProcessorMs } from '../../../services/runtime/lateness.ts';

/** After the name of the program, which stands in brackets and may have any sign in it: see `proc_pid_stat(5)`. */
const NICE_AT = 16;
const POLICY_AT = 38;
const SCHED_OTHER = '0';

export class ProgramWaits {
  /** By the place of a thread below /proc. */
  #known = new Map<string, number>();
  #waitedMs = 0;

  /** Of a process and of all that descend from it, in ms, since the first look. undefined where nobody counts, or there is no such process. */
  look(pid: number): number | undefined {
    const threads = threadsOf(pid);
    if (threads.length === 0) return undefined;
    const now = new Map(threads.filter(isOrdinary).map((thread) => [thread, waitedForProcessorMs(thread) ?? 0]));
    // One that was not there before has waited since it began.
    const grown = [...now].map(([thread, waitedMs]) => waitedMs - (this.#known.get(thread) ?? 0));
    this.#waitedMs += Math.max(0, ...grown);
    this.#known = now;
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
