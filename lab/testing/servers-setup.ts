/** Before the tests of services with containers: the servers that they share. They are removed in the end. */
import { randomUUID } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { readyEngine } from './test-engine.ts';
import { startServers } from './test-servers.ts';

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const ready = await readyEngine({ isBuilt: false });
  if (ready === undefined) {
    project.provide('servers', undefined);
    return async () => {};
  }
  const { close, ...addresses } = await startServers(ready.engine, ready.topology.compose, `edgesync-test-${randomUUID().slice(0, 8)}`);
  project.provide('servers', addresses);
  return close;
}
