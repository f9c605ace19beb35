/** A container as dockerode is asked for it. The types alone are dockerode's: nothing of it is loaded here. */
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { Environment } from '../../topology/compose-file.ts';
import type { ContainerSpec } from './container-spec.ts';

export interface BuildOptions {
  readonly tag: string;
  /** With its Dockerfile. */
  readonly folder: string;
  readonly args: Environment;
  readonly onProgress: (line: string) => void;
}

const NS_PER_MS = 1_000_000;
const LOOPBACK = '127.0.0.1';

export function toCreateOptions(spec: ContainerSpec, networkNames: ReadonlyMap<string, string>): ContainerCreateOptions {
  const [first] = spec.networks;
  const network = first === undefined ? undefined : (networkNames.get(first) ?? first);
  return {
    name: spec.name,
    Image: spec.image,
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { ...spec.labels },
    ExposedPorts: Object.fromEntries(spec.ports.map(({ containerPort }) => [`${containerPort}/tcp`, {}])),
    HostConfig: toHostConfig(spec, network),
    ...(network === undefined ? {} : { NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [...spec.aliases] } } } }),
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: [...spec.entrypoint] }),
    ...(spec.command === undefined ? {} : { Cmd: [...spec.command] }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.stopTimeoutMs === undefined ? {} : { StopTimeout: Math.ceil(spec.stopTimeoutMs / 1000) }),
    ...(spec.healthcheck === undefined ? {} : { Healthcheck: toHealthcheck(spec.healthcheck) }),
  };
}

function toHostConfig(spec: ContainerSpec, network: string | undefined): HostConfig {
  return {
    PortBindings: Object.fromEntries(
      spec.ports.map(({ hostPort, containerPort }) => [`${containerPort}/tcp`, [{ HostIp: LOOPBACK, HostPort: String(hostPort) }]]),
    ),
    ReadonlyRootfs: spec.readOnly,
    Init: spec.init,
    CapDrop: [...spec.capDrop],
    CapAdd: [...spec.capAdd],
    SecurityOpt: [...spec.securityOptions],
    RestartPolicy: { Name: 'no' },
    Tmpfs: Object.fromEntries(spec.tmpfs.map((written) => [written.split(':', 1)[0] ?? written, written.split(':')[1] ?? ''])),
    ...(network === undefined ? {} : { NetworkMode: network }),
    ...(spec.memoryBytes === undefined ? {} : { Memory: spec.memoryBytes }),
    ...(spec.pidsMax === undefined ? {} : { PidsLimit: spec.pidsMax }),
    ...(spec.logging === undefined ? {} : { LogConfig: toLogConfig(spec.logging) }),
  };
}

function toLogConfig({ driver, options }: NonNullable<ContainerSpec['logging']>): NonNullable<HostConfig['LogConfig']> {
  return { Type: driver, Config: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) };
}

/** `start_interval` is left out: engines before 25 refuse it, and without it a check only comes later. */
function toHealthcheck(check: NonNullable<ContainerSpec['healthcheck']>): NonNullable<ContainerCreateOptions['Healthcheck']> {
  return {
    Test: [...check.test],
    Interval: check.interval * NS_PER_MS,
    Timeout: check.timeout * NS_PER_MS,
    Retries: check.retries,
    ...(check.start_period === undefined ? {} : { StartPeriod: check.start_period * NS_PER_MS }),
  };
}
