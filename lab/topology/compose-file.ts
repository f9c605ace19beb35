/**
 * compose.yaml, parsed whole: what the docker world makes its containers of, and where every world finds its topology.
 *
 * Only keys the lab understands are allowed; any other is an error that names it, never ignored, so that no world
 * silently differs from what the file says. Keys that would hand the host to a container are refused as such.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import type { z } from 'zod';
import { InvalidInput } from '../errors.ts';
import { parseYaml, readSource } from '../input/yaml-source.ts';
import { composeFile } from './compose-schema.ts';
import { interpolate, type Variables } from './interpolation.ts';

export type { ComposeService } from './compose-schema.ts';
export type { Variables } from './interpolation.ts';

export type Environment = Readonly<Record<string, string>>;

/** Keys of YAML extensions, for anchors. */
const EXTENSION_PREFIX = 'x-';
export const ORIGIN = 'origin';
export const EDGE_PREFIX = 'edge-';

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
  ['volumes', 'no container of this cluster needs a folder of the host; a file is a config: configs, with file'],
  ['volumes_from', 'no container of this cluster needs a folder of another'],
  ['group_add', 'it could give the container groups of the host'],
]);
export interface ComposeFile extends Omit<z.infer<typeof composeFile>, 'configs'> {
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
  /** As it was named. */
  readonly file: string;
  /** Absolute. */
  readonly folder: string;
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

/**
 * `base`: has whatever a file without the service `origin` does not name, so that such a file need only say what
 * differs. Throws InvalidInput naming file, line and key.
 */
export async function readComposeFile(file: string, variables: Variables, base?: string): Promise<ComposeFile> {
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
  const { data } = parsed;
  const folder = dirname(resolve(file));
  const isPart = base !== undefined && !(ORIGIN in data.services);
  const rest = isPart ? await readComposeFile(base, variables) : undefined;
  const configs = await readConfigs(data.configs, { folder, refuse });
  const compose = over(rest, { ...data, configs, file, folder });
  const dangling = findDangling(compose, Object.keys(data.services));
  if (dangling !== undefined) throw refuse(dangling.key, dangling.message);
  return compose;
}

/** A service of the same name takes the place of the whole other one. */
function over(rest: ComposeFile | undefined, own: ComposeFile): ComposeFile {
  if (rest === undefined) return own;
  const restServices = Object.entries(rest.services).map(([name, one]) => {
    const build = one.build && { ...one.build, context: resolve(rest.folder, one.build.context) };
    return [name, { ...one, ...(build === undefined ? {} : { build }) }];
  });
  return {
    ...own,
    services: { ...Object.fromEntries(restServices), ...own.services },
    configs: { ...rest.configs, ...own.configs },
    networks: { ...rest.networks, ...own.networks },
  };
}

interface ReadConfigsOptions {
  readonly folder: string;
  readonly refuse: (key: readonly string[], message: string) => InvalidInput;
}

async function readConfigs(
  configs: z.infer<typeof composeFile>['configs'],
  { folder, refuse }: ReadConfigsOptions,
): Promise<ComposeFile['configs']> {
  const read = Object.entries(configs).map(async ([name, { content, file }]) => {
    const key = ['configs', name];
    if ((content === undefined) === (file === undefined)) throw refuse(key, 'expected either content or file');
    if (file === undefined) return [name, { content: content ?? '' }] as const;
    if (isOutside(folder, file))
      throw refuse([...key, 'file'], `the lab refuses a file outside the folder of this file, got ${JSON.stringify(file)}`);
    return [name, { content: await readSource(resolve(folder, file)) }] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/** A name that nothing in the file bears, or a build folder that is not below the file's. */
function findDangling(
  compose: ComposeFile,
  names: readonly string[],
): { readonly key: readonly string[]; readonly message: string } | undefined {
  for (const name of names) {
    const one = compose.services[name];
    if (one === undefined) continue;
    const at = (...key: readonly string[]) => ['services', name, ...key];
    const network = one.networks?.find((known) => !(known in compose.networks));
    if (network !== undefined) return { key: at('networks'), message: `there is no network ${network}` };
    const config = one.configs.find(({ source }) => !(source in compose.configs));
    if (config !== undefined) return { key: at('configs'), message: `there is no config ${config.source}` };
    const dependency = Object.keys(one.depends_on).find((known) => !(known in compose.services));
    if (dependency !== undefined) return { key: at('depends_on', dependency), message: 'there is no such service' };
    if (one.labels !== undefined && !name.startsWith(EDGE_PREFIX))
      return { key: at('labels'), message: `only a service ${EDGE_PREFIX}<region> is a region` };
    if (one.labels !== undefined && one.ports.length !== 1)
      return { key: at('ports'), message: 'expected one port, on which the cache is read and purged: 127.0.0.1:PORT:PORT' };
    if (one.build !== undefined && isOutside(compose.folder, one.build.context))
      return {
        key: at('build'),
        message: `the lab refuses a folder outside the folder of this file, got ${JSON.stringify(one.build.context)}`,
      };
  }
  return undefined;
}

function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, resolve(folder, path));
  return way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way;
}
