/**
 * Before the tests of worlds with containers: the name of the cluster that they share. The first of them to need it
 * brings it up. Whatever carries its name is removed in the end.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removeCluster } from '../worlds/docker/manage.ts';
import { readyEngine } from './test-engine.ts';

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const ready = await readyEngine({ isBuilt: true });
  if (ready === undefined) {
    project.provide('cluster', undefined);
    return async () => {};
  }
  const run = `edgesync-test-${randomUUID().slice(0, 8)}`;
  const state = await mkdtemp(join(tmpdir(), 'edgesync-test-'));
  project.provide('cluster', { project: run, state });
  return async () => {
    await removeCluster({ topology: { ...ready.topology, project: run }, variables: { ...process.env, XDG_STATE_HOME: state } }, true);
    await rm(state, { recursive: true, force: true });
  };
}
