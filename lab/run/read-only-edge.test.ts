/**
 * A cache that can be read and nothing else, in every region: what is refused by name, what is left out, and what is
 * done by reading.
 */
import { describe, expect, it } from 'vitest';
import { sleep } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import { EXIT, InvalidInput } from '../errors.ts';
import { withFaults } from '../faults/testing/active-faults.ts';
import { History } from '../history/history.ts';
import { Observer } from '../live/observer.ts';
import type { Observation } from '../live/protocol.ts';
import type { LabEvent } from '../report/events.ts';
import { parseScenario } from '../scenarios/scenario.ts';
import { LogWatch } from '../session/log-watch.ts';
import { ServiceLooks } from '../session/service-looks.ts';
import { Session } from '../session/session.ts';
import { seedSetup } from '../sim/testing/kit.ts';
import type { Clients } from '../system/clients.ts';
import { type EdgeUnderTest, need, whyUnable } from '../system/edges/edge.ts';
import { ownEdge } from '../system/edges/own.ts';
import { isSettled } from '../system/settled.ts';
import { traceWrite } from '../trace/trace.ts';
import { startSimulated } from '../worlds/simulated/simulated.ts';
import { MetricsPoller } from './metrics-poller.ts';
import { runWithHistory } from './run.ts';

/** Over the edge that is really there. It does not tell when it asked the origin, either. */
function readOnly({ region, bounds, read }: EdgeUnderTest): EdgeUnderTest {
  return { region, bounds, read: async (id, signal) => ({ ...(await read(id, signal)), cachedAt: undefined }), can: {} };
}

function edgesThatOnlyRead(own: Clients): Pick<Clients, 'edge'> {
  const edge = own.edge.bind(own);
  return { edge: (region) => readOnly(edge(region)) };
}

const SCENARIO = (method: string) => `
version: 1
title: Of a cache that can be read
workload: { duration: 5s, reads: 20/s, writes: 4/s, keys: 5, purges: 40% }
method: [${method}]
checks: [divergence, purge-ignored, refill-storm]
`;

async function run(method: string) {
  const { topology } = await seedSetup();
  const clock = new VirtualClock();
  const events: LabEvent[] = [];
  const startWorld = async () => {
    const world = await startSimulated({ topology, clock, random: createRandom(1) });
    const openClients = () => {
      const own = world.openClients();
      return Object.assign(own, edgesThatOnlyRead(own));
    };
    return { ...world, openClients };
  };
  const { summary, history } = await clock.runUntil(
    runWithHistory({
      scenario: { id: 'read-only', ...parseScenario(SCENARIO(method), 'read-only.yaml') },
      seed: 1,
      backend: 'simulated',
      startWorld,
      report: (event) => events.push(event),
      clock,
      version: '0',
      argv: [],
      reproduce: '',
      signal: new AbortController().signal,
    }),
  );
  return { summary, history, events };
}

describe('an edge that can only be read', () => {
  it('is refused by name where more is needed of it', () => {
    const edge = { region: 'eu-west', can: {} };
    expect(() => need(edge, 'metrics')).toThrow(new InvalidInput('the edge of eu-west tells no metrics'));
    expect(whyUnable(edge, ['flush', 'health'])).toBe('the edge of eu-west cannot be flushed and does not say how it is');
    expect(whyUnable({ ...edge, can: { flush: async () => {} } }, ['flush'])).toBeUndefined();
  });

  it.each([
    ['flush', 'redis:eu-west', {}, 'the edge of eu-west cannot be flushed and does not list its entries'],
    ['propagation-delay', 'edge:eu-west', { delay: '2s' }, 'the edge of eu-west has no settings that can be changed'],
    ['strategy', 'edge:eu-west', { strategy: 'lazy' }, 'the edge of eu-west has no settings that can be changed'],
  ])('takes no %s, which is said before anything is done', async (fault, target, parameters, why) => {
    await withFaults(
      async ({ inject, told }) => {
        await expect(inject(fault, target, parameters)).rejects.toThrow(
          new InvalidInput(`${fault} cannot be injected at ${target}: ${why}`),
        );
        expect(told()).toEqual([]);
      },
      { clients: edgesThatOnlyRead },
    );
  });

  it('is seen to be away and to be back by reading it', async () => {
    await withFaults(
      async ({ inject, faults }) => {
        const [killed] = await inject('kill', 'edge:eu-west');
        const [paused] = await inject('pause', 'edge:us-east');
        expect([killed?.effect, paused?.effect]).toEqual(['confirmed', 'confirmed']);
        expect(await faults.healAll()).toEqual([]);
        await inject('restart', 'redis:ap-south');
        expect(faults.inForce).toEqual([]);
      },
      { clients: edgesThatOnlyRead },
    );
  });

  it('ends a run with such a fault before its load, as one that was asked for wrongly', async () => {
    const { summary, history } = await run("{ at: 1s, fault: flush, target: 'redis:eu-west' }");
    expect(summary).toMatchObject({
      status: 'failed',
      exitCode: EXIT.invalidInput,
      error: expect.stringMatching(/^flush cannot be injected at redis:eu-west: /),
    });
    expect(history.nextId).toBe(0);
  });

  it('has no line of metrics in a run, and a check that needs them is unknown by name', async () => {
    const { summary, history, events } = await run("{ at: 1s, fault: partition, target: 'edge:eu-west<->origin', for: 1s }");
    expect(summary).toMatchObject({ status: 'completed', verdict: 'unknown' });
    const { fetchDeadlineMs, joinDeadlineMs } = ownEdge.bounds;
    for (const region of history.head?.regions ?? []) expect(history.boundsOf(region)).toMatchObject({ fetchDeadlineMs, joinDeadlineMs });
    expect(events.filter(({ type }) => type === 'Region' || type === 'Point')).toEqual([]);
    expect(summary.checks).toMatchObject([
      { check: 'divergence', verdict: 'pass' },
      {
        check: 'purge-ignored',
        verdict: 'unknown',
        reason: 'the check needs when the origin was asked for each answer, which the history does not say',
      },
      {
        check: 'refill-storm',
        verdict: 'unknown',
        reason: 'the check needs how often each edge asked the origin, which the history does not say',
      },
    ]);
  });

  it('keeps no poll waiting: who tells nothing is not asked again', async () => {
    let asked = 0;
    const counting = (own: Clients) => {
      const originMetrics = own.originMetrics.bind(own);
      return {
        ...edgesThatOnlyRead(own),
        originMetrics: (signal?: AbortSignal) => {
          asked += 1;
          return originMetrics(signal);
        },
      };
    };
    await withFaults(
      async ({ clock, clients, world }) => {
        const looks = new ServiceLooks({ session: { world, clients }, watch: new LogWatch({ sink: new History(), t: () => 0 }) });
        await new MetricsPoller({ regions: world.regions, clock, report: () => {}, looks, t: () => 0 }).pollNow();
        expect(asked).toBe(1);
      },
      { clients: counting },
    );
  });

  it('is shown without metrics at the terminal, and not as one that fails to answer', async () => {
    await withFaults(
      async ({ clock, clients, world }) => {
        const session = new Session({ world: { ...world, openClients: () => clients }, clock, random: createRandom(1), startedAt: 0 });
        const looks = new ServiceLooks({ session, watch: new LogWatch({ sink: new History(), t: () => session.t() }) });
        const seen: Observation[] = [];
        const observer = new Observer({ session, looks, onObserved: (observation) => seen.push(observation) });
        await sleep(clock, 3_000);
        const closed = observer.close();
        await sleep(clock, 3_000);
        await closed;
        expect(seen.at(-1)?.origin.metrics).toBeDefined();
        expect(seen.at(-1)?.regions['eu-west']).toEqual({ metrics: undefined, answeredMs: undefined, failures: 0 });
      },
      { clients: edgesThatOnlyRead },
    );
  });

  it('is not waited for until all is applied, and cannot be traced: nothing is written then', async () => {
    await withFaults(
      async ({ clock, clients, world }) => {
        const { id } = await clients.create({ slug: 'lab-0', title: 't', body: 'b', tags: [] });
        await sleep(clock, 1_000);
        expect(await isSettled(clients, world.regions)).toBe(true);
        const traced = traceWrite({ world, clients, clock, id, signal: new AbortController().signal });
        await expect(traced).rejects.toThrow('the edge of us-east tells no metrics');
        expect(await clients.originVersion(id)).toEqual({ version: 1, deleted: false });
      },
      { clients: edgesThatOnlyRead },
    );
  });
});
