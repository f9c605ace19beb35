/** A world for a command that plays in it by itself, with clients of its own: each is closed again by the releasers. */
import type { Clients } from '../../lab/system/clients.ts';
import type { StartStep, World } from '../../lab/worlds/world.ts';
import type { Releasers } from '../../services/runtime/releasers.ts';
import type { Session } from '../session.ts';
import { readWorldTopology, resolveBackend, startWorld, type WorldOptions } from './world-options.ts';

export interface OpenWorld {
  readonly world: World;
  readonly clients: Clients;
}

export interface OpenWorldOptions {
  readonly options: WorldOptions;
  readonly session: Session;
  readonly releasers: Releasers;
}

export async function openWorld({ options, session, releasers }: OpenWorldOptions): Promise<OpenWorld> {
  const { environment, output, signal } = session;
  const topology = await readWorldTopology(options, environment);
  const onStep = ({ step, elapsedMs }: StartStep) => output.note(`${step} (${elapsedMs} ms)`);
  const backend = await resolveBackend({ options, topology, environment, note: output.note });
  const world = await startWorld({ options, backend, topology, environment, onStep, signal, onLogLine: output.log });
  releasers.push(() => world.close());
  const clients = world.openClients();
  releasers.push(() => clients.close());
  return { world, clients };
}
