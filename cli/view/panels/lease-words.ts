/** How an edge stands with its lease: by the last word from the origin that took effect there. */
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import { ageText, delayText } from '../draw/format.ts';

export interface LeaseWords {
  /** In few words, where there is something to see: it runs out, or has, or always will. */
  readonly short: string | undefined;
  /** All there is to say. */
  readonly long: string;
}

/** undefined: there is no lease. */
export function leaseWords(lease: EdgeMetrics['lease']): LeaseWords | undefined {
  if (lease === undefined) return undefined;
  const { leaseMs, evidenceMs, leastMs, untrustedMs = 0 } = lease;
  const whole = delayText(leaseMs);
  if (untrustedMs > 0) return { short: 'clock wrong', long: `${whole}, nothing is fresh: a clock is wrong` };
  if (leaseMs < leastMs) return { short: 'lease too short', long: `${whole}, too short: the delay needs ${delayText(leastMs)}` };
  if (evidenceMs === null) return { short: undefined, long: `${whole}, no word yet` };
  const leftMs = leaseMs - evidenceMs;
  if (leftMs <= 0) return { short: 'lease ran out', long: `ran out ${ageText(-leftMs)} ago` };
  // What is older than the least lease has not come as it comes while nothing is wrong.
  return { short: evidenceMs > leastMs ? `lease ends in ${ageText(leftMs)}` : undefined, long: `${whole}, ${ageText(leftMs)} left` };
}
