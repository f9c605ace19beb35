/** When a run was over, as far as its history goes. */
import type { History } from './history.ts';

/** When the last thing of the run happened that is known of it; ms since its start, 0 when nothing is. */
export function endOf(history: History): number {
  const { endedMs, changes, reads, faults } = history;
  if (endedMs !== undefined) return endedMs;
  let lastMs = history.of('phase').at(-1)?.atMs ?? 0;
  for (const { startMs, endMs } of changes) lastMs = Math.max(lastMs, endMs ?? startMs);
  for (const { startMs, endMs } of reads) lastMs = Math.max(lastMs, endMs ?? startMs);
  for (const { injectedMs, healedMs } of faults) lastMs = Math.max(lastMs, healedMs ?? injectedMs);
  return lastMs;
}
