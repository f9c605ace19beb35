/**
 * The simulated world: the same origin and edge code in virtual time, with no sockets and no chance but the seed's.
 *
 * Nothing in it waits for anything real. Whoever starts one drives its clock (`VirtualClock.runUntil`).
 */
import { MemoryLog } from '../../../services/log/memory.ts';
import { MemoryDatabase } from '../../../services/origin/database/memory.ts';
import { INVALIDATION_PARTITIONS } from '../../../services/protocol/invalidation.ts';
import { ConfigError } from '../../../services/runtime/config.ts';
import { silentLogger } from '../../../services/runtime/log.ts';
import { pick, type Random } from '../../../services/runtime/random.ts';
import type { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { InvalidInput } from '../../errors.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import { Clients } from '../../system/clients.ts';
import { entryBoundsOf, regionSettings } from '../../topology/region-settings.ts';
import type { Topology } from '../../topology/topology.ts';
import { type Ask, controlBy } from '../hosted/control.ts';
import { clockAt, type Hosting } from '../hosted/hosting.ts';
import { othersOf, readConfigs, type StartOrder, startServices } from '../hosted/services.ts';
import { hostedSettings } from '../hosted/settings.ts';
import type { Skews } from '../hosted/skewed-clock.ts';
import type { StartStep, World } from '../world.ts';
import { DirectOriginClient } from './direct-origin-client.ts';
import { DirectTransport } from './direct-transport.ts';
import { HeldOrigin } from './held-origin.ts';
import { latencyOf } from './latencies.ts';
import { ListedLatencies } from './listed-latencies.ts';
import { Network } from './network.ts';
import { RepeatingLog } from './repeating-log.ts';

export interface StartSimulatedOptions {
  readonly topology: Pick<Topology, 'origin' | 'regions'>;
  readonly clock: VirtualClock;
  /** Chance of the world: latencies, identifiers, repeats. */
  readonly random: Random;
  readonly mutant?: Mutant | undefined;
  /** Services whose clocks are not the lab's. */
  readonly skews?: Skews | undefined;
  /** Between each edge and the origin stands what holds answers back. Left out: nothing does. */
  readonly holdsAnswers?: boolean | undefined;
  readonly onStep?: (step: StartStep) => void;
}

/** One origin in eight has held something before: its ids grow longer while the load lasts. */
const LAST_IDS = [0, 0, 0, 0, 0, 0, 0, 995] as const;

/** Nobody but the lab can reach it. */
const ADMIN_TOKEN = 'simulated';
const BASE = 'http://simulated:';

function portOf(baseUrl: string): number {
  return Number(baseUrl.slice(BASE.length));
}

export async function startSimulated({
  topology,
  clock,
  random,
  mutant,
  skews = {},
  holdsAnswers = false,
  onStep = () => {},
}: StartSimulatedOptions): Promise<World> {
  const bug = Promise.withResolvers<string>();
  const network = new Network((error) => bug.resolve(`a service failed: ${error instanceof Error ? error.stack : String(error)}`));
  const held = holdsAnswers ? new HeldOrigin(clock) : undefined;
  const lastId = pick(random.fork('ids'), LAST_IDS);
  const hosting: Hosting = {
    clock,
    skews,
    random,
    openDatabase: async () => new MemoryDatabase({ clock: clockAt('postgres', { clock, skews }), lastId }),
    openLog: () => {
      const server = new MemoryLog({ clock: clockAt('kafka', { clock, skews }), partitions: INVALIDATION_PARTITIONS });
      return { log: new RepeatingLog(server, random.fork('kafka')), server };
    },
    createLogger: () => silentLogger,
    serve: (options) => network.listen(options),
    baseUrlOf: (port) => `${BASE}${port}`,
    createOriginClient: (baseUrl) => {
      const origin = new DirectOriginClient(network, portOf(baseUrl));
      return held?.before(origin) ?? origin;
    },
    latency: latencyOf,
    createLatencies: () => new ListedLatencies(),
    mutant,
  };
  const services = await startOrRefuse(() => startServices(toOrder(topology), hosting, onStep));
  const originUrl = `${BASE}${services.originPort}`;
  const drawLatencyMs = latencyOf('lab', random.fork('lab'));
  const regions = topology.regions.map(({ region, environment, members }) => ({
    region,
    ...othersOf(region, members, (name) => `${BASE}${services.edgePorts[name]}`),
    url: `${BASE}${services.edgePorts[region]}`,
    ...regionSettings(environment),
    ...entryBoundsOf(environment),
  }));
  const system = { originUrl, edges: regions, adminToken: ADMIN_TOKEN };
  const openClients = () => new Clients(new DirectTransport({ network, clock, drawLatencyMs, portOf }), system);
  const ask: Ask = (request) => services.control.execute(request);
  const settings = hostedSettings({ clock, ask, clients: openClients(), regions });
  return {
    backend: 'simulated',
    originUrl,
    openClients,
    regions,
    hasOneClock: Object.keys(skews).length === 0,
    staysUp: false,
    control: controlBy(ask, settings),
    settings,
    ...(held === undefined ? {} : { upstreamOf: () => held }),
    lost: bug.promise,
    close: () => services.close(),
  };
}

/** What would be found when it starts. Throws InvalidInput of what a service refuses in its environment. */
export async function checkEnvironments(topology: StartSimulatedOptions['topology']): Promise<void> {
  await startOrRefuse(async () => readConfigs(toOrder(topology)));
}

/** Throws InvalidInput of what a service refuses in its environment. */
async function startOrRefuse<Started>(start: () => Promise<Started>): Promise<Started> {
  try {
    return await start();
  } catch (error) {
    throw error instanceof ConfigError ? new InvalidInput(error.message) : error;
  }
}

function toOrder({ origin, regions }: StartSimulatedOptions['topology']): StartOrder {
  return {
    originEnvironment: { ...origin.environment, PORT: '0', DATABASE_URL: 'pglite:', KAFKA_BROKERS: 'memory:', LOG_LEVEL: 'silent' },
    regions: regions.map(({ region, environment, members }) => ({
      region,
      members,
      environment: {
        ...environment,
        EDGE_PORT: '0',
        REDIS_URL: 'memory:',
        KAFKA_BROKERS: 'memory:',
        ADMIN_TOKEN,
        LOG_LEVEL: 'silent',
      },
    })),
  };
}
