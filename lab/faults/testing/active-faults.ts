/**
 * Faults on a simulated world in virtual time, whose control a test may slow down or let fail; and what was told of
 * them.
 */

import { createRandom } from '../../../services/runtime/random.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { seedSetup } from '../../sim/testing/kit.ts';
import type { Clients } from '../../system/clients.ts';
import { startSimulated } from '../../worlds/simulated/simulated.ts';
import type { World, WorldControl } from '../../worlds/world.ts';
import { ActiveFaults, type FaultChange } from '../active-faults.ts';
import { brokenIn } from './trials/broken.ts';

export interface FaultBench {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly clients: Clients;
  readonly faults: ActiveFaults;
  readonly changes: readonly FaultChange[];
  /** What was told of each fault, as `f1 injecting unconfirmed`. */
  readonly told: () => readonly string[];
  /** What the world itself says is broken, past the faults. */
  readonly broken: () => Promise<readonly string[]>;
  readonly inject: (fault: string, target: string, parameters?: Readonly<Record<string, string>>) => ReturnType<ActiveFaults['inject']>;
}

export interface BenchOptions {
  /** Methods of the control in place of the world's own. */
  readonly control?: (own: WorldControl, clock: VirtualClock) => Partial<WorldControl>;
  readonly clients?: (own: Clients, clock: VirtualClock) => Partial<Clients>;
}

export async function withFaults(
  run: (bench: FaultBench) => Promise<void>,
  { control = () => ({}), clients: clientsOver = () => ({}) }: BenchOptions = {},
): Promise<void> {
  const { topology } = await seedSetup();
  const clock = new VirtualClock();
  await clock.runUntil(
    (async () => {
      const begun = await startSimulated({ topology, clock, random: createRandom(1) });
      const world = { ...begun, control: { ...begun.control, ...control(begun.control, clock) } };
      const own = world.openClients();
      const clients = Object.assign(own, clientsOver(own, clock));
      const changes: FaultChange[] = [];
      const t = () => clock.monotonicMs();
      const faults = new ActiveFaults({ world, clients, clock, random: createRandom(1), t, onChange: (change) => changes.push(change) });
      const inject: FaultBench['inject'] = (fault, target, parameters = {}) => faults.inject({ fault, target, parameters });
      const told = () => changes.map(({ spec, event, effect }) => `${spec.id} ${event} ${effect}`);
      await run({ clock, world, clients, faults, changes, told, inject, broken: () => brokenIn(begun) });
      await faults.end();
      await clients.close();
      await begun.close();
    })(),
  );
}
