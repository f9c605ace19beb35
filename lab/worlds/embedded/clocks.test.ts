/** The embedded services in this process, each with a clock of its own: real time, real HTTP, and nobody is accused. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../services/runtime/clock.ts';
import { systemRandom } from '../../../services/runtime/random.ts';
import { ServiceClocks } from '../../checks/service-clocks.ts';
import { runWithHistory } from '../../run/run.ts';
import { parseScenario } from '../../scenarios/scenario.ts';
import { openHttpClients } from '../../system/http-clients.ts';
import { entryBoundsOf, regionSettings } from '../../topology/region-settings.ts';
import { readTopology } from '../../topology/topology.ts';
import { controlBy } from '../hosted/control.ts';
import { startServices } from '../hosted/services.ts';
import { hostedSettings } from '../hosted/settings.ts';
import type { Skews } from '../hosted/skewed-clock.ts';
import type { World, WorldRegion } from '../world.ts';
import { DUMP_FILE } from './dump.ts';
import { embeddedHosting } from './hosting.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
const MS_MAX = 180_000;
const TOKEN = 'a token of 16 b.';
/** With purges enough that each region has some to judge, and a fault shorter than the clocks are off. */
const SCENARIO = `
version: 1
title: Clocks that differ
workload: { duration: 5s, reads: 60/s, writes: 6/s, keys: 6, purges: 40% }
method:
  - { at: 1s, fault: partition, target: 'edge:eu-west<->kafka', for: 1s }
settle: 10s
`;

/** By less and by more than the fault lasts, ahead and behind, and as fast as a bad clock goes. */
const SKEWS: Skews = {
  origin: { aheadMs: -40_000 },
  kafka: { aheadMs: 3_000 },
  'edge:us-east': { aheadMs: -700 },
  'edge:eu-west': { aheadMs: -7_000, rate: 0.01 },
  'edge:ap-south': { aheadMs: 7_200_000, rate: -0.01 },
};

async function startWorld(skews: Skews): Promise<World> {
  const { regions, origin } = await readTopology({ file: COMPOSE, environment: {} });
  const memory = { BIND_ADDRESS: '127.0.0.1', KAFKA_BROKERS: 'memory:', LOG_LEVEL: 'silent' };
  const order = {
    originEnvironment: { ...origin.environment, ...memory, PORT: '0', DATABASE_URL: 'pglite:' },
    regions: regions.map(({ region, environment }) => ({
      region,
      environment: { ...environment, ...memory, EDGE_PORT: '0', REDIS_URL: 'memory:', ADMIN_TOKEN: TOKEN },
    })),
  };
  const services = await startServices(order, { ...embeddedHosting({ dumpFile: DUMP_FILE, services: new Map() }), skews }, () => {});
  const originUrl = `http://127.0.0.1:${services.originPort}`;
  const begun = regions.map(
    ({ region, environment }): WorldRegion => ({
      region,
      url: `http://127.0.0.1:${services.edgePorts[region]}`,
      ...regionSettings(environment),
      ...entryBoundsOf(environment),
    }),
  );
  const ask = (request: Parameters<typeof services.control.execute>[0]) => services.control.execute(request);
  const openClients = () => openHttpClients({ originUrl, edges: begun, adminToken: TOKEN });
  const settings = hostedSettings({ clock: systemClock, ask, clients: openClients(), regions: begun });
  return {
    backend: 'embedded',
    originUrl,
    openClients,
    regions: begun,
    staysUp: false,
    control: controlBy(ask, settings),
    settings,
    lost: new Promise(() => {}),
    close: () => services.close(),
  };
}

describe('services whose clocks differ', () => {
  it(
    'are known by how much, and accused of nothing',
    async () => {
      const { history, summary } = await runWithHistory({
        scenario: { id: 'clocks', ...parseScenario(SCENARIO, 'clocks.yaml') },
        seed: systemRandom.below(1_000_000),
        backend: 'embedded',
        startWorld: () => startWorld(SKEWS),
        report: () => {},
        clock: systemClock,
        version: '0',
        argv: [],
        reproduce: '',
        signal: new AbortController().signal,
      });
      expect([summary.status, summary.error]).toEqual(['completed', undefined]);
      expect(summary.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
      const purges = summary.checks.find(({ check }) => check === 'purge-ignored');
      expect(purges?.reason).toMatch(/of [1-9]\d* reads after a purge|nothing to judge|too slow/);
      const clocks = new ServiceClocks(history);
      for (const [region, aheadMs] of [
        ['eu-west', -7_000],
        ['ap-south', 7_200_000],
      ] as const) {
        const [middle] = history.of('edge-sample').filter((sample) => sample.region === region && sample.clock !== undefined);
        const { fromMs, toMs } = clocks.edge(region).onRunClock(middle?.clock?.nowMs ?? 0);
        expect(middle?.clock?.nowMs ?? 0).toBeCloseTo((middle?.atMs ?? 0) + aheadMs, -4);
        expect(fromMs < toMs).toBe(true);
      }
    },
    MS_MAX,
  );
});
