/** The embedded world: the services of compose.yaml in one child process, on their real ports. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../services/runtime/clock.ts';
import { systemRandom } from '../../../services/runtime/random.ts';
import { InvalidInput, WorldFailed } from '../../errors.ts';
import { openHttpClients } from '../../system/http-clients.ts';
import { asStarted, type HostedTarget } from '../../targets/target.ts';
import type { Variables } from '../../topology/compose-file.ts';
import { entryBoundsOf, regionSettings } from '../../topology/region-settings.ts';
import type { StandingTarget, Topology } from '../../topology/topology.ts';
import { controlBy } from '../hosted/control.ts';
import { type HostedRegion, othersOf, type StartOrder } from '../hosted/services.ts';
import { hostedSettings } from '../hosted/settings.ts';
import type { StartStep, World, WorldRegion, WorldStall } from '../world.ts';
import { DUMP_FILE } from './dump.ts';
import type { FromHost, ToHost } from './messages.ts';
import { refuseBusyPorts } from './ports.ts';
import { askOf } from './remote-control.ts';

export interface StartEmbeddedOptions {
  readonly topology: Topology;
  readonly onStep: (step: StartStep) => void;
  /** Stops a start that is under way. */
  readonly signal?: AbortSignal;
  /** Least severe log line of the services that reaches standard error. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Takes what the services write, line by line; left out, it goes to standard error. */
  readonly onLogLine?: (line: string) => void;
  /** A known bug to run with, by its name. */
  readonly mutant?: string | undefined;
  /** The environment of programs of others: left out, it is empty. */
  readonly variables?: Variables;
}

const START_MS_MAX = 60_000;
/**
 * Postgres in WebAssembly is compiled once, plainly and fast. To compile what is used most a second time, for speed,
 * takes 0.8 s of the processor in each world, and the first 400 statements wait for it: 2 ms each, not 0.4 ms. Over
 * 26,400 statements the two cost about the same.
 */
const PLAIN_WASM = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'] as const;
const CLOSE_MS_MAX = 8_000;

/** The bundle has the host beside it; in a checkout it is the TypeScript file. */
function hostFile(): string {
  const bundled = fileURLToPath(new URL('./embedded-host.js', import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('./host.ts', import.meta.url));
}

export async function startEmbedded({
  topology,
  onStep,
  signal,
  logLevel = 'error',
  onLogLine,
  mutant,
  variables = {},
}: StartEmbeddedOptions): Promise<World> {
  const ports = [{ port: topology.origin.port, service: 'origin' }, ...topology.regions.map(({ port, service }) => ({ port, service }))];
  await refuseBusyPorts(ports);
  signal?.throwIfAborted();
  const adminToken = systemRandom.uuid();
  const host = fork(hostFile(), {
    stdio: ['ignore', 'ignore', onLogLine === undefined ? 'inherit' : 'pipe', 'ipc'],
    execArgv: [...PLAIN_WASM],
  });
  if (onLogLine !== undefined && host.stderr !== null) createInterface({ input: host.stderr }).on('line', onLogLine);
  const lost = new Promise<string>((resolve) => {
    host.once('exit', (code, killedBy) => resolve(`the process of the services ended (${killedBy ?? `exit ${code}`})`));
    host.on('message', (message: FromHost) => {
      if (message.type === 'lost') resolve(message.why);
    });
  });
  const ask = askOf(host);
  // Stopped together (Ctrl-Z), they go on together, also when only the lab was told to.
  const goOn = () => void host.kill('SIGCONT');
  process.on('SIGCONT', goOn);
  const close = () => closeHost(host).finally(() => process.off('SIGCONT', goOn));
  try {
    const abort = abortedBy(signal);
    const order = {
      type: 'start',
      order: toOrder(topology, adminToken, logLevel),
      dumpFile: DUMP_FILE,
      mutant,
      variables,
    } satisfies ToHost;
    const ready = await Promise.race([untilReady(host, order, onStep), lost.then((why) => Promise.reject(new WorldFailed(why))), abort]);
    const originUrl = `http://127.0.0.1:${ready.originPort}`;
    const regions = toRegions(topology, ready);
    const openClients = () => openHttpClients({ originUrl, edges: regions, adminToken });
    const clients = openClients();
    const settings = hostedSettings({ clock: systemClock, ask, clients, regions });
    return {
      backend: 'embedded',
      originUrl,
      openClients,
      regions,
      staysUp: false,
      control: controlBy(ask, settings),
      settings,
      onStall: (listener) => listenForStalls(host, listener),
      lost,
      close: () => close().then(() => clients.close()),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function toRegions({ regions }: Topology, { edgePorts, purgerPorts }: Extract<FromHost, { type: 'ready' }>): readonly WorldRegion[] {
  return regions.map(({ region, environment, members, target }) => ({
    region,
    ...othersOf(region, members, (name) => `http://127.0.0.1:${edgePorts[name]}`),
    url: `http://127.0.0.1:${edgePorts[region]}`,
    ...regionSettings(environment),
    ...entryBoundsOf(environment),
    ...(target === undefined ? {} : { target: { ...target, purgerUrl: `http://127.0.0.1:${purgerPorts[region]}` } }),
  }));
}

function toOrder(topology: Topology, adminToken: string, logLevel: string): StartOrder {
  return {
    originEnvironment: {
      ...topology.origin.environment,
      PORT: String(topology.origin.port),
      BIND_ADDRESS: '127.0.0.1',
      DATABASE_URL: 'pglite:',
      KAFKA_BROKERS: 'memory:',
      LOG_LEVEL: logLevel,
    },
    regions: topology.regions.map(({ region, port, environment, members, target }) =>
      hostedEnvironment({
        region,
        port,
        members,
        target: hosted(target),
        adminToken,
        environment: { ...environment, LOG_LEVEL: logLevel },
      }),
    ),
  };
}

/** A region as the host runs it: on their published ports, over memory. */
function hostedEnvironment(region: HostedRegion & { readonly port: number; readonly adminToken: string }): HostedRegion {
  return {
    region: region.region,
    members: region.members,
    target: region.target,
    environment: {
      ...region.environment,
      EDGE_PORT: String(region.port),
      BIND_ADDRESS: '127.0.0.1',
      REDIS_URL: 'memory:',
      KAFKA_BROKERS: 'memory:',
      ADMIN_TOKEN: region.adminToken,
    },
  };
}

/** What says how it is read stays here. */
function hosted(target: StandingTarget | undefined): HostedTarget | undefined {
  if (target === undefined) return undefined;
  const { label: _, config: __, ...rest } = asStarted(target);
  return rest;
}

function abortedBy(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

function untilReady(host: ChildProcess, order: ToHost, onStep: (step: StartStep) => void): Promise<Extract<FromHost, { type: 'ready' }>> {
  return new Promise((resolve, reject) => {
    const overdue = systemClock.setTimer(START_MS_MAX, () =>
      reject(new WorldFailed(`the services are not ready after ${START_MS_MAX} ms`)),
    );
    host.on('message', (message: FromHost) => {
      if (message.type === 'step') return onStep({ step: message.step, elapsedMs: message.elapsedMs });
      if (message.type !== 'ready' && message.type !== 'failed') return;
      overdue.cancel();
      if (message.type === 'ready') resolve(message);
      else reject(message.badConfig ? new InvalidInput(message.message) : new WorldFailed(message.message));
    });
    host.once('exit', () => overdue.cancel());
    host.send(order);
  });
}

function listenForStalls(host: ChildProcess, listener: (stall: WorldStall) => void): () => void {
  const onMessage = (message: FromHost) => {
    if (message.type === 'stall') listener(message);
  };
  host.on('message', onMessage);
  return () => host.off('message', onMessage);
}

/** Asks it to stop, then insists. */
function closeHost(host: ChildProcess): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const insist = systemClock.setTimer(CLOSE_MS_MAX, () => host.kill('SIGKILL'));
    host.once('exit', () => {
      insist.cancel();
      resolve();
    });
    if (host.connected) host.send({ type: 'stop' } satisfies ToHost, () => {});
    else host.kill('SIGTERM');
  });
}
