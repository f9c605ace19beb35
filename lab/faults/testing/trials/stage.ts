/** Where a trial takes place: a world of one kind, its clock, and how to look at it when everybody has left. */

import { type Clock, systemClock } from '../../../../services/runtime/clock.ts';
import { createRandom } from '../../../../services/runtime/random.ts';
import { VirtualClock } from '../../../../services/runtime/virtual-clock.ts';
import type { Topology } from '../../../topology/topology.ts';
import { startEmbedded } from '../../../worlds/embedded/embedded.ts';
import { startSimulated } from '../../../worlds/simulated/simulated.ts';
import type { World } from '../../../worlds/world.ts';
import type { Backend } from '../../../worlds/worlds.ts';
import { brokenIn, changedIn } from './broken.ts';
import { type Temper, type Unsteady, unsteady } from './unsteady.ts';

export interface Stage {
  readonly backend: Backend;
  readonly clock: Clock;
  /** Lets the time of a trial pass. */
  readonly drive: <T>(trial: Promise<T>) => Promise<T>;
  readonly startWorld: () => Promise<World>;
  /** What is broken after the world was closed. Left out: it ended with it, and is looked at just before. */
  readonly brokenAfter?: () => Promise<readonly string[]>;
}

export function simulatedStage(topology: Pick<Topology, 'origin' | 'regions'>, seed: number): Stage {
  const clock = new VirtualClock();
  return {
    backend: 'simulated',
    clock,
    drive: (trial) => clock.runUntil(trial),
    startWorld: () => startSimulated({ topology, clock, random: createRandom(seed).fork('world') }),
  };
}

/** `readFreePorts`: a topology with ports of its own. */
export function embeddedStage(readFreePorts: () => Promise<Topology>): Stage {
  return {
    backend: 'embedded',
    clock: systemClock,
    drive: (trial) => trial,
    startWorld: async () => startEmbedded({ topology: await readFreePorts(), onStep: () => {}, logLevel: 'silent' }),
  };
}

/** A world as a trial has it. */
export interface Staged extends Unsteady {
  /** What was found broken at the end; undefined while it goes on. */
  readonly broken: () => readonly string[] | undefined;
}

export async function startUnsteady(stage: Stage, seed: number, temper: Temper): Promise<Staged> {
  const begun = await stage.startWorld();
  const made = unsteady(begun, { clock: stage.clock, random: createRandom(seed).fork('acts'), temper });
  let broken: readonly string[] | undefined;
  const close = async () => {
    if (broken !== undefined) return;
    broken = stage.brokenAfter === undefined ? await lookAt(begun) : [];
    await begun.close();
    broken = (await stage.brokenAfter?.()) ?? broken;
  };
  return { ...made, world: { ...made.world, close }, broken: () => broken };
}

async function lookAt(world: World): Promise<readonly string[]> {
  const clients = world.openClients();
  try {
    return [...(await brokenIn(world)), ...(await changedIn(world, clients))];
  } finally {
    await clients.close();
  }
}
