/**
 * What the engine tells of its objects, in our words. The types alone are dockerode's: nothing of it is loaded here.
 */
import type { ContainerInspectInfo } from 'dockerode';
import { printable } from '../../input/printable.ts';
import { LABELS } from './labels.ts';

export interface EngineFacts {
  readonly version: string;
  /** Of its HTTP API: 1.41, say. What speaks it in place of Docker has a version of its own, and this one. */
  readonly apiVersion: string;
  readonly memoryBytes: number;
}

export interface ImageFacts {
  readonly id: string;
  /** What it is made of, when it stands in for an official one. */
  readonly standIn: string | undefined;
  /** The bundle in it; undefined of an image that has none, or is not of our making. */
  readonly bundle: string | undefined;
}

export interface Endpoint {
  readonly networkId: string;
  readonly address: string;
  readonly aliases: readonly string[];
}

export interface ContainerFacts {
  readonly id: string;
  readonly service: string;
  readonly isOurs: boolean;
  readonly state: 'running' | 'paused' | 'stopped';
  /** undefined: it has no health check. */
  readonly health: string | undefined;
  /** The command of its health check, to be run in it; undefined: it has none. */
  readonly healthCommand: readonly string[] | undefined;
  /** Of a cache of others: what it was made of, as a hash; undefined of any other, and of one that Compose made. */
  readonly madeOf?: string | undefined;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** RFC 3339, of its last start. */
  readonly startedAt: string;
  readonly environment: ReadonlyMap<string, string>;
  /** Container port to host port. */
  readonly ports: ReadonlyMap<number, number>;
  /** By network name. */
  readonly networks: ReadonlyMap<string, Endpoint>;
}

export interface NetworkFacts {
  readonly id: string;
  readonly name: string;
  /** Its name in compose.yaml. */
  readonly network: string;
  readonly isOurs: boolean;
}

export interface Executed {
  readonly exitCode: number;
  readonly output: string;
}

/** Of what a container has said, without empty ones. */
export function linesOf(raw: Buffer): readonly string[] {
  return demultiplexed(raw)
    .split('\n')
    .filter((line) => line !== '')
    .map(printable);
}

/** Each piece has a head of eight bytes, the last four of which are its length. */
function demultiplexed(raw: Buffer): string {
  const pieces: string[] = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    pieces.push(raw.toString('utf8', at + 8, at + 8 + length));
    at += 8 + length;
  }
  return pieces.join('');
}

export function toFacts({ Id, State, Config, NetworkSettings, HostConfig }: ContainerInspectInfo): ContainerFacts {
  const labels = Config.Labels ?? {};
  const bindings: Readonly<Record<string, readonly { HostPort: string }[] | null>> = HostConfig.PortBindings ?? {};
  const ports = Object.entries(bindings).map(([key, bound]) => [Number.parseInt(key, 10), Number(bound?.[0]?.HostPort)] as const);
  const networks = Object.entries(NetworkSettings.Networks).map(([name, { NetworkID, IPAddress, Aliases }]) => {
    // The engine adds the short id itself.
    const aliases: string[] = (Aliases ?? []).filter((alias: string) => !Id.startsWith(alias));
    return [name, { networkId: NetworkID, address: IPAddress, aliases }] as const;
  });
  return {
    id: Id,
    service: labels[LABELS.service] ?? '',
    isOurs: LABELS.ours in labels,
    state: State.Paused ? 'paused' : State.Running ? 'running' : 'stopped',
    health: State.Health?.Status,
    healthCommand: toCommand(Config.Healthcheck?.Test),
    madeOf: labels[LABELS.madeOf],
    exitCode: State.ExitCode,
    outOfMemory: State.OOMKilled,
    startedAt: State.StartedAt,
    environment: new Map(Config.Env.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)])),
    ports: new Map(ports.filter(([, host]) => host > 0)),
    networks: new Map(networks),
  };
}

/**
 * Where a service is reached from this machine. One that is called after Redis speaks its protocol, the others HTTP.
 */
export function urlsOf(service: string, ports: ContainerFacts['ports']): readonly string[] {
  const scheme = service.includes('redis') ? 'redis' : 'http';
  return [...ports.values()].map((port) => `${scheme}://127.0.0.1:${port}`);
}

/** The first word says how the others are to be run. */
function toCommand(test: readonly string[] | undefined): readonly string[] | undefined {
  const [how, ...words] = test ?? [];
  if (how === 'CMD') return words;
  return how === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : undefined;
}
