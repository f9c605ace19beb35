/** Changes settings of the regions for good: one after the other in each region, so that the last asked for is the one that stays. */
import type { Clients } from '../clients.ts';
import { InvalidInput } from '../errors.ts';
import type { World } from '../worlds/world.ts';
import type { Judging } from './judging.ts';
import type { LabCommand } from './live-lab.ts';

export type Configure = Extract<LabCommand, { do: 'configure' }>;

export interface RegionSettingsOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly judging: Judging;
  /** ms since the start. */
  readonly t: () => number;
  /** Hears what was set, in a few words. */
  readonly onSet: (says: string) => void;
}

export class RegionSettings {
  readonly #options: RegionSettingsOptions;
  /** The last change asked for, by region. */
  readonly #changing = new Map<string, Promise<void>>();

  constructor(options: RegionSettingsOptions) {
    this.#options = options;
  }

  /** Throws InvalidInput for a region there is not. */
  change(command: Configure): Promise<void> {
    const before = this.#changing.get(command.region) ?? Promise.resolve();
    const done = before.catch(() => {}).then(() => this.#changeNow(command));
    this.#changing.set(command.region, done);
    return done;
  }

  async #changeNow({ do: _, region, ...change }: Configure): Promise<void> {
    const { world, clients, judging, t, onSet } = this.#options;
    const found = world.regions.find((known) => known.region === region);
    if (found === undefined) throw new InvalidInput(`expected a region, got ${region}`);
    const begunMs = t();
    await clients.configureEdge({ url: found.url, token: world.adminToken }, change);
    const { propagationDelayMs, strategy } = change;
    if (propagationDelayMs !== undefined) judging.delayChanged(region, begunMs, propagationDelayMs);
    const delay = propagationDelayMs === undefined ? [] : [`delay ${propagationDelayMs} ms`];
    onSet(`${region}: ${[...delay, ...(strategy === undefined ? [] : [strategy])].join(', ')}`);
  }
}
