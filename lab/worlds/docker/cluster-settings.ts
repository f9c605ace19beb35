/**
 * The settings of a cluster: an edge starts as its container was made, and is told what is wanted as soon as it
 * answers. What it has when the lab comes is asked, for somebody may have set it; what an earlier lab left in force is
 * in the journal.
 */

import type { EdgeConfig } from '../../../services/protocol/edge-api.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Clients } from '../../system/clients.ts';
import type { EdgeUnderTest } from '../../system/edges/edge.ts';
import { WorldSettings } from '../settings.ts';
import { type BegunRegion, settingsTold } from '../settings-facts.ts';
import { settingsOfRegion } from '../settings-of-region.ts';
import { entryIdOf } from '../settings-undo.ts';
import type { WorldRegion } from '../world.ts';
import type { Cluster } from './cluster.ts';
import type { Engine } from './engine.ts';
import { Parts } from './nodes.ts';

export interface ClusterSettingsOptions {
  readonly clock: Clock;
  readonly engine: Engine;
  readonly journal: Journal;
  readonly cluster: Cluster;
  readonly clients: Clients;
  readonly regions: readonly WorldRegion[];
  /** Its edges have a token, without which nothing can be changed. */
  readonly mayChange: boolean;
}

/** One that is frozen does not answer at all. */
const ANSWER_MS_MAX = 1_000;

export async function clusterSettings(options: ClusterSettingsOptions): Promise<WorldSettings> {
  const { clock, engine, journal, cluster, clients, regions, mayChange } = options;
  return new WorldSettings({
    clock,
    journal,
    mayChange,
    edgeOf: (region) => clients.edge(region),
    isStopped: async (region) => {
      const ids = new Parts(cluster.containers).allSettingsOf(region).flatMap((service) => cluster.containers.get(service)?.id ?? []);
      const states = await Promise.all(ids.map(async (id) => (await engine.container(id))?.state));
      return states.includes('stopped');
    },
    regions: await Promise.all(regions.map((region) => asFound(region, options))),
  });
}

async function asFound(world: WorldRegion, { clock, clients, cluster, journal }: ClusterSettingsOptions): Promise<BegunRegion> {
  const [made, { region }] = [settingsOfRegion(world), world];
  const left = journal.entries.find(({ id }) => id === entryIdOf(region));
  return { region, made, left, startsAsMade: true, found: cluster.wasThere ? await asked(clients.edge(region), clock) : made };
}

/** Without a token, too: an edge says what it has to everybody. undefined: it does not answer, or does not say. */
async function asked({ can }: EdgeUnderTest, clock: Clock): Promise<EdgeConfig | undefined> {
  const overdue = new AbortController();
  const timer = clock.setTimer(ANSWER_MS_MAX, () => overdue.abort());
  const metrics = await can.metrics?.(overdue.signal).catch(() => undefined);
  timer.cancel();
  return metrics && settingsTold(metrics);
}
