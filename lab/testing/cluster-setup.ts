/**
 * Before the cluster tests: an engine and every image, or else they skip, visibly; with EDGESYNC_REQUIRE_DOCKER set that is an
 * error instead. It starts the servers that the tests of services share, and names the project of the cluster that the
 * tests of worlds share: the first of them to need it brings it up. Whatever carries their names is removed in the end.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { readTopology } from '../topology/topology.ts';
import { Engine } from '../worlds/docker/engine.ts';
import { fetchImages, missingImages, wantedImages } from '../worlds/docker/images.ts';
import { removeCluster } from '../worlds/docker/manage.ts';
import { startServers } from './test-servers.ts';

const COMPOSE = fileURLToPath(new URL('../../compose.yaml', import.meta.url));

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const topology = await readTopology({ file: COMPOSE, environment: process.env });
  const ready = await readyEngine(topology.compose);
  if (typeof ready === 'string') {
    if (process.env['EDGESYNC_REQUIRE_DOCKER']) throw new Error(`EDGESYNC_REQUIRE_DOCKER is set, but ${ready}`);
    process.stderr.write(`cluster tests are skipped: ${ready}\n`);
    project.provide('servers', undefined);
    project.provide('cluster', undefined);
    return async () => {};
  }
  const run = `edgesync-test-${randomUUID().slice(0, 8)}`;
  const state = await mkdtemp(join(tmpdir(), 'edgesync-test-'));
  const servers = await startServers(ready, topology.compose, run);
  const { close, ...addresses } = servers;
  project.provide('servers', addresses);
  project.provide('cluster', { project: run, state });
  return async () => {
    await removeCluster({ topology: { ...topology, project: run }, variables: { ...process.env, XDG_STATE_HOME: state } }, true);
    await close();
    await rm(state, { recursive: true, force: true });
  };
}

/** An engine with every image, or why there is none. What is built of this checkout is built; nothing is pulled. */
async function readyEngine(compose: Parameters<typeof wantedImages>[0]): Promise<Engine | string> {
  const engine = await Engine.connect(process.env).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof engine === 'string') return engine;
  const missing = await missingImages(engine, wantedImages(compose));
  const pulled = missing.filter(({ build }) => build === undefined);
  if (pulled.length > 0) return `images are not here: ${pulled.map(({ name }) => name).join(', ')}`;
  try {
    await fetchImages(engine, missing, () => {});
    return engine;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
