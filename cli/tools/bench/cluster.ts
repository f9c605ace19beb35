/**
 * The docker world in figures: up and down, the burst, and how soon it is whole again after real outages. Needs an
 * engine and the images.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorldFailed } from '../../../lab/errors.ts';
import { ActiveFaults } from '../../../lab/faults/active-faults.ts';
import { readTopology } from '../../../lab/topology/topology.ts';
import { startDocker } from '../../../lab/worlds/docker/docker.ts';
import { clusterStatus } from '../../../lab/worlds/docker/manage.ts';
import type { TestWorld } from '../../../lab/worlds/testing/embedded-kit.ts';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { writesToManyKeys } from './burst.ts';
import type { Figure } from './figure.ts';
import { type HealCase, measureHeal } from './heal.ts';
import { readsWithoutCache } from './reads.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
const KEYS = 20;
const BURST_ALLOWANCE_MS = 400;
const HEALTHY_MS_MAX = 120_000;
const POLL_MS = 100;

const CASES: readonly HealCase[] = [
  { fault: 'partition', target: 'edge:eu-west<->kafka', forMs: 15_000, promised: '3 s' },
  { fault: 'partition', target: 'edge:eu-west->kafka', forMs: 15_000, promised: '3 s' },
  { fault: 'partition', target: 'kafka->edge:eu-west', forMs: 15_000, promised: '3 s' },
  { fault: 'isolate', target: 'edge:eu-west', forMs: 15_000, promised: '(none)' },
  { fault: 'kill', target: 'kafka', forMs: 30_000, promised: '(none)' },
  { fault: 'kill', target: 'edge:ap-south', forMs: 4_000, promised: '(none)' },
  { fault: 'kill', target: 'origin', forMs: 4_000, promised: '(none)' },
  { fault: 'pause', target: 'redis:eu-west', forMs: 4_000, promised: '(none)' },
  { fault: 'kill', target: 'redis:eu-west', forMs: 4_000, promised: '(none)' },
];

function since(begunMs: number): string {
  return `${((performance.now() - begunMs) / 1000).toFixed(1)} s`;
}

export async function cluster(): Promise<readonly Figure[]> {
  const state = await mkdtemp(join(tmpdir(), 'edgesync-bench-'));
  const variables = { ...process.env, XDG_STATE_HOME: state };
  const project = `edgesync-bench-${randomUUID().slice(0, 8)}`;
  const topology = await readTopology({ file: COMPOSE, environment: process.env, freePorts: true, project });
  const begunMs = performance.now();
  const world = await startDocker({ topology, variables, onStep: () => {} }).catch((error: unknown) => {
    if (error instanceof WorldFailed) return error;
    throw error;
  });
  if (world instanceof WorldFailed) return [{ what: `not measured: ${world.message}`, measured: '-', promised: '25 s' }];
  const clients = world.openClients();
  try {
    const ready = since(begunMs);
    const isHealthy = async () => (await clusterStatus({ topology, variables })).services.every(({ health }) => health === 'healthy');
    while (!(await isHealthy()) && performance.now() - begunMs < HEALTHY_MS_MAX) await sleep(systemClock, POLL_MS);
    const figures: Figure[] = [
      { what: 'images present to every service ready', measured: ready, promised: '25 s' },
      { what: 'images present to every service healthy to the engine', measured: since(begunMs), promised: '25 s' },
    ];
    const test = { world, clients, close: async () => {} };
    figures.push(...(await writesToManyKeys(test, BURST_ALLOWANCE_MS)), ...(await outages(test)));
    const downMs = performance.now();
    await world.close();
    return [...figures, { what: 'everything removed', measured: since(downMs), promised: '(none)' }];
  } finally {
    await clients.close();
    await world.close();
    await rm(state, { recursive: true, force: true });
  }
}

async function outages(test: TestWorld): Promise<readonly Figure[]> {
  const t = () => systemClock.monotonicMs();
  const faults = new ActiveFaults({ ...test, clock: systemClock, random: createRandom(1), t, onChange: () => {} });
  const drafts = Array.from({ length: KEYS }, (_, at) => ({ slug: `outage-${at}`, title: 't', body: 'b', tags: [] }));
  const ids = await Promise.all(drafts.map(async (draft) => (await test.clients.create(draft)).id));
  const figures: Figure[] = [];
  for (const one of CASES) figures.push(await measureHeal(test, faults, ids, one));
  return [...figures, ...(await readsWithoutCache(test, faults, ids))];
}
