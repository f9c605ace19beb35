/** How a program of others fared with the processors: what excuses it for coming late as it excuses our own services. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';
import { waitedForProcessorMs } from '../../../services/runtime/lateness.ts';

/**
 * For how long the threads of a process and of all that descend from it were ready to run while no processor was free, all together, in ms. It
 * falls when one of them ends. undefined where nobody counts, or where there is no such process.
 */
export function waitedOfProgramMs(pid: number): number | undefined {
  const threads = threadsOf(pid);
  if (threads.length === 0) return undefined;
  return threads.reduce((sum, thread) => sum + (waitedForProcessorMs(thread) ?? 0), 0);
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
  try {
    return readFileSync(`${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
