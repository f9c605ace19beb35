/** When a run was over, as far as its history goes. */
import type { History } from './history.ts';

/** When the last thing of the run happened that is known of it; ms since its start, 0 when nothing is. */
export function endOf({ endedMs, operations, faults, phases }: History): number {
  if (endedMs !== undefined) return endedMs;
  let lastMs = phases.at(-1)?.atMs ?? 0;
  for (const { startMs, endMs } of operations) lastMs = Math.max(lastMs, endMs ?? startMs);
  for (const { injectedMs, healedMs } of faults) lastMs = Math.max(lastMs, healedMs ?? injectedMs);
  return lastMs;
}
