/**
 * compose.yaml, parsed whole: what the docker world makes its containers of, and where every world finds its topology.
 *
 * Only keys the lab understands are allowed; any other is an error that names it, never ignored, so that no world silently
 * differs from what the file says. Keys that would hand the host to a container are refused as such.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { InvalidInput } from '../errors.ts';
import { parseYaml, readSource } from '../input/yaml-source.ts';

export type Environment = Readonly<Record<string, string>>;
/** For interpolation: what Compose takes from its process environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Keys of YAML extensions, for anchors. */
const EXTENSION_PREFIX = 'x-';

const UNSAFE_KEYS: ReadonlyMap<string, string> = new Map([
  ['privileged', 'it would give the container the whole host'],
  ['devices', 'it would give the container devices of the host'],
  ['device_cgroup_rules', 'it would give the container devices of the host'],
  ['network_mode', 'it could put the container into the network of the host'],
  ['pid', 'it could put the container among the processes of the host'],
  ['ipc', 'it could put the container into the shared memory of the host'],
  ['uts', 'it could put the container into the name space of the host'],
  ['userns_mode', 'it could put the container among the users of the host'],
  ['cgroup', 'it could put the container into the control groups of the host'],
  ['cgroup_parent', 'it could take the container out of its limits'],
  ['volumes', 'no container of this cluster needs a folder of the host, least of all the socket of the engine'],
  ['volumes_from', 'no container of this cluster needs a folder of another'],
  ['group_add', 'it could give the container groups of the host'],
]);
/** What an entrypoint that starts as root needs to hand its folders to its own user and become it. */
const CAPABILITIES_ALLOWED = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'] as const;

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const words = z.union([z.string().transform((line) => ['/bin/sh', '-c', line]), z.array(text)]);

const BYTES: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const bytes = text.transform((written, context) => {
  const [, amount, unit = 'b'] = /^(\d+)([bkmg]?)b?$/i.exec(written) ?? [];
  if (amount !== undefined) return Number(amount) * (BYTES[unit.toLowerCase() || 'b'] ?? 1);
  context.addIssue({ code: 'custom', message: `expected an amount of memory such as 256m, got ${JSON.stringify(written)}` });
  return z.NEVER;
});

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const durationMs = text.transform((written, context) => {
  const [, amount, unit = 's'] = /^(\d+)(ms|s|m)$/.exec(written) ?? [];
  if (amount !== undefined) return Number(amount) * (UNITS_MS[unit] ?? 1);
  context.addIssue({ code: 'custom', message: `expected a duration such as 500ms or 1s, got ${JSON.stringify(written)}` });
  return z.NEVER;
});

const PORT_MAX = 65_535;
const publishedPort = text.transform((written, context) => {
  const [, host, container] = /^127\.0\.0\.1:(\d{1,5}):(\d{1,5})$/.exec(written) ?? [];
  if (host !== undefined && Number(host) <= PORT_MAX && Number(container) <= PORT_MAX)
    return { hostPort: Number(host), containerPort: Number(container) };
  context.addIssue({ code: 'custom', message: `expected 127.0.0.1:PORT:PORT, got ${JSON.stringify(written)}` });
  return z.NEVER;
});

/** Octal in YAML 1.2, and in Compose's: `0555`, octal to Compose alone, would be another number here. */
const FILE_MODES = [0o444, 0o555] as const;

/** `json-file` and `local` keep lines where `logs` finds them; the size of their files is an option of theirs. */
const logging = z.strictObject({
  driver: z.enum(['json-file', 'local']),
  options: z.strictObject({ 'max-size': text, 'max-file': text.optional() }),
});

const service = z.strictObject({
  image: z.string(),
  build: z
    .union([
      z.string().transform((context) => ({ context, args: {} })),
      z.strictObject({ context: z.string(), args: z.record(z.string(), text).default({}) }),
    ])
    .optional(),
  pull_policy: z.enum(['missing', 'build', 'never', 'if_not_present']).optional(),
  entrypoint: words.optional(),
  command: words.optional(),
  environment: z.record(z.string(), text).default({}),
  ports: z.array(publishedPort).default([]),
  user: text.optional(),
  read_only: z.boolean().optional(),
  init: z.boolean().optional(),
  tmpfs: z.union([z.string().transform((one) => [one]), z.array(z.string())]).optional(),
  cap_drop: z.array(z.string()).optional(),
  cap_add: z.array(z.enum(CAPABILITIES_ALLOWED)).optional(),
  security_opt: z.array(z.enum(['no-new-privileges:true', 'no-new-privileges'])).optional(),
  mem_limit: bytes.optional(),
  pids_limit: z.number().optional(),
  stop_grace_period: durationMs.optional(),
  networks: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
  configs: z
    .array(
      z.strictObject({
        source: z.string(),
        target: z.string(),
        mode: z.literal(FILE_MODES, 'expected 0o444 (to read) or 0o555 (to run)').default(FILE_MODES[0]),
      }),
    )
    .default([]),
  logging: logging.optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.enum(['service_started', 'service_healthy']) })).default({}),
  healthcheck: z
    .strictObject({
      test: z.union([z.string().transform((line) => ['CMD-SHELL', line]), z.array(text)]),
      interval: durationMs,
      timeout: durationMs,
      retries: z.number(),
      start_period: durationMs.optional(),
      start_interval: durationMs.optional(),
    })
    .optional(),
});
export type ComposeService = z.infer<typeof service>;

const composeFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, 'expected a project name of a-z, 0-9, _ and -'),
  services: z.record(z.string(), service),
  configs: z.record(z.string(), z.strictObject({ content: z.string() })).default({}),
  networks: z
    .record(
      z.string(),
      z.union([z.null().transform(() => ({ internal: false })), z.strictObject({ internal: z.boolean().default(false) })]),
    )
    .default({}),
});

export interface ComposeFile extends z.infer<typeof composeFile> {
  /** As it was named. */
  readonly file: string;
  /** Absolute. */
  readonly folder: string;
}

/** Compose's own interpolation, as far as the lab supports it: `${NAME}`, `${NAME:-default}`, and `$$` for a dollar. */
function interpolate(value: string, variables: Variables): string {
  return value.replace(
    /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (whole, name: string | undefined, fallback: string | undefined) => {
      if (name === undefined) return '$';
      const given = variables[name];
      if (given !== undefined && given !== '') return given;
      if (fallback === undefined && !whole.includes(':-'))
        throw new InvalidInput(`compose.yaml: \${${name}} is not set and has no default`);
      return fallback ?? '';
    },
  );
}

function interpolateAll(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((item) => interpolateAll(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, interpolateAll(inner, variables)]));
}

function inWords(issue: z.core.$ZodIssue, key: readonly PropertyKey[]): string {
  if (issue.code !== 'unrecognized_keys')
    return key.at(-2) === 'cap_add' ? `the lab refuses this capability: ${issue.message}` : issue.message;
  const unsafe = UNSAFE_KEYS.get(String(key.at(-1)));
  return unsafe === undefined || key[0] !== 'services' ? 'the lab does not support this key' : `the lab refuses this key: ${unsafe}`;
}

/** Throws InvalidInput naming file, line and key. */
export async function readComposeFile(file: string, variables: Variables): Promise<ComposeFile> {
  const { value: raw, lineOf } = parseYaml(await readSource(file), { file, merge: true });
  const known =
    typeof raw === 'object' && raw !== null
      ? Object.fromEntries(Object.entries(raw).filter(([key]) => !key.startsWith(EXTENSION_PREFIX)))
      : raw;
  const parsed = composeFile.safeParse(interpolateAll(known, variables));
  const refuse = (key: readonly PropertyKey[], message: string) =>
    new InvalidInput(`${file}:${lineOf(key)}: ${key.map(String).join('.')}: ${message}`);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    if (issue === undefined) throw new InvalidInput(`${file}: not valid`);
    const key = [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
    throw refuse(key, inWords(issue, key));
  }
  const compose = { ...parsed.data, file, folder: dirname(resolve(file)) };
  const dangling = findDangling(compose);
  if (dangling !== undefined) throw refuse(dangling.key, dangling.message);
  return compose;
}

/** A name that nothing in the file bears, or a build folder that is not below the file's. */
function findDangling(compose: ComposeFile): { readonly key: readonly string[]; readonly message: string } | undefined {
  for (const [name, one] of Object.entries(compose.services)) {
    const at = (...key: readonly string[]) => ['services', name, ...key];
    const network = one.networks?.find((known) => !(known in compose.networks));
    if (network !== undefined) return { key: at('networks'), message: `there is no network ${network}` };
    const config = one.configs.find(({ source }) => !(source in compose.configs));
    if (config !== undefined) return { key: at('configs'), message: `there is no config ${config.source}` };
    const dependency = Object.keys(one.depends_on).find((known) => !(known in compose.services));
    if (dependency !== undefined) return { key: at('depends_on', dependency), message: 'there is no such service' };
    if (one.build !== undefined && isOutside(compose.folder, one.build.context))
      return { key: at('build'), message: `the lab refuses a folder outside that of the file, got ${JSON.stringify(one.build.context)}` };
  }
  return undefined;
}

function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, resolve(folder, path));
  return way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way;
}
