/** A cluster that was there before runs with its own delays and strategies: what this world asks for is set for as long as it lasts. */

import { strategy } from '../../../services/protocol/invalidation.ts';
import type { Releasers } from '../../../services/runtime/releasers.ts';
import type { Clients } from '../../clients.ts';
import { WorldFailed } from '../../errors.ts';
import type { Topology } from '../../topology.ts';
import type { World, WorldRegion } from '../world.ts';

export interface SetRegionsOptions {
  readonly world: World;
  readonly topology: Topology;
  /** Puts the old values back. */
  readonly releasers: Releasers;
}

export async function setRegions({ world, topology, releasers }: SetRegionsOptions): Promise<readonly WorldRegion[]> {
  const clients = world.openClients();
  releasers.push(() => clients.close());
  return Promise.all(
    world.regions.map(async (region) => {
      const environment = topology.regions.find((one) => one.region === region.region)?.environment ?? {};
      const delayMs = Number(environment['PROPAGATION_DELAY'] ?? region.delayMs);
      const wanted = { ...region, delayMs, strategy: strategy.parse(environment['INVALIDATION_STRATEGY'] ?? region.strategy) };
      if (wanted.delayMs === region.delayMs && wanted.strategy === region.strategy) return region;
      await setRegion({ world, releasers }, clients, wanted);
      return wanted;
    }),
  );
}

async function setRegion(
  { world: { adminToken, journal }, releasers }: Pick<SetRegionsOptions, 'world' | 'releasers'>,
  clients: Clients,
  { region, url, delayMs, strategy }: WorldRegion,
): Promise<void> {
  if (adminToken === '')
    throw new WorldFailed(`${region} runs with other settings and without ADMIN_TOKEN: they cannot be changed. Stop the cluster first`);
  const admin = { url, token: adminToken };
  const old = await clients.edgeConfig(admin);
  const id = `system-${region}`;
  await journal.write({ id, says: `edge:${region} is set for a run`, undo: { do: 'configure', region, change: old } });
  releasers.push(async () => {
    await clients.configureEdge(admin, old);
    await journal.strike(id);
  });
  await clients.configureEdge(admin, { propagationDelayMs: delayMs, strategy });
}
