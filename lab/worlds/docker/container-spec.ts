/**
 * A service of compose.yaml as the container that runs it, in our words: what the engine is asked for, before any
 * engine is known.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { ComposeFile, ComposeService, Environment } from '../../topology/compose-file.ts';
import { LABELS, projectLabels } from './labels.ts';

export interface ContainerSpec {
  readonly service: string;
  readonly name: string;
  readonly image: string;
  readonly entrypoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly environment: Environment;
  readonly user: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly hostPort: number; readonly containerPort: number }[];
  readonly readOnly: boolean;
  readonly init: boolean;
  readonly tmpfs: readonly string[];
  readonly capDrop: readonly string[];
  readonly capAdd: readonly string[];
  readonly securityOptions: readonly string[];
  readonly memoryBytes: number | undefined;
  readonly pidsMax: number | undefined;
  readonly stopTimeoutMs: number | undefined;
  readonly healthcheck: ComposeService['healthcheck'];
  /** Network names of the file, the first being the one it is created on. */
  readonly networks: readonly string[];
  readonly aliases: readonly string[];
  /** Put into it before it starts. */
  readonly files: readonly ContainerFile[];
  readonly logging: ComposeService['logging'];
}

export interface ContainerFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

export interface NetworkSpec {
  readonly name: string;
  readonly isInternal: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export function toNetworkSpec({ networks }: ComposeFile, project: string, network: string): NetworkSpec {
  const labels = { ...projectLabels(project), [LABELS.network]: network };
  return { name: `${project}_${network}`, isInternal: networks[network]?.internal ?? false, labels };
}

export interface ToSpecOptions {
  readonly compose: ComposeFile;
  readonly project: string;
  readonly service: string;
  /** Instead of the file's own values. */
  readonly environment: Environment;
  /** Host ports instead of the file's own, in their order. */
  readonly hostPorts?: readonly number[] | undefined;
}

/** The services of the file that belong to no profile: what a cluster is made of. */
export function plainServices(compose: ComposeFile): readonly string[] {
  return startedServices(compose, []);
}

/** Those, and those of the profiles that are on. */
export function startedServices({ services }: ComposeFile, on: readonly string[]): readonly string[] {
  return Object.entries(services)
    .filter(([, { profiles = [] }]) => profiles.length === 0 || profiles.some((profile) => on.includes(profile)))
    .map(([name]) => name);
}

export function toSpec({ compose, project, service: name, environment, hostPorts }: ToSpecOptions): ContainerSpec {
  const service = compose.services[name];
  if (service === undefined) throw new TypeError(`expected a service of ${compose.file}, got ${name}`);
  const ports = service.ports.map((port, at) => ({ ...port, hostPort: hostPorts?.[at] ?? port.hostPort }));
  const files = service.configs.map(({ source, target, mode }) => ({
    path: target,
    content: compose.configs[source]?.content ?? '',
    mode,
  }));
  const spec = {
    service: name,
    name: `${project}-${name}-1`,
    image: service.image,
    entrypoint: service.entrypoint,
    command: service.command,
    environment: { ...service.environment, ...environment },
    user: service.user,
    ports,
    readOnly: service.read_only ?? false,
    init: service.init ?? false,
    tmpfs: service.tmpfs ?? [],
    capDrop: service.cap_drop ?? [],
    capAdd: service.cap_add ?? [],
    securityOptions: service.security_opt ?? [],
    memoryBytes: service.mem_limit,
    pidsMax: service.pids_limit,
    stopTimeoutMs: service.stop_grace_period,
    healthcheck: service.healthcheck,
    networks: service.networks ?? Object.keys(compose.networks).slice(0, 1),
    aliases: [name],
    files,
    logging: service.logging,
  };
  const labels = containerLabels(compose, { project, name, hash: hashOf(spec) });
  return { ...spec, labels: service.labels === undefined ? labels : { ...labels, [LABELS.madeOf]: madeOf(compose, name) } };
}

/** What a cache of others is: one that was made of something else is another cache. */
export function madeOf({ services, configs }: ComposeFile, name: string): string {
  const { image, entrypoint, command, environment, configs: files = [] } = services[name] ?? {};
  const contents = files.map(({ source, target }) => [target, configs[source]?.content]);
  return createHash('sha256')
    .update(JSON.stringify([image, entrypoint, command, environment, contents]))
    .digest('hex');
}

/** Of everything but secrets: it may be read by anybody who may ask the engine. */
function hashOf(spec: Omit<ContainerSpec, 'labels'>): string {
  const { ADMIN_TOKEN: _secret, ...environment } = spec.environment;
  return createHash('sha256')
    .update(JSON.stringify({ ...spec, environment }))
    .digest('hex');
}

interface Labelled {
  readonly project: string;
  readonly name: string;
  readonly hash: string;
}

function containerLabels(compose: ComposeFile, { project, name, hash }: Labelled): Readonly<Record<string, string>> {
  const dependencies = Object.entries(compose.services[name]?.depends_on ?? {});
  return {
    ...projectLabels(project),
    [LABELS.service]: name,
    [LABELS.number]: '1',
    [LABELS.oneOff]: 'False',
    [LABELS.configHash]: hash,
    [LABELS.folder]: compose.folder,
    [LABELS.files]: resolve(compose.file),
    [LABELS.dependsOn]: dependencies.map(([on, { condition }]) => `${on}:${condition}:false`).join(','),
  };
}
