/**
 * Where the Docker engine of this machine listens: `DOCKER_HOST`, else the current docker context, else the usual sockets.
 *
 * An engine on another machine is refused by name: its published ports would not be ours, and its faults somebody else's.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Variables } from '../../compose-file.ts';
import { WorldFailed } from '../../errors.ts';
import { printable } from '../../printable.ts';

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
  const home = variables['HOME'] ?? homedir();
  const host = variables['DOCKER_HOST'];
  if (host !== undefined && host !== '') return parseHost(host, 'DOCKER_HOST');
  const context = variables['DOCKER_CONTEXT'] ?? (await currentContext(variables['DOCKER_CONFIG'] ?? join(home, '.docker')));
  if (context !== undefined && context !== '' && context !== DEFAULT_CONTEXT)
    return parseHost(await hostOfContext(variables['DOCKER_CONFIG'] ?? join(home, '.docker'), context), `the docker context ${context}`);
  const socketPath = usualSockets(home, variables['XDG_RUNTIME_DIR']).find((path) => existsSync(path));
  return socketPath === undefined ? undefined : { socketPath };
}

function usualSockets(home: string, runtimeFolder: string | undefined): readonly string[] {
  return [
    '/var/run/docker.sock',
    ...(runtimeFolder === undefined ? [] : [join(runtimeFolder, 'docker.sock')]),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.orbstack/run/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(home, '.rd/docker.sock'),
    ...(runtimeFolder === undefined ? [] : [join(runtimeFolder, 'podman/podman.sock')]),
  ];
}

function parseHost(host: string, source: string): EngineAddress {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  if (host.startsWith('npipe://')) return { socketPath: host.slice('npipe://'.length) };
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol === 'tcp:' && LOOPBACK.includes(url.hostname))
    return { host: url.hostname, port: Number(url.port === '' ? PORT_DEFAULT : url.port) };
  throw new WorldFailed(
    `expected an engine on this machine, got ${printable(host)} from ${printable(source)}: the lab does not break what runs elsewhere. ` +
      'Set DOCKER_HOST to a local socket, or use --backend embedded',
  );
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

async function currentContext(folder: string): Promise<string | undefined> {
  const parsed = dockerConfig.safeParse(await readJson(join(folder, 'config.json')));
  return parsed.success ? parsed.data.currentContext : undefined;
}

/** Docker names the folder of a context by the hash of its name. */
async function hostOfContext(folder: string, context: string): Promise<string> {
  const id = createHash('sha256').update(context).digest('hex');
  const parsed = contextMeta.safeParse(await readJson(join(folder, 'contexts/meta', id, 'meta.json')));
  if (parsed.success) return parsed.data.Endpoints.docker.Host;
  throw new WorldFailed(`the docker context ${printable(context)} cannot be read. Choose one with: docker context use default`);
}
