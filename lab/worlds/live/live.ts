/**
 * The world around a cache that the lab does not start: our origin and its log in memory, our upstream where the cache
 * asks, and a purger. It runs in the process of the lab, for all that goes to the cache goes through one place, the
 * rails.
 */
import { HttpOriginClient } from '../../../services/edge/origin-client.ts';
import { MemoryLog } from '../../../services/log/memory.ts';
import { MemoryDatabase } from '../../../services/origin/database/memory.ts';
import { INVALIDATION_PARTITIONS } from '../../../services/protocol/invalidation.ts';
import { systemClock } from '../../../services/runtime/clock.ts';
import { serveHttp } from '../../../services/runtime/http.ts';
import { createLogger, silentLogger } from '../../../services/runtime/log.ts';
import { systemRandom } from '../../../services/runtime/random.ts';
import { type Releasers, withReleasers } from '../../../services/runtime/releasers.ts';
import { systemLookUp } from '../../rails/kept-hosts.ts';
import { type OpenRailsOptions, openRails } from '../../rails/open-rails.ts';
import type { RailedAsker, Rails } from '../../rails/rails.ts';
import { RailsStopped } from '../../rails/stopped.ts';
import type { TargetAddress } from '../../system/edges/target.ts';
import { entryBoundsOf, regionSettings } from '../../topology/region-settings.ts';
import { type LiveRegion, liveRegionOf, type Topology } from '../../topology/topology.ts';
import { type Ask, controlBy } from '../hosted/control.ts';
import type { Hosting } from '../hosted/hosting.ts';
import { type HostedServices, type StartOrder, startServices } from '../hosted/services.ts';
import { hostedSettings } from '../hosted/settings.ts';
import type { StartStep, World, WorldRegion } from '../world.ts';
import { checkLive } from './check-live.ts';
import { checkOwnOrigin } from './check-own-origin.ts';
import { type LaunchedLive, launchLive } from './launch-live.ts';
import { liveClients } from './live-clients.ts';
import { drawPrefix, namedAtCache } from './live-names.ts';
import { MadeContents } from './made-contents.ts';

export interface StartLiveOptions {
  /** Of one region. */
  readonly topology: Pick<Topology, 'regions' | 'origin'>;
  readonly rails: OpenRailsOptions;
  readonly onStep: (step: StartStep) => void;
  readonly signal: AbortSignal;
  /** Its services log to standard error. */
  readonly verbose: boolean;
}

/** Whatever a live cache has kept of runs before, it has none of these ids. */
const IDS_MAX = 1_000_000_000;
const FIRST_IDS = 1_000;
/** So that the purge of each has had its turn before the next. */
const WRITE_GAP_MS = 1_100;
const LOOPBACK = '127.0.0.1';

/**
 * Throws InvalidInput for what the rails forbid, and for a cache that is not what its file says: nothing is judged
 * then.
 */
export async function startLive({ signal, ...options }: StartLiveOptions): Promise<World> {
  const region = liveRegionOf(options.topology);
  if (region === undefined) throw new TypeError('expected a live target, got none');
  const stopping = new AbortController();
  const until = AbortSignal.any([signal, stopping.signal]);
  return withReleasers(async (releasers) => {
    const railed = { ...options.rails, targets: [region.target] };
    const rails = await openRails(railed, { clock: systemClock, signal: until, lookUp: systemLookUp });
    releasers.push(() => rails.close());
    const world = await startAround(region, { ...options, rails, takes: options.rails.takes, signal: until, releasers });
    const close = async () => {
      stopping.abort(new Error('the world is closed'));
      await releasers.release();
    };
    return { ...world, close };
  });
}

interface Around extends Omit<StartLiveOptions, 'rails'> {
  readonly rails: Rails;
  readonly takes: OpenRailsOptions['takes'];
  readonly releasers: Releasers;
}

async function startAround(region: LiveRegion, around: Around): Promise<Omit<World, 'close'>> {
  const { rails, takes, releasers, signal, onStep } = around;
  const { target } = region;
  const clock = systemClock;
  const checked = async (check: () => Promise<void>) => {
    const sinceMs = clock.monotonicMs();
    await check().catch((error: unknown) => {
      const { stopped } = rails.report();
      throw stopped === undefined ? error : new RailsStopped(stopped);
    });
    onStep({ step: `${target.name} is what its file says`, elapsedMs: Math.round(clock.monotonicMs() - sinceMs) });
  };
  if (target.live.origin === undefined) await checked(() => checkLive({ target, rails, takes, clock, random: systemRandom, signal }));
  const prefix = drawPrefix(systemRandom);
  const asker = rails.askerOf(target, prefix);
  const lost = Promise.withResolvers<string>();
  const lastId = FIRST_IDS + systemRandom.below(IDS_MAX);
  const adminToken = systemRandom.uuid();
  let launched: LaunchedLive | undefined;
  const launch: StartOrder['regions'][number]['launch'] = async (configured, shared) => {
    const ways = target.purges.filter(takes);
    launched = await launchLive(configured, shared, { target, ways, asker, prefix, signal, onLost: lost.resolve });
    return launched;
  };
  const hosting = hostingOf(around, { asker, prefix, lastId });
  const services = await startServices(toOrder(region, { ...around, adminToken, launch }), hosting, onStep);
  releasers.push(() => services.close());
  const originUrl = hosting.baseUrlOf(services.originPort);
  const regions = [toRegion(region, services)];
  const system = { originUrl, edges: regions, adminToken };
  const { openClients, stranger } = liveClients({ target, asker, prefix, lastId, system, run: launched?.run, releasers });
  const clients = openClients();
  releasers.push(() => clients.close());
  if (target.live.origin !== undefined)
    await checked(() => checkOwnOrigin({ target, region: region.region, clients, clock, allowsWidePurge: rails.allowsWidePurge, signal }));
  const ask: Ask = (request) => services.control.execute(request);
  const settings = hostedSettings({ clock, ask, clients, regions });
  return {
    backend: 'embedded',
    originUrl,
    openClients,
    regions,
    staysUp: false,
    control: controlBy(ask, settings),
    settings,
    lost: lost.promise,
    ended: Promise.race([rails.ended, stranger]),
    sent: () => rails.report(),
    writeGapMs: WRITE_GAP_MS,
  };
}

interface Numbered {
  readonly asker: RailedAsker;
  readonly prefix: string;
  readonly lastId: number;
}

function hostingOf({ verbose }: Around, { asker, prefix, lastId }: Numbered): Hosting {
  const clock = systemClock;
  return {
    clock,
    random: systemRandom,
    openDatabase: async () => new MadeContents(new MemoryDatabase({ clock, lastId }), (made) => asker.made(namedAtCache(made, prefix))),
    openLog: () => {
      const server = new MemoryLog({ clock, partitions: INVALIDATION_PARTITIONS });
      return { log: server, server };
    },
    createLogger: (service, level) => (verbose ? createLogger(service, level) : silentLogger),
    serve: serveHttp,
    baseUrlOf: (port) => `http://${LOOPBACK}:${port}`,
    createOriginClient: (baseUrl) => new HttpOriginClient(baseUrl),
  };
}

interface Ordered extends Pick<Around, 'topology' | 'verbose'> {
  readonly adminToken: string;
  readonly launch: StartOrder['regions'][number]['launch'];
}

/** All on free ports. */
function toOrder({ region, environment }: LiveRegion, { topology, verbose, adminToken, launch }: Ordered): StartOrder {
  const level = verbose ? 'info' : 'silent';
  const shared = { BIND_ADDRESS: LOOPBACK, KAFKA_BROKERS: 'memory:', LOG_LEVEL: level };
  const edge = { ...environment, ...shared, EDGE_PORT: '0', REDIS_URL: 'memory:', ADMIN_TOKEN: adminToken };
  return {
    originEnvironment: { ...topology.origin.environment, ...shared, PORT: '0', DATABASE_URL: 'pglite:' },
    regions: [{ region, environment: edge, ...(launch === undefined ? {} : { launch }) }],
  };
}

/**
 * Of an origin of the user's own. Its label dates answers where the origin itself can be asked, too: else nobody could
 * tell which of them is wrong.
 */
function unstamped({ live: { origin }, label }: LiveRegion['target']): Pick<TargetAddress, 'isUnstamped' | 'datedBy'> {
  if (origin === undefined) return {};
  return { isUnstamped: true, ...(origin.read === undefined || label === undefined ? {} : { datedBy: 'label' }) };
}

function toRegion({ region, environment, target }: LiveRegion, { purgerPorts }: HostedServices): WorldRegion {
  return {
    region,
    url: target.live.url.text,
    ...regionSettings(environment),
    ...entryBoundsOf(environment),
    target: {
      ...target,
      purgerUrl: `http://${LOOPBACK}:${purgerPorts[region]}`,
      ...unstamped(target),
    },
  };
}
