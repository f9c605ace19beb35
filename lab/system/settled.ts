/** Whether nothing is under way: the outbox is empty, and every region has applied what is in the log. */

import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { WorldRegion } from '../worlds/world.ts';
import type { Clients } from './clients.ts';
import { undefinedWhenUnanswered } from './transport.ts';

/**
 * A service that does not answer is not settled: what was healed a moment ago may still be felt. An edge that tells no
 * metrics is not waited for: only what it answers shows what it has applied.
 */
export async function isSettled(clients: Clients, regions: readonly Pick<WorldRegion, 'region'>[]): Promise<boolean> {
  // The origin first: what leaves the outbox after that is in the log before the edges are asked.
  const origin = await clients.originMetrics().catch(undefinedWhenUnanswered);
  if (origin === undefined || origin.outbox.pending > 0) return false;
  const asked = regions.flatMap(({ region }) => clients.edge(region).can.metrics ?? []);
  const edges = await Promise.all(asked.map((metrics) => metrics().catch(undefinedWhenUnanswered)));
  return edges.every((edge) => edge !== undefined && edge.log.lag === 0 && isInTouch(edge));
}

/** An edge that cannot hear the log does not know of what is under way, and its lag may be the one of before. */
export function isInTouch({ log: { connected, catchingUp } }: EdgeMetrics): boolean {
  return connected && !catchingUp;
}
