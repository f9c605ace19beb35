/**
 * The further edges of a region in compose.yaml: services `edge-<region>-2` and on, each with the region's name and its
 * own number. They are of a profile: where one runs, the first edge has a number, too.
 */

import { InvalidInput } from '../errors.ts';
import { MEMBERS_MAX } from '../system/parts.ts';
import { type ComposeService, EDGE_PREFIX, type Environment } from './compose-file.ts';

const MEMBER = 'EDGE_MEMBER';
/** What an edge has for itself; the rest is its region's. */
const OWN = [MEMBER, 'EDGE_PORT', 'KAFKA_BROKERS', 'ORIGIN_URL'];

/** A further edge of a region. */
export interface MemberTopology {
  readonly service: string;
  readonly environment: Environment;
}

type Services = readonly (readonly [name: string, service: ComposeService])[];

function isFurther(environment: Environment): boolean {
  return Number(environment[MEMBER] ?? 0) > 1;
}

/**
 * The edges of a file: the first of each region, and the further ones by region. Throws InvalidInput for one that has
 * no place.
 */
export function edgesIn(
  services: Services,
  file: string,
): { readonly first: Services; readonly further: ReadonlyMap<string, readonly MemberTopology[]> } {
  const edges = services.filter(([name]) => name.startsWith(EDGE_PREFIX));
  const first = edges.filter(([, { environment }]) => !isFurther(environment));
  const further = new Map<string, MemberTopology[]>();
  for (const [service, { environment }] of edges.filter((edge) => !first.includes(edge))) {
    const { REGION_NAME: region = '', [MEMBER]: number } = environment;
    const others = further.get(region) ?? [];
    const expected = `${EDGE_PREFIX}${region}-${others.length + 2}`;
    if (service !== expected || Number(number) !== others.length + 2 || Number(number) > MEMBERS_MAX)
      throw new InvalidInput(
        `${file}: services.${service}: expected ${expected} with ${MEMBER} ${others.length + 2}, because the edges of a region are numbered without gaps`,
      );
    if (!first.some(([name]) => name === `${EDGE_PREFIX}${region}`))
      throw new InvalidInput(`${file}: services.${service}: expected a service ${EDGE_PREFIX}${region} beside this service, got none`);
    further.set(region, [...others, { service, environment }]);
  }
  return { first, further };
}

/** The environment of the first edge of a region that has several. */
export function firstOf(environment: Environment): Environment {
  return { ...environment, [MEMBER]: '1' };
}

/** The environment of a further edge, in a region whose settings may have been overridden. */
export function furtherEnvironment({ environment }: MemberTopology, region: Environment): Environment {
  return { ...region, ...Object.fromEntries(OWN.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]))) };
}
