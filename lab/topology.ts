/**
 * compose.yaml -> the topology of a world: its regions and their edges, the origin, the ports.
 *
 * Only keys the lab understands are allowed; any other is an error that names it, never ignored, so that no world
 * silently differs from what the file says.
 */
import { z } from 'zod';
import { InvalidInput } from './errors.ts';
import { parseYaml, readSource } from './yaml-source.ts';

export type Environment = Readonly<Record<string, string>>;

export interface RegionTopology {
  readonly region: string;
  /** The service's name in compose.yaml. */
  readonly service: string;
  /** Port published on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  readonly environment: Environment;
}

export interface Topology {
  readonly project: string;
  readonly origin: { readonly port: number; readonly environment: Environment };
  readonly regions: readonly RegionTopology[];
}

const ORIGIN_SERVICE = 'origin';
const EDGE_PREFIX = 'edge-';
/** Keys of YAML extensions, for anchors. */
const EXTENSION_PREFIX = 'x-';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string() }).optional(),
  pull_policy: z.enum(['build', 'never']).optional(),
  command: z.union([z.string(), z.array(text)]).optional(),
  environment: z.record(z.string(), text).default({}),
  ports: z.array(text).default([]),
  user: text.optional(),
  read_only: z.boolean().optional(),
  init: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  mem_limit: text.optional(),
  pids_limit: z.number().optional(),
  networks: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string() })).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.enum(['service_started', 'service_healthy']) })).optional(),
  healthcheck: z
    .strictObject({ test: z.array(text), interval: text, timeout: text, retries: z.number(), start_period: text.optional() })
    .optional(),
});

const composeFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
  services: z.record(z.string(), service),
  configs: z.record(z.string(), z.strictObject({ content: z.string() })).default({}),
  networks: z.record(z.string(), z.strictObject({})).default({}),
});

/** Compose's own interpolation, as far as the lab supports it: `${NAME}`, `${NAME:-default}`, and `$$` for a dollar. */
function interpolate(value: string, environment: Readonly<Record<string, string | undefined>>): string {
  return value.replace(
    /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (whole, name: string | undefined, fallback: string | undefined) => {
      if (name === undefined) return '$';
      const given = environment[name];
      if (given !== undefined && given !== '') return given;
      if (fallback === undefined && !whole.includes(':-'))
        throw new InvalidInput(`compose.yaml: \${${name}} is not set and has no default`);
      return fallback ?? '';
    },
  );
}

function interpolateAll(value: unknown, environment: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof value === 'string') return interpolate(value, environment);
  if (Array.isArray(value)) return value.map((item) => interpolateAll(item, environment));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, interpolateAll(inner, environment)]));
}

function parseCompose(
  source: string,
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<typeof composeFile> {
  const { value: raw, lineOf } = parseYaml(source, { file, merge: true });
  const known =
    typeof raw === 'object' && raw !== null
      ? Object.fromEntries(Object.entries(raw).filter(([key]) => !key.startsWith(EXTENSION_PREFIX)))
      : raw;
  const parsed = composeFile.safeParse(interpolateAll(known, environment));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new InvalidInput(`${file}: not valid`);
  const key = [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  const what = issue.code === 'unrecognized_keys' ? 'the lab does not support this key' : issue.message;
  throw new InvalidInput(`${file}:${lineOf(key)}: ${key.join('.')}: ${what}`);
}

/** The host's port of `127.0.0.1:4000:4000`. Anything not published on loopback is refused. */
function publishedPort(ports: readonly string[], where: string): number {
  const match = /^127\.0\.0\.1:(\d{1,5}):\d{1,5}$/.exec(ports[0] ?? '');
  const port = Number(match?.[1]);
  if (match === null || port > 65_535)
    throw new InvalidInput(`${where}.ports: expected 127.0.0.1:PORT:PORT, got ${JSON.stringify(ports[0] ?? '')}`);
  return port;
}

export interface ReadTopologyOptions {
  readonly file: string;
  /** For interpolation. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Take free ports instead of the file's. */
  readonly freePorts?: boolean;
}

/** Throws InvalidInput naming file, line and key. */
export async function readTopology({ file, environment, freePorts = false }: ReadTopologyOptions): Promise<Topology> {
  const source = await readSource(file);
  const compose = parseCompose(source, file, environment);
  const portOf = (name: string, ports: readonly string[]) => (freePorts ? 0 : publishedPort(ports, `${file}: services.${name}`));
  const origin = compose.services[ORIGIN_SERVICE];
  if (origin === undefined) throw new InvalidInput(`${file}: services.${ORIGIN_SERVICE} is missing`);
  const regions = Object.entries(compose.services)
    .filter(([name]) => name.startsWith(EDGE_PREFIX))
    .map(([name, edge]) => ({
      region: name.slice(EDGE_PREFIX.length),
      service: name,
      port: portOf(name, edge.ports),
      environment: edge.environment,
    }));
  if (regions.length === 0) throw new InvalidInput(`${file}: expected at least one service ${EDGE_PREFIX}<region>, got none`);
  const odd = regions.find(({ region, environment: env }) => env['REGION_NAME'] !== region);
  if (odd !== undefined) throw new InvalidInput(`${file}: services.${odd.service}.environment.REGION_NAME: expected ${odd.region}`);
  return { project: compose.name, origin: { port: portOf(ORIGIN_SERVICE, origin.ports), environment: origin.environment }, regions };
}

/** What a scenario overrides: the delay in ms, the strategy. Regions are known to be there. */
export type SystemOverrides = Readonly<Record<string, { readonly delay?: number | undefined; readonly strategy?: string | undefined }>>;

export function withSystem(topology: Topology, overrides: SystemOverrides): Topology {
  const regions = topology.regions.map((region) => {
    const { delay, strategy } = overrides[region.region] ?? {};
    const environment = {
      ...region.environment,
      ...(delay === undefined ? {} : { PROPAGATION_DELAY: String(delay) }),
      ...(strategy === undefined ? {} : { INVALIDATION_STRATEGY: strategy }),
    };
    return { ...region, environment };
  });
  return { ...topology, regions };
}
