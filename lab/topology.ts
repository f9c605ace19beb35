/**
 * compose.yaml -> the topology of a world: its regions and their edges, the origin, the ports.
 *
 * Only keys the lab understands are allowed; any other is an error that names it, never ignored, so that no world
 * silently differs from what the file says.
 */
import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { InvalidInput } from './errors.ts';

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

const COMPOSE_BYTES_MAX = 256 * 1024;
const YAML_ALIASES_MAX = 100;
const ORIGIN_SERVICE = 'origin';
const EDGE_PREFIX = 'edge-';
/** Keys of YAML extensions, for anchors. */
const EXTENSION_PREFIX = 'x-';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const service = z.strictObject({
  image: z.string(),
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
  healthcheck: z.strictObject({ test: z.array(text), interval: text, timeout: text, retries: z.number() }).optional(),
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

/** The line of the key an issue is about: of the unknown key itself where there is one. */
function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, issue: z.core.$ZodIssue): number {
  const parent = document.getIn(issue.path, true);
  if (issue.code === 'unrecognized_keys' && isMap(parent)) {
    const key = parent.items.find((pair) => isScalar(pair.key) && pair.key.value === issue.keys[0])?.key;
    if (isScalar(key) && key.range) return lines.linePos(key.range[0]).line;
  }
  const range =
    typeof parent === 'object' && parent !== null && 'range' in parent ? (parent.range as [number] | null | undefined) : undefined;
  return range ? lines.linePos(range[0]).line : 1;
}

function parseCompose(
  source: string,
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<typeof composeFile> {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, merge: true });
  const problem = document.errors[0];
  if (problem !== undefined) throw new InvalidInput(`${file}:${problem.linePos?.[0].line ?? 1}: ${problem.message.split('\n')[0]}`);
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: YAML_ALIASES_MAX });
  } catch (error) {
    throw new InvalidInput(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const known =
    typeof raw === 'object' && raw !== null
      ? Object.fromEntries(Object.entries(raw).filter(([key]) => !key.startsWith(EXTENSION_PREFIX)))
      : raw;
  const parsed = composeFile.safeParse(interpolateAll(known, environment));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new InvalidInput(`${file}: not valid`);
  const key = [...issue.path, ...(issue.code === 'unrecognized_keys' ? [issue.keys[0]] : [])].join('.');
  const what = issue.code === 'unrecognized_keys' ? 'the lab does not support this key' : issue.message;
  throw new InvalidInput(`${file}:${lineOf(document, lines, issue)}: ${key}: ${what}`);
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
  const source = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInput(`${file}: cannot be read (${error.code ?? error.message})`);
  });
  if (source.length > COMPOSE_BYTES_MAX)
    throw new InvalidInput(`${file}: expected at most ${COMPOSE_BYTES_MAX} bytes, got ${source.length}`);
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
