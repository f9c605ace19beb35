/**
 * A service of compose.yaml that is a region whose cache is not ours: its labels, and the two services that the lab
 * adds to it. The cache asks `upstream-<region>`, and `purger-<region>` purges it, through a proxy of its own: so every
 * link of it can be broken like any other.
 */
import { z } from 'zod';
import { writtenDeliverText, writtenPurgesOf } from '../../services/protocol/purge-ways.ts';
import { InvalidInput } from '../errors.ts';
import type { HostedTarget } from '../targets/target.ts';
import { type ComposeFile, type ComposeService, EDGE_PREFIX, type Environment } from './compose-file.ts';

/** Where a cache asks, on the network of the links. */
const UPSTREAM_PORT = 8080;
const STATUS_PORT = 8081;
const PURGER_PORT = 5100;
const PURGE_PROXY_PORT = 16_001;
/** Above the longest fetch: a purge may wait for one. */
const PURGE_DEADLINE_MS = 8_000;
const MS_PER_S = 1_000;
const LINKS = 'links';
const NETWORKS = ['front', 'mesh'];
const REDIS = 'redis';
const BROKERS = 'KAFKA_BROKERS';

const proxies = z.array(z.object({ name: z.string(), listen: z.string() }).loose());

export function upstreamService(region: string): string {
  return `upstream-${region}`;
}

export function purgerService(region: string): string {
  return `purger-${region}`;
}

/** Of the link from the purger of a region to its cache. */
export function purgeProxy(region: string): string {
  return `${region}-purges`;
}

/** Host and port at which the upstream of a region is asked by its cache. */
export function upstreamPlace(region: string): string {
  return `${upstreamService(region)}:${UPSTREAM_PORT}`;
}

interface BesideOrigin {
  /** Of the image of the services, behind the links. */
  readonly service: ComposeService;
  readonly upstream: (originUrl: string) => ComposeService;
}

/** What the lab adds is made as the origin is. */
export function beside({ build: _, ...like }: ComposeService): BesideOrigin {
  const service: ComposeService = { ...like, pull_policy: 'never', depends_on: { [LINKS]: { condition: 'service_healthy' } } };
  const upstream = (originUrl: string): ComposeService => ({
    ...service,
    command: ['upstream'],
    environment: { ...allAround, UPSTREAM_PORT: String(UPSTREAM_PORT), STATUS_PORT: String(STATUS_PORT), ORIGIN_URL: originUrl },
    ports: [{ hostPort: 0, containerPort: STATUS_PORT }],
  });
  return { service, upstream };
}

/** The labelled services, by their regions. */
function labelledRegions({ services }: Pick<ComposeFile, 'services'>): ReadonlyMap<string, ComposeService> {
  return new Map(
    Object.entries(services).flatMap(([name, service]) =>
      service.labels === undefined ? [] : [[name.slice(EDGE_PREFIX.length), service] as const],
    ),
  );
}

/**
 * The same with what stands around each labelled service. Throws InvalidInput where the links have no way for such a
 * region.
 */
export function withTargetServices(compose: ComposeFile): ComposeFile {
  const regions = [...labelledRegions(compose)];
  if (regions.length === 0) return compose;
  const { origin } = compose.services;
  const written = compose.configs[LINKS];
  if (origin === undefined || written === undefined)
    throw new InvalidInput(
      `${compose.file}: expected a service origin and a config ${LINKS}, because requests and purges of a cache of others go over links`,
    );
  const known = proxies.parse(JSON.parse(written.content));
  const portOf = (proxy: string) => {
    const found = known.find(({ name }) => name === proxy);
    if (found === undefined) throw new InvalidInput(`${compose.file}: configs.${LINKS}: expected a proxy ${proxy}, got none`);
    return found.listen.slice(found.listen.lastIndexOf(':') + 1);
  };
  const { service: besideOrigin, upstream } = beside(origin);
  const services: Record<string, ComposeService> = { ...compose.services };
  const added = regions.flatMap(([region, service], at) => {
    const readsLog = service.labels?.['edgesync.deliver'] !== undefined;
    const [originPort, kafkaPort] = [portOf(`${region}-origin`), portOf(`${region}-kafka`)];
    const kafka = `${LINKS}:${kafkaPort}`;
    const port = PURGE_PROXY_PORT + at;
    services[upstreamService(region)] = upstream(`http://${LINKS}:${originPort}`);
    const purger: ComposeService = {
      ...besideOrigin,
      command: ['purger'],
      // How far it has come outlives its process.
      read_only: false,
      environment: {
        ...allAround,
        REGION_NAME: region,
        PURGER_PORT: String(PURGER_PORT),
        CACHE_URL: `http://${LINKS}:${port}`,
        [BROKERS]: kafka,
        POSITION_FILE: '/tmp/positions.json',
        PURGE_DEADLINE: String(PURGE_DEADLINE_MS),
      },
      ports: [{ hostPort: 0, containerPort: PURGER_PORT }],
    };
    if (!readsLog) services[purgerService(region)] = purger;
    const name = `${EDGE_PREFIX}${region}`;
    services[name] = {
      ...service,
      ...(readsLog ? { environment: { [BROKERS]: kafka, ...service.environment } } : {}),
      networks: service.networks ?? NETWORKS,
      // A cache may look the name of its backend up once, as it starts.
      depends_on: { ...service.depends_on, [upstreamService(region)]: { condition: 'service_healthy' } },
    };
    delete services[`${REDIS}-${region}`];
    if (readsLog) return [];
    return [{ name: purgeProxy(region), listen: `0.0.0.0:${port}`, upstream: `${name}:${service.ports[0]?.containerPort}`, enabled: true }];
  });
  return {
    ...compose,
    services,
    configs: { ...compose.configs, [LINKS]: { content: JSON.stringify([...known, ...added]) } },
  };
}

const allAround = { BIND_ADDRESS: '0.0.0.0' };

type SetTarget = Pick<HostedTarget, 'lifetime' | 'missing' | 'untagged304' | 'purges' | 'ok' | 'deliver' | 'readsLog'>;

/**
 * What the two are told of the cache between them, by service. `settings`: of the region, as an edge of ours is told
 * them.
 */
export function targetEnvironments(region: string, target: SetTarget, settings: Environment): Readonly<Record<string, Environment>> {
  const { lifetime, missing, untagged304 = false, purges, ok, deliver, readsLog } = target;
  const { PROPAGATION_DELAY = '0', INVALIDATION_STRATEGY = 'eager' } = settings;
  const ofUpstream = {
    LIFETIME: String(Math.round(lifetime / MS_PER_S)),
    MISSING_LIFETIME: String(Math.round(missing / MS_PER_S)),
    TAGS_OF_304: untagged304 ? 'left-out' : 'sent',
  };
  if (readsLog) return { [upstreamService(region)]: ofUpstream };
  return {
    [upstreamService(region)]: ofUpstream,
    [purgerService(region)]: {
      PURGES: JSON.stringify(writtenPurgesOf(purges, ok)),
      DELIVER: writtenDeliverText(deliver),
      PROPAGATION_DELAY,
      INVALIDATION_STRATEGY,
    },
  };
}
