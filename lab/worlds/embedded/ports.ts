/**
 * Whether the ports of a world are free, and what holds one that is not. What is bound and does not listen is found
 * when a service starts.
 *
 * The holder is found in /proc, which every Linux has; tools such as ss or lsof are missing from small machines. Where
 * there is no /proc, or the holder belongs to somebody else, only the port is named.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { WorldFailed } from '../../errors.ts';
import { printable } from '../../input/printable.ts';

const LISTEN = '0A';
const PROCESSES_MAX = 10_000;
const COMMAND_LENGTH_MAX = 60;
const LOOK_MS_MAX = 1_000;

/**
 * Whether nobody answers there. To bind it would hold it for a moment: two labs that start together would each find the
 * other's look.
 */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const look = connect({ port, host: '127.0.0.1', timeout: LOOK_MS_MAX });
    const end = (free: boolean) => {
      look.destroy();
      resolve(free);
    };
    look.once('connect', () => end(false));
    // Its queue is full.
    look.once('timeout', () => end(false));
    look.once('error', () => end(true));
  });
}

/** Inodes of the sockets that listen on the port: rows of /proc/net/tcp are `n: address:PORT remote state … inode`. */
async function listeningInodes(port: number): Promise<ReadonlySet<string>> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')));
  const rows = tables.flatMap((table) => table.split('\n').slice(1)).map((row) => row.trim().split(/\s+/));
  return new Set(rows.filter((row) => row[1]?.endsWith(suffix) && row[3] === LISTEN).map((row) => row[9] ?? ''));
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return targets.some((target) => inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? 'none'));
}

/** The start of its command line. Its `comm` would not do: Node calls its main thread MainThread. */
async function commandOf(pid: string): Promise<string> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  const command = words
    .map((word) => basename(word))
    .join(' ')
    .trim();
  return printable(command === '' ? 'a process' : command.slice(0, COMMAND_LENGTH_MAX));
}

/** `node server.js (pid 123)`; undefined where it cannot be known. */
async function holderOf(port: number): Promise<string | undefined> {
  const inodes = await listeningInodes(port);
  if (inodes.size === 0) return undefined;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).slice(0, PROCESSES_MAX);
  for (const pid of pids) {
    if (await holdsSocket(pid, inodes)) return `${await commandOf(pid)} (pid ${pid})`;
  }
  return undefined;
}

export interface WantedPort {
  readonly port: number;
  readonly service: string;
}

/**
 * A sentence that names the ports that are taken and what holds them; undefined when all are free. Port 0 always is.
 */
export async function findBusyPorts(wanted: readonly WantedPort[]): Promise<string | undefined> {
  const byHolder = new Map<string, string[]>();
  for (const { port, service } of wanted) {
    if (port === 0 || (await isFree(port))) continue;
    const holder = (await holderOf(port)) ?? 'a process that cannot be known from here';
    byHolder.set(holder, [...(byHolder.get(holder) ?? []), `${port} (${service})`]);
  }
  const sentences = [...byHolder].map(([holder, ports]) => {
    const subject = ports.length === 1 ? `port ${ports[0]} is busy` : `ports ${ports.join(', ')} are busy`;
    return `${subject}, held by ${holder}`;
  });
  return sentences.length === 0 ? undefined : sentences.join('; ');
}

const REMEDY = 'Stop what holds it, or use --ports auto';

/** Throws WorldFailed that names what holds a port, and the remedy. */
export async function refuseBusyPorts(wanted: readonly WantedPort[]): Promise<void> {
  const busy = await findBusyPorts(wanted);
  if (busy !== undefined) throw new WorldFailed(`${busy}. ${REMEDY}`);
}

/** Of a port that was free when it was looked at and could not be bound a moment later: two labs may start together. */
export async function toPortError(error: unknown, wanted: WantedPort): Promise<unknown> {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) return error;
  const busy = (await findBusyPorts([wanted])) ?? `port ${wanted.port} (${wanted.service}) was busy a moment ago`;
  return new WorldFailed(`${busy}. ${REMEDY}`, { cause: error });
}
