/** An embedded world on free ports for one test file, and what tests ask of it. */

import { fileURLToPath } from 'node:url';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import type { Clients } from '../../system/clients.ts';
import type { EdgeRead } from '../../system/edges/edge.ts';
import { isSettled } from '../../system/settled.ts';
import { undefinedWhenUnanswered } from '../../system/transport.ts';
import { readTopology, type Topology } from '../../topology/topology.ts';
import { startEmbedded } from '../embedded/embedded.ts';
import type { World, WorldRegion } from '../world.ts';

export const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));

export interface TestWorld {
  readonly world: World;
  readonly clients: Clients;
  close(): Promise<void>;
}

/** `changed`: makes another topology of the one of compose.yaml. */
export async function startTestWorld(changed: (topology: Topology) => Topology = (topology) => topology): Promise<TestWorld> {
  const topology = changed(await readTopology({ file: COMPOSE, environment: {}, freePorts: true }));
  return withClients(await startEmbedded({ topology, onStep: () => {}, variables: process.env }));
}

/** Closed with its clients. */
export function withClients<Started extends World>(world: Started): TestWorld & { readonly world: Started } {
  const clients = world.openClients();
  return {
    world,
    clients,
    close: async () => {
      await clients.close();
      await world.close();
    },
  };
}

export interface TimedRead extends EdgeRead {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Reads one key again and again, with no pause, until `done` or the deadline; answers every read with its own times.
 * One that a busy machine did not answer in time has shown nothing.
 */
export async function readUntil(
  { clients, region, id }: { readonly clients: Clients; readonly region: WorldRegion; readonly id: number },
  done: (read: TimedRead) => boolean,
  deadlineMs: number,
): Promise<readonly TimedRead[]> {
  const reads: TimedRead[] = [];
  const begunAt = performance.now();
  while (performance.now() - begunAt < deadlineMs) {
    const startMs = performance.now();
    const answer = await clients.edge(region.region).read(id).catch(undefinedWhenUnanswered);
    if (answer === undefined) continue;
    const read = { ...answer, startMs, endMs: performance.now() };
    reads.push(read);
    if (done(read)) return reads;
  }
  throw new Error(`not there after ${deadlineMs} ms; last: ${JSON.stringify(reads.at(-1))}`);
}

const POLL_MS = 20;

/**
 * Until what was written before is applied everywhere: only then do the counters of an edge stand still. No answer is
 * no.
 */
export async function untilSettled({ clients, world }: TestWorld, deadlineMs: number): Promise<void> {
  const begunAt = performance.now();
  while (!(await isSettled(clients, world.regions).catch(() => false))) {
    if (performance.now() - begunAt > deadlineMs) throw new Error(`not everything is applied after ${deadlineMs} ms`);
    await sleep(systemClock, POLL_MS);
  }
}
