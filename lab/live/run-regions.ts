/** The delays and strategies of a run in a world that goes on after it: set for as long as it lasts, then as they were. */
import type { Releasers } from '../../services/runtime/releasers.ts';
import type { Clients } from '../clients.ts';
import { WorldFailed } from '../errors.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { World, WorldRegion } from '../worlds/world.ts';

type Overrides = Scenario['system']['regions'];

export interface SetForRunOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly overrides: Overrides;
  /** Puts back what was there. */
  readonly releasers: Releasers;
  readonly onDelay: (region: string, delayMs: number) => void;
}

/** A run begins as the world began, with what its scenario overrides: what somebody set meanwhile comes back after it. */
export function setForRun(options: SetForRunOptions): Promise<readonly WorldRegion[]> {
  return Promise.all(options.world.regions.map((region) => setOne(region, options)));
}

async function setOne(begun: WorldRegion, { world, clients, overrides, releasers, onDelay }: SetForRunOptions): Promise<WorldRegion> {
  const { region, url } = begun;
  const wanted = { ...begun, ...overriding(overrides[region]) };
  if (world.adminToken === '') {
    if (wanted.delayMs === begun.delayMs && wanted.strategy === begun.strategy) return wanted;
    throw new WorldFailed(`${region} runs without ADMIN_TOKEN: its settings cannot be changed for the run`);
  }
  const admin = { url, token: world.adminToken };
  const old = await clients.edgeConfig(admin);
  if (old.propagationDelayMs === wanted.delayMs && old.strategy === wanted.strategy) return wanted;
  const id = `run-${region}`;
  await world.journal.write({ id, says: `edge:${region} is set for a run`, undo: { do: 'configure', region, change: old } });
  releasers.push(async () => {
    await clients.configureEdge(admin, old);
    onDelay(region, old.propagationDelayMs);
    await world.journal.strike(id);
  });
  await clients.configureEdge(admin, { propagationDelayMs: wanted.delayMs, strategy: wanted.strategy });
  onDelay(region, wanted.delayMs);
  return wanted;
}

function overriding(override: Overrides[string] = {}): Partial<Pick<WorldRegion, 'delayMs' | 'strategy'>> {
  const { delay, strategy } = override;
  return { ...(delay === undefined ? {} : { delayMs: delay }), ...(strategy === undefined ? {} : { strategy }) };
}
