/**
 * A topology as races of our own edge need it: one region, which hears of writes at once, and between its edge and the
 * origin an upstream that can hold answers back. Services that only other regions have are left out.
 */
import type { Strategy } from '../../services/protocol/invalidation.ts';
import { InvalidInput } from '../errors.ts';
import type { ComposeFile, ComposeService } from './compose-file.ts';
import { withRegionSettings } from './region-settings.ts';
import { beside, purgerService, upstreamPlace, upstreamService } from './target-services.ts';
import type { RegionTopology, Topology } from './topology.ts';

export interface RacedRegion {
  readonly strategy: Strategy;
  /** How long its entries are fresh. */
  readonly lifetimeMs: number;
}

const ORIGIN_URL = 'ORIGIN_URL';

/** The first region with our own edge. Throws InvalidInput where there is none. */
export function withRacedRegion(topology: Topology, { strategy, lifetimeMs: lifetime }: RacedRegion): Topology {
  const { regions, compose } = topology;
  const found = regions.find(({ target }) => target === undefined);
  if (found === undefined) throw new InvalidInput(`${compose.file}: expected a region with an edge of the lab, got none`);
  const { environment, ...rest } = found;
  const { [ORIGIN_URL]: originUrl = '', ...own } = withRegionSettings(environment, { delay: 0, strategy, lifetime });
  const region: RegionTopology = { ...rest, environment: { ...own, [ORIGIN_URL]: `http://${upstreamPlace(found.region)}` } };
  return { ...topology, regions: [region], compose: withUpstream(onlyOf(compose, found, regions), found, originUrl) };
}

/** Without the services of the other regions, and without those that nobody else depends on. */
function onlyOf(compose: ComposeFile, { service }: RegionTopology, regions: readonly RegionTopology[]): ComposeFile {
  const others = regions.filter((other) => other.service !== service);
  const furtherOf = (region: string) =>
    Object.keys(compose.services).filter((name) => name !== service && compose.services[name]?.environment['REGION_NAME'] === region);
  const ofOthers = others.flatMap((other) => [other.service, purgerService(other.region), ...furtherOf(other.region)]);
  const entries = Object.entries(compose.services).filter(([name]) => !ofOthers.includes(name));
  const needed = new Set(entries.flatMap(([, { depends_on: on }]) => Object.keys(on)));
  const left = others
    .flatMap((other) => Object.keys(compose.services[other.service]?.depends_on ?? {}))
    .filter((name) => !needed.has(name));
  return { ...compose, services: Object.fromEntries(entries.filter(([name]) => !left.includes(name))) };
}

function withUpstream(compose: ComposeFile, { region, service }: RegionTopology, originUrl: string): ComposeFile {
  const { origin, [service]: edge } = compose.services;
  if (origin === undefined || edge === undefined)
    throw new TypeError(`expected a service origin and ${service}, got one without the other`);
  const upstream = upstreamService(region);
  const raced: ComposeService = { ...edge, depends_on: { ...edge.depends_on, [upstream]: { condition: 'service_healthy' } } };
  return { ...compose, services: { ...compose.services, [upstream]: beside(origin).upstream(originUrl), [service]: raced } };
}
