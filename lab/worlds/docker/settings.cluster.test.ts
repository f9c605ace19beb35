/**
 * The settings of an attached cluster: an edge that ends and starts again has what is wanted, and the journal leads
 * back.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import type { TestCluster } from '../../../vitest-context.d.ts';
import { ActiveFaults } from '../../faults/active-faults.ts';
import { Journal, stateFolder } from '../../journal/journal.ts';
import { need } from '../../system/edges/edge.ts';
import { type DockerTestWorld, startSharedWorld, variablesOf } from '../testing/docker-kit.ts';

const run = promisify(execFile);
const provided = inject('cluster');
const cluster: TestCluster = provided ?? { project: '', state: '' };
/** 100 ms and eager in compose.yaml. */
const EDGE = 'edge:us-east';
/** Nobody changes it here. */
const LEASE = { freshnessLeaseMs: 10_000 } as const;
const WANTED = { propagationDelayMs: 1_200, strategy: 'lazy' } as const;

describe.skipIf(provided === undefined)('an edge of a cluster', () => {
  let test: DockerTestWorld;
  let faults: ActiveFaults;
  beforeAll(async () => {
    test = await startSharedWorld(cluster);
    const t = () => systemClock.monotonicMs();
    faults = new ActiveFaults({ ...test, clock: systemClock, random: createRandom(1), t, onChange: () => {} });
  });
  afterEach(async () => {
    expect(await faults.healAll()).toEqual([]);
  });
  afterAll(() => test?.close());

  const settings = () => test.world.settings.of('us-east');
  const edge = () => test.clients.edge('us-east');
  const journal = async () => (await Journal.open(stateFolder(cluster.project, variablesOf(cluster)))).entries;

  it('that is restarted has what a run wants and what a fault holds, each until its end, and the journal leads back', async () => {
    await settings().set('run', WANTED);
    const [delayed] = await faults.inject({ fault: 'propagation-delay', target: EDGE, parameters: { delay: '5s' } });
    await faults.inject({ fault: 'restart', target: EDGE, parameters: {} });
    expect(await need(edge(), 'settings').read()).toEqual({ propagationDelayMs: 5_000, strategy: 'lazy', ...LEASE });
    expect(await journal()).toMatchObject([
      {
        says: `${EDGE} is set for a run and under propagation-delay`,
        undo: { do: 'configure', change: { propagationDelayMs: 100, strategy: 'eager' } },
      },
    ]);
    await settings().remove('run');
    expect(await need(edge(), 'settings').read()).toEqual({ propagationDelayMs: 5_000, strategy: 'eager', ...LEASE });
    await faults.heal(delayed?.spec.id ?? '');
    expect(await need(edge(), 'settings').read()).toEqual({ propagationDelayMs: 100, strategy: 'eager', ...LEASE });
    expect(await journal()).toEqual([]);
  });

  it('that was found as somebody had set it is so again after a lab has killed and started it', async () => {
    await need(edge(), 'settings').change({ propagationDelayMs: 70 });
    await test.close();
    test = await startSharedWorld(cluster);
    await test.world.control.kill(EDGE);
    expect((await journal()).map(({ says }) => says)).toEqual([`${EDGE} is to keep what was set`, `${EDGE} is killed`]);
    await test.world.control.start(EDGE);
    expect(await need(edge(), 'settings').read()).toMatchObject({ propagationDelayMs: 70 });
    expect(await journal()).toEqual([]);
    await settings().set('person', { propagationDelayMs: 100 });
  });

  it('that somebody else restarted, unseen by the lab, is given what is wanted when its metrics are asked for', async () => {
    await settings().set('person', WANTED);
    const look = async () => {
      const saw = settings().look();
      saw(await need(edge(), 'metrics')());
    };
    await look();
    // The world takes it for lost then, as any end that nobody asked for; whoever goes on looking mends it all the
    // same.
    await run('docker', ['restart', '--time', '1', `${cluster.project}-edge-us-east-1`]);
    await expect.poll(() => look().then(() => settings().inForce), { timeout: 30_000, interval: 200 }).toEqual({ ...WANTED, ...LEASE });
    await expect.poll(() => need(edge(), 'settings').read(), { timeout: 10_000 }).toEqual({ ...WANTED, ...LEASE });
    await settings().set('person', { propagationDelayMs: 100, strategy: 'eager' });
  });
});
