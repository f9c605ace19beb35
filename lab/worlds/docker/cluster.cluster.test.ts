/**
 * The life of a cluster: brought up whole or not at all, attached to, kept apart from others, and gone without a trace.
 */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type { TestCluster } from '../../../vitest-context.d.ts';
import { need } from '../../system/edges/edge.ts';
import { readTopology } from '../../topology/topology.ts';
import { COMPOSE, startDockerWorld, startSharedWorld, variablesOf } from '../testing/docker-kit.ts';
import { untilSettled } from '../testing/embedded-kit.ts';
import { plainServices } from './container-spec.ts';
import { Engine } from './engine.ts';
import { clusterStatus, removeCluster } from './manage.ts';

const run = promisify(execFile);
const provided = inject('cluster');
const cluster: TestCluster = provided ?? { project: '', state: '' };
/** Fixed ones, other than those that a cluster takes by default: one may be running here. */
const PORTS = {
  ORIGIN_PORT: '19400',
  EDGE_US_EAST_PORT: '19401',
  EDGE_EU_WEST_PORT: '19402',
  EDGE_AP_SOUTH_PORT: '19403',
  TOXIPROXY_PORT: '19404',
};
const SETTLED_MS_MAX = 60_000;
const HEALTHY_MS_MAX = 60_000;

/** Whatever of that project the engine knows. */
async function found(project: string): Promise<readonly string[]> {
  const filter = ['--filter', `label=com.docker.compose.project=${project}`, '--quiet'];
  const listed = await Promise.all([
    run('docker', ['ps', '--all', ...filter]),
    run('docker', ['network', 'ls', ...filter]),
    run('docker', ['volume', 'ls', ...filter]),
  ]);
  return listed.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean));
}

async function anonymousVolumes(): Promise<number> {
  const { stdout } = await run('docker', ['ps', '--all', '--filter', `label=edgesync-lab.project`, '--quiet']);
  const ids = stdout.split('\n').filter(Boolean);
  const mounted = await run('docker', ['inspect', '--format', '{{range .Mounts}}{{.Name}} {{end}}', ...ids]);
  return mounted.stdout.split(/\s+/).filter(Boolean).length;
}

async function statusOf(suffix: string) {
  const topology = await readTopology({ file: COMPOSE, environment: process.env, project: `${cluster.project}${suffix}` });
  return clusterStatus({ topology, variables: variablesOf(cluster) });
}

async function until(holds: () => Promise<boolean>, withinMs: number, what: string): Promise<void> {
  const begunMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - begunMs > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe.skipIf(provided === undefined)('a cluster', () => {
  afterAll(async () => {
    for (const suffix of ['-two', '-broken', '-stopped', '-busy']) {
      const topology = await readTopology({ file: COMPOSE, environment: process.env, project: `${cluster.project}${suffix}` });
      await removeCluster({ topology, variables: variablesOf(cluster) }, true);
    }
  });

  it('is up with every service, healthy to the engine as well, on loopback only', async () => {
    const { world, close } = await startSharedWorld(cluster);
    await until(async () => (await statusOf('')).services.every(({ health }) => health === 'healthy'), HEALTHY_MS_MAX, 'healthy');
    const status = await statusOf('');
    const { compose } = await readTopology({ file: COMPOSE, environment: {} });
    expect(status.services.map(({ service }) => service)).toEqual(plainServices(compose));
    expect(status).toMatchObject({ madeBy: 'lab', faults: [], heldBy: process.pid });
    const { stdout } = await run('docker', [
      'ps',
      '--filter',
      `label=com.docker.compose.project=${cluster.project}`,
      '--format',
      '{{.Ports}}',
    ]);
    const published = stdout.split(/[\n,]/).filter((port) => port.includes('->'));
    expect(published).toHaveLength(1 + 1 + world.regions.length);
    expect(published.filter((port) => !port.trim().startsWith('127.0.0.1:'))).toEqual([]);
    await close();
  });

  it('that was there is attached to, with its token and its data, and left alone by close', async () => {
    const first = await startSharedWorld(cluster);
    const written = await first.clients.create({ slug: `attached-${Date.now()}`, title: 't', body: 'b', tags: [] });
    await first.close();
    const steps: string[] = [];
    const second = await startDockerWorld({ cluster, onStep: ({ step }) => steps.push(step) });
    expect(steps).toEqual([]);
    expect(second.world.wasThere).toBe(true);
    expect(await need(second.clients.edge('us-east'), 'settings').read()).toMatchObject({ propagationDelayMs: 100 });
    await second.world.close();
    await second.close();
    expect((await statusOf('')).services.filter(({ state }) => state !== 'running')).toEqual([]);
    const third = await startSharedWorld(cluster);
    expect(await third.clients.originVersion(written.id)).toEqual({ version: 1, deleted: false });
    await third.close();
  });

  it('answers on the published port of an edge that is off the mesh, and takes it back with its address and aliases', async () => {
    const { world, clients, close } = await startSharedWorld(cluster);
    const engine = await Engine.connect(process.env);
    const edge = async () => (await engine.containers(cluster.project)).find(({ service }) => service === 'edge-eu-west');
    const before = await edge();
    expect(before?.networks.get(`${cluster.project}_mesh`)?.aliases).toContain('edge-eu-west');
    await world.control.isolate('f1', 'edge:eu-west');
    expect([...((await edge())?.networks.keys() ?? [])]).toEqual([`${cluster.project}_front`]);
    expect(await world.control.probe({ caller: 'edge:eu-west', callee: 'origin' })).toMatchObject({ answered: false });
    expect(await need(clients.edge('eu-west'), 'metrics')()).toMatchObject({ success: true });
    await world.control.repair('f1');
    expect((await edge())?.networks).toEqual(before?.networks);
    expect(await world.control.probe({ caller: 'edge:eu-west', callee: 'origin' })).toMatchObject({ answered: true });
    await close();
  });

  it('is held by one lab at a time: a second is told which', async () => {
    const { close } = await startSharedWorld(cluster);
    await expect(startSharedWorld(cluster)).rejects.toThrow(`another lab (pid ${process.pid}) has the project ${cluster.project}`);
    await close();
  });

  it('under another name lives beside the first, hears nothing of it, and leaves nothing when it is closed', async () => {
    const shared = await startSharedWorld(cluster);
    const volumesBefore = await anonymousVolumes();
    const two = await startDockerWorld({ cluster, suffix: '-two' });
    const content = await shared.clients.create({ slug: `only-in-one-${Date.now()}`, title: 't', body: 'b', tags: [] });
    await untilSettled(two, SETTLED_MS_MAX);
    expect((await two.clients.list()).map(({ slug }) => slug)).not.toContain(content.slug);
    await two.clients.update(1, { title: 'only in two' });
    await untilSettled(two, SETTLED_MS_MAX);
    const [first] = await shared.clients.list();
    expect(first?.title).not.toBe('only in two');
    expect(new Set([...shared.world.regions, ...two.world.regions].map(({ url }) => url)).size).toBe(6);
    await two.close();
    await two.world.close();
    expect(await found(`${cluster.project}-two`)).toEqual([]);
    expect(await anonymousVolumes()).toBe(volumesBefore);
    await untilSettled(shared, SETTLED_MS_MAX);
    await shared.close();
  });
});

describe.skipIf(provided === undefined)('a start', () => {
  it('names a port that is busy, and makes nothing', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const environment = { ...process.env, ...PORTS, EDGE_EU_WEST_PORT: String(port) };
    const started = startDockerWorld({ cluster, suffix: '-busy', freePorts: false, environment });
    await expect(started).rejects.toThrow(new RegExp(`port ${port} \\(edge-eu-west\\) is busy, held by .*--ports auto`));
    server.close();
    expect(await found(`${cluster.project}-busy`)).toEqual([]);
  });

  it('of a service that ends by itself says its last words, and leaves nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
    const file = join(folder, 'compose.yaml');
    const source = (await readFile(COMPOSE, 'utf8')).replace('./dist/service', '.').replace('CLUSTER_ID:', 'KAFKA_LISTENERS_TYPO:');
    await writeFile(file, source.replace('user: redis', 'user: nobody-of-that-name'));
    await expect(startDockerWorld({ cluster, suffix: '-broken', file })).rejects.toThrow(/nobody-of-that-name|redis-|kafka/);
    expect(await found(`${cluster.project}-broken`)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it.each(['networks made', 'links healthy'])('that is stopped after %s leaves nothing', async (last) => {
    const stop = new AbortController();
    const onStep = ({ step }: { readonly step: string }) => void (step === last && stop.abort(new Error('stopped by the test')));
    const started = startDockerWorld({ cluster, suffix: '-stopped', onStep, signal: stop.signal });
    await expect(started).rejects.toThrow('stopped by the test');
    expect(await found(`${cluster.project}-stopped`)).toEqual([]);
  });
});

const hasCompose = await run('docker', ['compose', 'version']).then(
  () => true,
  () => false,
);

describe.skipIf(provided === undefined || !hasCompose)('the real Compose', () => {
  const project = `${cluster.project}-compose`;
  const compose = (...words: readonly string[]) =>
    run('docker', ['compose', '--project-name', project, ...words], { cwd: dirname(COMPOSE), env: { ...process.env, ...PORTS } });
  afterAll(() => compose('down', '--volumes'));

  it('sees our cluster as its own: ps, logs and down', async () => {
    const { close } = await startDockerWorld({ cluster, suffix: '-compose', keep: true });
    await close();
    const listed = await compose('ps', '--format', '{{.Service}}');
    const { compose: file } = await readTopology({ file: COMPOSE, environment: {} });
    expect(listed.stdout.split('\n').filter(Boolean).sort()).toEqual([...plainServices(file)].sort());
    expect((await compose('logs', 'edge-eu-west', '--no-color')).stdout).toMatch(/^edge-eu-west-1/m);
    await compose('down', '--volumes');
    expect(await found(project)).toEqual([]);
  });

  it('brings one up by itself, and the lab attaches to it, breaks it, mends it and leaves it', async () => {
    await compose('up', '--wait');
    const attached = await startDockerWorld({ cluster, suffix: '-compose' });
    expect(attached.world.wasThere).toBe(true);
    const link = { caller: 'edge:eu-west', callee: 'kafka' } as const;
    await attached.world.control.impair('f1', link, 'both', { kind: 'cut' });
    expect(await attached.world.control.probe(link)).toMatchObject({ answered: false });
    await attached.world.control.repair('f1');
    expect(await attached.world.control.probe(link)).toMatchObject({ answered: true });
    await attached.world.control.isolate('f2', 'edge:us-east');
    await attached.world.control.repair('f2');
    expect(await attached.world.control.probe({ caller: 'edge:us-east', callee: 'origin' })).toMatchObject({ answered: true });
    await attached.close();
    const topology = await readTopology({ file: COMPOSE, environment: process.env, project });
    await expect(removeCluster({ topology, variables: variablesOf(cluster) }, false)).rejects.toThrow(`docker compose -p ${project} down`);
    expect((await statusOf('-compose')).services.filter(({ state }) => state !== 'running')).toEqual([]);
  });
});
