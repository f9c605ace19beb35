/**
 * Where the Docker engine of this machine listens: `DOCKER_HOST`, else the current docker context, else the usual
 * sockets.
 *
 * An engine on another machine is refused by name: its published ports would not be ours, and its faults somebody
 * else's.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { WorldFailed } from '../../errors.ts';
import { dockerFolder, homeFolder, runtimeFolder } from '../../input/places.ts';
import { printable } from '../../input/printable.ts';
import type { Variables } from '../../topology/compose-file.ts';

export type EngineAddress =
  | { readonly socketPath: string }
  /** On this machine. */
  | { readonly host: string; readonly port: number };

const DEFAULT_CONTEXT = 'default';
const PORT_DEFAULT = 2375;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const dockerConfig = z.object({ currentContext: z.string().optional() });
const contextMeta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

export function shownAddress(address: EngineAddress): string {
  return 'socketPath' in address ? address.socketPath : `${address.host}:${address.port}`;
}

/** undefined where nothing says that there is one. Throws WorldFailed for a remote engine. */
export async function findEngineAddress(variables: Variables): Promise<EngineAddress | undefined> {
  const host = variables['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    refuseRelativeCertificates(variables);
    return parseHost(host, 'DOCKER_HOST');
  }
  const folder = dockerFolder(variables);
  const context = variables['DOCKER_CONTEXT'] || (await currentContext(folder));
  if (context !== undefined && context !== '' && context !== DEFAULT_CONTEXT)
    return parseHost(await hostOfContext(folder, context), `the docker context ${context}`);
  const socketPath = usualSockets(homeFolder(variables), runtimeFolder(variables)).find((path) => existsSync(path));
  return socketPath === undefined ? undefined : { socketPath };
}

function usualSockets(home: string | undefined, runtime: string | undefined): readonly string[] {
  const within = (folder: string | undefined, ...paths: readonly string[]) =>
    folder === undefined ? [] : paths.map((path) => join(folder, path));
  return [
    '/var/run/docker.sock',
    ...within(runtime, 'docker.sock'),
    ...within(home, '.docker/run/docker.sock', '.docker/desktop/docker.sock', '.orbstack/run/docker.sock', '.colima/default/docker.sock'),
    ...within(home, '.rd/docker.sock'),
    ...within(runtime, 'podman/podman.sock'),
  ];
}

function parseHost(host: string, source: string): EngineAddress {
  if (host.startsWith('unix://')) return { socketPath: absoluteSocket(host.slice('unix://'.length), source) };
  if (host.startsWith('npipe://')) return { socketPath: host.slice('npipe://'.length) };
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol === 'tcp:' && LOOPBACK.includes(url.hostname))
    return { host: url.hostname, port: Number(url.port === '' ? PORT_DEFAULT : url.port) };
  throw new WorldFailed(
    `expected an engine on this machine, got ${printable(host)} from ${printable(source)}: the lab does not break what runs elsewhere. ` +
      'Set DOCKER_HOST to a local socket, or use --backend embedded',
  );
}

/** Docker's own command line would look for it in the folder one happens to stand in. */
function absoluteSocket(path: string, source: string): string {
  if (isAbsolute(path)) return path;
  throw new WorldFailed(`expected unix:// and an absolute path from ${printable(source)}, got ${printable(JSON.stringify(path))}`);
}

/** dockerode reads them itself. */
function refuseRelativeCertificates({ DOCKER_CERT_PATH: path }: Variables): void {
  if (path === undefined || path === '' || isAbsolute(path)) return;
  throw new WorldFailed(`DOCKER_CERT_PATH: expected an absolute path, got ${printable(JSON.stringify(path))}`);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

async function currentContext(folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  const parsed = dockerConfig.safeParse(await readJson(join(folder, 'config.json')));
  return parsed.success ? parsed.data.currentContext : undefined;
}

/** Docker names the folder of a context by the hash of its name. */
async function hostOfContext(folder: string | undefined, context: string): Promise<string> {
  const id = createHash('sha256').update(context).digest('hex');
  const parsed = contextMeta.safeParse(folder === undefined ? undefined : await readJson(join(folder, 'contexts/meta', id, 'meta.json')));
  if (parsed.success) return parsed.data.Endpoints.docker.Host;
  throw new WorldFailed(`the docker context ${printable(context)} cannot be read. Choose one with: docker context use default`);
}
