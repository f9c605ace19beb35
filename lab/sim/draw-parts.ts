/** What several draws of a seed have in common: a length of time, and an origin that is far away. */
import { pick, type Random } from '../../services/runtime/random.ts';
import type { PlannedFault } from '../faults/drawn-schedule.ts';

/** From the first to the second, ms; the second is not drawn. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One way of an edge whose origin is far away all the time: slow fetches are what a fence is for. */
const FAR_MS = [100, 250, 500] as const;
const FAR_FROM_MS = 10;

/** Whole hundredths of a second: what a scenario file can say. */
export function drawMs(random: Random, { from, to }: Span): number {
  return from + 10 * random.below((to - from) / 10);
}

export function drawFarOrigin(random: Random, region: string): PlannedFault {
  const latency = pick(random, FAR_MS);
  const parameters = { latency: `${latency}ms`, jitter: `${latency / 2}ms` };
  return { atMs: FAR_FROM_MS, fault: 'latency', target: `edge:${region}<->origin`, parameters, forMs: undefined };
}
