/** Whether nothing is under way: the outbox is empty, and every region has applied what is in the log. */
import type { Clients } from './clients.ts';
import type { WorldRegion } from './worlds/world.ts';

export async function isSettled(clients: Clients, regions: readonly WorldRegion[]): Promise<boolean> {
  // The origin first: what leaves the outbox after that is in the log before the edges are asked.
  const origin = await clients.originMetrics();
  if (origin.outbox.pending > 0) return false;
  const edges = await Promise.all(regions.map(({ url }) => clients.edgeMetrics(url)));
  return edges.every(({ log }) => log.lag === 0 && !log.catchingUp);
}
