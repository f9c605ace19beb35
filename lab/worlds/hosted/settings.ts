/** The settings of a hosted world: an edge starts with what is wanted, and one that runs is told by its own route. */
import type { Clock } from '../../../services/runtime/clock.ts';
import { NO_JOURNAL } from '../../journal/journal.ts';
import type { Clients } from '../../system/clients.ts';
import { nodeName } from '../../system/parts.ts';
import { WorldSettings } from '../settings.ts';
import { settingsOfRegion } from '../settings-of-region.ts';
import type { NodeStatus, WorldRegion } from '../world.ts';
import type { Ask } from './control.ts';

export interface HostedSettingsOptions {
  readonly clock: Clock;
  readonly ask: Ask;
  readonly clients: Clients;
  readonly regions: readonly WorldRegion[];
}

export function hostedSettings({ clock, ask, clients, regions }: HostedSettingsOptions): WorldSettings {
  return new WorldSettings({
    clock,
    // What is set here ends with the lab.
    journal: NO_JOURNAL,
    mayChange: true,
    edgeOf: (region) => clients.edge(region),
    isStopped: async (region) => ((await ask({ do: 'inspect', node: nodeName('edge', region) })) as NodeStatus).state === 'stopped',
    regions: regions.map((world) => {
      const [made, { region }] = [settingsOfRegion(world), world];
      return { region, made, found: made, startsAsMade: false };
    }),
  });
}
