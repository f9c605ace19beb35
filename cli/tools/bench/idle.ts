/**
 * What the lease's heartbeats cost a cluster that nobody reads or writes: processor time of the services of a Docker
 * world, one without a lease and one with it, in turn. Of each container it adds up what its processes have used
 * (proc_pid_stat(5)). Needs an engine and the images.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTopology } from '../../../lab/topology/topology.ts';
import { startDocker } from '../../../lab/worlds/docker/docker.ts';
import { Engine } from '../../../lab/worlds/docker/engine.ts';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { processorMsIn } from '../../../services/runtime/process-stat.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
const LEASES_MS = [0, 10_000] as const;
const SERVICES = ['origin', 'kafka', 'postgres', 'edge-us-east', 'redis-us-east'] as const;
/** Every service has joined, and compiled what it runs. */
const SETTLE_MS = 30_000;
const WATCHED_MS = 60_000;
const STATS = ['sh', '-c', 'cat /proc/[0-9]*/stat'] as const;
/** What asks is none of the service's. */
const ASKING = /^\d+ \((sh|cat)\)/;
interface Spent {
  /** By service, processor time since its start. */
  readonly ms: ReadonlyMap<string, number>;
  readonly atMs: number;
}

async function spent(engine: Engine, project: string): Promise<Spent> {
  const containers = await engine.containers(project);
  const ms = new Map<string, number>();
  for (const service of SERVICES) {
    const id = containers.find((container) => container.service === service)?.id ?? '';
    const { output } = await engine.execute(id, STATS);
    const processes = output.split('\n').filter((line) => line !== '' && !ASKING.test(line));
    ms.set(
      service,
      processes.reduce((sum, line) => sum + (processorMsIn(line) ?? Number.NaN), 0),
    );
  }
  return { ms, atMs: performance.now() };
}

async function measure(leaseMs: number): Promise<readonly number[]> {
  const state = await mkdtemp(join(tmpdir(), 'edgesync-bench-'));
  const variables = { ...process.env, XDG_STATE_HOME: state };
  const project = `edgesync-bench-${randomUUID().slice(0, 8)}`;
  const environment = { ...process.env, FRESHNESS_LEASE: String(leaseMs) };
  const topology = await readTopology({ file: COMPOSE, environment, freePorts: true, project });
  const world = await startDocker({ topology, variables, onStep: () => {} });
  try {
    const engine = await Engine.connect(variables);
    await sleep(systemClock, SETTLE_MS);
    const begun = await spent(engine, project);
    await sleep(systemClock, WATCHED_MS);
    const ended = await spent(engine, project);
    return SERVICES.map((service) => ((ended.ms.get(service) ?? 0) - (begun.ms.get(service) ?? 0)) / (ended.atMs - begun.atMs));
  } finally {
    await world.close();
    await rm(state, { recursive: true, force: true });
  }
}

export async function idle(line: (text: string) => void): Promise<void> {
  line(`| lease | ${SERVICES.join(' | ')} |`);
  line(`| ---: |${SERVICES.map(() => ' ---: |').join('')}`);
  for (const leaseMs of LEASES_MS) {
    const shares = await measure(leaseMs);
    const cells = shares.map((share) => `${(100 * share).toFixed(2)} %`);
    line(`| ${leaseMs === 0 ? 'none' : `${leaseMs / 1000} s`} | ${cells.join(' | ')} |`);
  }
}
