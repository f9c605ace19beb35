/** An edge that starts again has what its region is wanted to have, from its first moment on: in virtual time. */

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../services/runtime/random.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { ActiveFaults } from '../../faults/active-faults.ts';
import type { Clients } from '../../system/clients.ts';
import { type EdgeUnderTest, need } from '../../system/edges/edge.ts';
import { readTopology } from '../../topology/topology.ts';
import type { World } from '../world.ts';
import { startSimulated } from './simulated.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
/** 100 ms and eager in compose.yaml. */
const EDGE = 'edge:us-east';

interface Simulated {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly clients: Clients;
  readonly faults: ActiveFaults;
  readonly edge: EdgeUnderTest;
}

async function inVirtualTime(run: (simulated: Simulated) => Promise<void>): Promise<void> {
  const clock = new VirtualClock();
  const topology = await readTopology({ file: COMPOSE, environment: {} });
  await clock.runUntil(
    (async () => {
      const world = await startSimulated({ topology, clock, random: createRandom(1) });
      const clients = world.openClients();
      const t = () => clock.monotonicMs();
      const faults = new ActiveFaults({ world, clients, clock, random: createRandom(1), t, onChange: () => {} });
      await run({ clock, world, clients, faults, edge: clients.edge('us-east') });
      expect(await faults.healAll()).toEqual([]);
      await world.close();
    })(),
  );
}

function wait({ clock }: Simulated, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimer(ms, resolve));
}

describe('an edge that is restarted', () => {
  it('is still under every fault that is listed, and has its own settings back after them', () =>
    inVirtualTime(async ({ faults, edge }) => {
      await faults.inject({ fault: 'propagation-delay', target: EDGE, parameters: { delay: '5s' } });
      await faults.inject({ fault: 'strategy', target: EDGE, parameters: { strategy: 'lazy' } });
      await faults.inject({ fault: 'restart', target: EDGE, parameters: {} });
      expect(faults.inForce).toHaveLength(2);
      expect(await need(edge, 'settings').read()).toEqual({ propagationDelayMs: 5_000, strategy: 'lazy', freshnessLeaseMs: 10_000 });
      await faults.healAll();
      expect(await need(edge, 'settings').read()).toEqual({ propagationDelayMs: 100, strategy: 'eager', freshnessLeaseMs: 10_000 });
    }));

  it('applies nothing by the delay of its configuration on its way up', () =>
    inVirtualTime(async (simulated) => {
      const { faults, clients, edge } = simulated;
      const { id } = await clients.create({ slug: 'lab-settings', title: 't', body: 'b', tags: [] });
      await edge.read(id);
      await faults.inject({ fault: 'propagation-delay', target: EDGE, parameters: { delay: '60s' } });
      await clients.update(id, { body: 'new' });
      await faults.inject({ fault: 'restart', target: EDGE, parameters: {} });
      await wait(simulated, 10_000);
      expect((await need(edge, 'metrics')()).log.queued).toBeGreaterThan(0);
      expect(await edge.read(id)).toMatchObject({ version: 1, source: 'cache' });
      await faults.healAll();
      await wait(simulated, 1_000);
      expect(await edge.read(id)).toMatchObject({ version: 2 });
    }));

  it('that is killed may lose a fault, and take one, before it is back', () =>
    inVirtualTime(async ({ faults, edge }) => {
      const [delayed] = await faults.inject({ fault: 'propagation-delay', target: EDGE, parameters: { delay: '5s' } });
      const [killed] = await faults.inject({ fault: 'kill', target: EDGE, parameters: {} });
      await faults.heal(delayed?.spec.id ?? '');
      expect(faults.inForce.map(({ spec }) => spec.fault)).toEqual(['kill']);
      await faults.inject({ fault: 'strategy', target: EDGE, parameters: { strategy: 'lazy' } });
      await faults.heal(killed?.spec.id ?? '');
      expect(await need(edge, 'settings').read()).toEqual({ propagationDelayMs: 100, strategy: 'lazy', freshnessLeaseMs: 10_000 });
    }));
});
