/** compose.yaml -> the topology of a world: its regions and their edges, the origin, the ports. */

import { resolve } from 'node:path';
import type { Deliver } from '../../services/protocol/purge-ways.ts';
import { InvalidInput } from '../errors.ts';
import { isOwn } from '../targets/own-targets.ts';
import { hasSoftPurge } from '../targets/soft-purge.ts';
import type { HostedTarget, LiveTarget, Shield, StartedTarget, Target } from '../targets/target.ts';
import { findTarget } from '../targets/targets.ts';
import {
  type ComposeFile,
  type ComposeService,
  EDGE_PREFIX,
  type Environment,
  ORIGIN,
  readComposeFile,
  type Variables,
} from './compose-file.ts';
import { edgesIn, type MemberTopology } from './members.ts';
import { type ProtectionOverrides, withProtectionSettings } from './protection.ts';
import { type LeaseOverrides, type RegionOverrides, withLeaseSettings, withRegionSettings } from './region-settings.ts';
import { withTargetServices } from './target-services.ts';

export type { Environment } from './compose-file.ts';

/** What a scenario may want of it. */
type Wanted = Pick<HostedTarget, 'untagged304' | 'shield' | 'readsLog'>;
/** `turnMs`: how long a purge may wait for its turn. */
export type StandingLive = LiveTarget & Wanted & { readonly turnMs?: number };
export type StandingTarget = (StartedTarget & Wanted) | StandingLive;

export interface RegionTopology {
  readonly region: string;
  /** The service's name in compose.yaml. */
  readonly service: string;
  /** Port published on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  readonly environment: Environment;
  /** How many edges of ours answer for it, from one cache. Left out: one. */
  readonly members?: number | undefined;
  /** Those of compose.yaml beside the first, for the docker world: which of them run is seen there. */
  readonly others?: readonly MemberTopology[];
  /** The cache of others that stands there. Left out: ours. */
  readonly target?: StandingTarget;
}

export type LiveRegion = RegionTopology & { readonly target: StandingLive };

/** The first that has a live target; undefined: none has. */
export function liveRegionOf({ regions }: Pick<Topology, 'regions'>): LiveRegion | undefined {
  for (const { target, ...region } of regions) if (target?.live !== undefined) return { ...region, target };
  return undefined;
}

export interface Topology {
  readonly project: string;
  /** What it was read from: the docker world makes its containers of it. */
  readonly compose: ComposeFile;
  /** Those whose services are started, too. Only the docker world has any. */
  readonly profiles: readonly string[];
  readonly origin: { readonly port: number; readonly environment: Environment };
  readonly regions: readonly RegionTopology[];
}

const PROJECT_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export interface ReadTopologyOptions {
  readonly file: string;
  /**
   * The file that comes with the program, and where its targets are: for a file that only says what differs. Left out:
   * there are none.
   */
  readonly program?: { readonly compose: string; readonly targets: string };
  /** For interpolation. */
  readonly environment: Variables;
  /** Instead of the file's own name. */
  readonly project?: string | undefined;
  /** Take free ports instead of the file's. */
  readonly freePorts?: boolean;
  readonly profiles?: readonly string[];
}

/** Throws InvalidInput naming file, line and key. */
export async function readTopology(options: ReadTopologyOptions): Promise<Topology> {
  const { file, program, environment, project, freePorts = false, profiles = [] } = options;
  if (project !== undefined && !PROJECT_NAME.test(project))
    throw new InvalidInput(`expected a project name of a-z, 0-9, _ and -, at most 63, got ${JSON.stringify(project)}`);
  const compose = withTargetServices(await readComposeFile(file, environment, program?.compose));
  refuseUnknownProfile(compose, profiles);
  const portOf = (name: string, { ports }: ComposeService) => {
    const [published] = ports;
    if (published === undefined) throw new InvalidInput(`${file}: services.${name}.ports: expected 127.0.0.1:PORT:PORT, got nothing`);
    return freePorts ? 0 : published.hostPort;
  };
  const origin = compose.services[ORIGIN];
  if (origin === undefined) throw new InvalidInput(`${file}: services.${ORIGIN} is missing`);
  const { first: edges, further } = edgesIn(Object.entries(compose.services), file);
  const regions = await Promise.all(
    edges.map(async ([name, edge]): Promise<RegionTopology> => {
      const own = { region: name.slice(EDGE_PREFIX.length), service: name, port: portOf(name, edge), environment: edge.environment };
      const others = further.get(own.region);
      const region = others === undefined || edge.labels !== undefined ? own : { ...own, others };
      return edge.labels === undefined ? region : labelled(region, edge.labels, { compose, targets: program?.targets ?? '' });
    }),
  );
  if (regions.length === 0) throw new InvalidInput(`${file}: expected at least one service ${EDGE_PREFIX}<region>, got none`);
  const odd = regions.find(({ region, environment: env }) => env['REGION_NAME'] !== region);
  if (odd !== undefined) throw new InvalidInput(`${file}: services.${odd.service}.environment.REGION_NAME: expected ${odd.region}`);
  return {
    project: project ?? compose.name,
    compose,
    profiles,
    origin: { port: portOf(ORIGIN, origin), environment: origin.environment },
    regions,
  };
}

interface LabelledIn {
  readonly compose: ComposeFile;
  /** Of the targets that come with the program. */
  readonly targets: string;
}

async function labelled(
  region: RegionTopology,
  {
    'edgesync.target': word,
    'edgesync.delay': delay,
    'edgesync.strategy': strategy,
    'edgesync.deliver': own,
  }: NonNullable<ComposeService['labels']>,
  { compose, targets }: LabelledIn,
): Promise<RegionTopology> {
  const at = `${compose.file}: services.${region.service}.labels.edgesync.target`;
  const isFile = word.includes('/') || word.endsWith('.yaml');
  const found = await findTarget(isFile ? resolve(compose.folder, word) : word, targets).catch((error: unknown) => {
    if (error instanceof InvalidInput && !isFile) throw new InvalidInput(`${at}: ${error.message}`);
    throw error;
  });
  if (isOwn(found)) throw new InvalidInput(`${at}: expected a cache of others: an edge of the lab needs no label`);
  if (found.tell !== undefined)
    throw new InvalidInput(`${at}: ${found.name} is purged by an application (tell), which only the embedded world supports`);
  const environment = withRegionSettings({ ...region.environment, REGION_NAME: region.region }, { delay, strategy });
  if (found.live !== undefined)
    throw new InvalidInput(`${at}: ${found.name} is a live target, and no container is one: use run with --target`);
  return withRegionTarget({ ...region, environment }, own === undefined ? found : { ...found, readsLog: true });
}

function refuseUnknownProfile({ file, services }: ComposeFile, profiles: readonly string[]): void {
  const known = [...new Set(Object.values(services).flatMap((service) => service.profiles ?? []))];
  const unknown = profiles.find((profile) => !known.includes(profile));
  if (unknown === undefined) return;
  const expected = known.length === 0 ? `${file} has none` : `expected ${known.join(' or ')}`;
  throw new InvalidInput(`${expected}, got the profile ${JSON.stringify(unknown)}`);
}

/** The same with some of its regions; undefined: all. */
export function onlyRegions<Regional extends Pick<Topology, 'regions'>>(topology: Regional, only: readonly string[] | undefined): Regional {
  return only === undefined ? topology : { ...topology, regions: topology.regions.filter(({ region }) => only.includes(region)) };
}

/** To a cache that takes no purge, and that nobody purges, nothing can be delivered, whatever a scenario wants. */
function deliveredBy({ purges, tell, deliver }: Target, wanted: Deliver | undefined): Deliver {
  return purges.length === 0 && tell === undefined ? deliver : (wanted ?? deliver);
}

/** undefined: ours. What a cache of others has no word for, a soft purge, its region has not, either: it is eager. */
export function withRegionTarget({ target: _, ...region }: RegionTopology, target: RegionTopology['target']): RegionTopology {
  if (target === undefined) return region;
  const environment = withRegionSettings(region.environment, {
    lifetime: target.lifetime,
    ...(hasSoftPurge(target) ? {} : { strategy: 'eager' }),
  });
  return { ...region, environment, target };
}

/** What a scenario overrides, by region. Regions are known to be there. */
export type SystemOverrides = Readonly<Record<string, RegionOverrides>>;

/** What a scenario overrides of every cache of others. */
export interface TargetOverrides {
  readonly deliver?: Deliver | undefined;
  readonly untagged304?: boolean | undefined;
  readonly shield?: Shield | undefined;
}

/** The lease that a scenario asks for: the origin sends its heartbeats, and every edge goes by it. */
export function withLease<Leased extends Pick<Topology, 'origin' | 'regions'>>(topology: Leased, overrides: LeaseOverrides): Leased {
  const { origin, regions } = topology;
  return {
    ...topology,
    origin: { ...origin, environment: withLeaseSettings(origin.environment, overrides) },
    regions: regions.map((region) => ({ ...region, environment: withLeaseSettings(region.environment, overrides) })),
  };
}

/** The protections that a scenario asks for, at every edge. */
export function withProtection<Regional extends Pick<Topology, 'regions'>>(topology: Regional, overrides: ProtectionOverrides): Regional {
  const protect = <Edge extends { readonly environment: Environment }>(edge: Edge): Edge => ({
    ...edge,
    environment: withProtectionSettings(edge.environment, overrides),
  });
  const regions = topology.regions.map(({ others, ...region }) => ({ ...protect(region), ...(others && { others: others.map(protect) }) }));
  return { ...topology, regions };
}

export function withSystem<Regional extends Pick<Topology, 'regions'>>(
  topology: Regional,
  overrides: SystemOverrides,
  { deliver, untagged304 = false, shield }: TargetOverrides = {},
): Regional {
  const regions = topology.regions.map((region) => {
    const own = overrides[region.region] ?? {};
    const { target } = region;
    const { members = region.members } = own;
    if (target === undefined) return { ...region, environment: withRegionSettings(region.environment, own), members };
    const { lifetime = target.lifetime, delay } = own;
    const strategy = hasSoftPurge(target) ? own.strategy : undefined;
    const environment = withRegionSettings(region.environment, { lifetime, delay, strategy });
    return { ...region, environment, target: { ...target, lifetime, deliver: deliveredBy(target, deliver), untagged304, shield } };
  });
  return { ...topology, regions };
}
