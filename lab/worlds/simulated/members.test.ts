/** Two edges of a region on one cache, in virtual time: each is a node of its own. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../services/runtime/random.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { ActiveFaults } from '../../faults/active-faults.ts';
import type { Clients } from '../../system/clients.ts';
import { need } from '../../system/edges/edge.ts';
import { readTopology, withSystem } from '../../topology/topology.ts';
import { startSimulated } from './simulated.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
const SECOND = 'edge:eu-west/2';

interface TwoEdges {
  readonly clients: Clients;
  readonly faults: ActiveFaults;
  readonly wait: (ms: number) => Promise<void>;
  /** A content that both have read. */
  readonly id: number;
}

async function withTwoEdges(run: (two: TwoEdges) => Promise<void>): Promise<void> {
  const clock = new VirtualClock();
  const topology = withSystem(await readTopology({ file: COMPOSE, environment: {} }), { 'eu-west': { members: 2, strategy: 'eager' } });
  await clock.runUntil(
    (async () => {
      const world = await startSimulated({ topology, clock, random: createRandom(1) });
      const clients = world.openClients();
      const t = () => clock.monotonicMs();
      const faults = new ActiveFaults({ world, clients, clock, random: createRandom(1), t, onChange: () => {} });
      const wait = (ms: number) => new Promise<void>((resolve) => void clock.setTimer(ms, resolve));
      const { id } = await clients.create({ slug: 'lab-members', title: 't', body: 'b', tags: [] });
      await wait(1_000);
      await clients.edge('eu-west').read(id);
      await run({ clients, faults, wait, id });
      expect(await faults.healAll()).toEqual([]);
      await world.close();
    })(),
  );
}

describe('two edges of a region', () => {
  it('answer from one cache', () =>
    withTwoEdges(async ({ clients, id }) => {
      const { members = [] } = clients.edge('eu-west');
      expect(members.length).toBe(2);
      for (const member of members) expect(await member.read(id)).toMatchObject({ version: 1, source: 'cache', status: 'fresh' });
    }));

  it('bring what is invalidated into it, also while one of them is cut off from the log, paused or dead', () =>
    withTwoEdges(async ({ clients, faults, wait, id }) => {
      for (const fault of [
        { fault: 'partition', target: `${SECOND}<->kafka` },
        { fault: 'pause', target: SECOND },
        { fault: 'kill', target: SECOND },
      ]) {
        const [broken] = await faults.inject({ ...fault, parameters: {} });
        const { version } = await clients.update(id, { body: fault.fault });
        await wait(1_000);
        const [first] = clients.edge('eu-west').members ?? [];
        expect(await first?.read(id), fault.fault).toMatchObject({ version, status: 'fresh' });
        await faults.heal(broken?.spec.id ?? '');
      }
    }));

  it('one that is cut off answers what the other has brought', () =>
    withTwoEdges(async ({ clients, faults, wait, id }) => {
      await faults.inject({ fault: 'partition', target: `${SECOND}<->kafka`, parameters: {} });
      const { version } = await clients.update(id, { body: 'new' });
      await wait(1_000);
      const [, second] = clients.edge('eu-west').members ?? [];
      expect(await second?.read(id)).toMatchObject({ version });
    }));

  it.each(['edge:eu-west', SECOND])(
    '%s, cut off, tells of the lease what its answers say: the other brings the heartbeats for both',
    (edge) =>
      withTwoEdges(async ({ clients, faults, wait, id }) => {
        await faults.inject({ fault: 'partition', target: `${edge}<->kafka`, parameters: {} });
        await wait(30_000);
        for (const member of clients.edge('eu-west').members ?? []) {
          expect(await member.read(id)).toMatchObject({ status: 'fresh', source: 'cache' });
          const { lease, versions } = await need(member, 'metrics')();
          expect(lease?.evidenceMs).toBeLessThan(5_000);
          expect(versions.find(({ key }) => key === `content:${id}`)).toMatchObject({ state: 'fresh' });
        }
      }),
  );

  it('have the settings of their region, also after a restart of one', () =>
    withTwoEdges(async ({ clients, faults }) => {
      await faults.inject({ fault: 'propagation-delay', target: 'edge:eu-west', parameters: { delay: '5s' } });
      await faults.inject({ fault: 'restart', target: SECOND, parameters: {} });
      for (const member of clients.edge('eu-west').members ?? [])
        expect(await need(member, 'settings').read()).toMatchObject({ propagationDelayMs: 5_000 });
    }));
});
