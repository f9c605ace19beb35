/**
 * What DockerControl and undoAll act on, in memory: containers and proxies that say how they are, and acts that take as
 * long, or fail, as a test says. Probes and the services' own answers follow from what is broken.
 */
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import { type JournalEntry, NO_JOURNAL, type UndoJournal } from '../../journal/journal.ts';
import type { Clients } from '../../system/clients.ts';
import { ownEdge } from '../../system/edges/own.ts';
import type { Link } from '../../system/parts.ts';
import { DockerControl, type DockerControlOptions } from '../docker/control.ts';
import type { ContainerFacts } from '../docker/engine-facts.ts';
import { type NewToxic, type Proxy as ProxyFacts, proxyOf } from '../docker/links.ts';
import { type UndoAllOptions, type Undone, undoAll } from '../docker/undo.ts';
import { WorldSettings } from '../settings.ts';
import type { Probe, World } from '../world.ts';

export const MESH = 'mesh';
export const REGIONS = ['a', 'b'] as const;
const PREFIX = 'edgesync-lab.stub.';
const CALLEES = { origin: ['kafka', 'postgres'], edge: ['kafka', 'origin'] } as const;
const PROBE_MS = 2;
const PROBE_DEADLINE_MS = 1_000;

interface StubContainer {
  readonly service: string;
  /** Of a Redis. */
  refusesWrites: boolean;
  state: ContainerFacts['state'];
  starts: number;
  readonly networks: Set<string>;
}

interface StubProxy {
  enabled: boolean;
  toxics: NewToxic[];
}

/** An act on its way: `pause`, `kill edge-a`, `add a-kafka`, `switch a-kafka off`. Waits, or throws, or lets it be. */
export type OnAct = (act: string, by: ActBy) => Promise<void> | void;

export interface ActBy {
  readonly clock: Clock;
  /** Does it, whatever became of the request. */
  readonly repeat: () => void;
}

const MADE = { propagationDelayMs: 100, strategy: 'eager' } as const;

/** The journal of a lab in virtual time. */
export class MemoryJournal implements UndoJournal {
  readonly #entries = new Map<string, JournalEntry>();

  get entries(): readonly JournalEntry[] {
    return [...this.#entries.values()];
  }

  async write(entry: JournalEntry): Promise<void> {
    this.#entries.set(entry.id, entry);
  }

  async replace(entry: JournalEntry): Promise<void> {
    this.#entries.set(entry.id, entry);
  }

  async done(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#entries.set(id, { ...entry, isDone: true });
  }

  async strike(id: string): Promise<void> {
    this.#entries.delete(id);
  }
}

export interface StubClusterOptions {
  readonly clock: Clock;
  readonly onAct?: OnAct;
  /** Left out: nothing is written down. */
  readonly journal?: UndoJournal;
}

export class StubCluster {
  readonly containers = new Map<string, StubContainer>();
  readonly proxies = new Map<string, StubProxy>();
  readonly control: DockerControl;
  onAct: OnAct;
  readonly #clock: Clock;
  readonly #settings: WorldSettings;

  constructor({ clock, onAct = () => {}, journal = NO_JOURNAL }: StubClusterOptions) {
    this.#clock = clock;
    this.onAct = onAct;
    const services = ['origin', 'kafka', 'postgres', ...REGIONS.flatMap((region) => [`edge-${region}`, `redis-${region}`])];
    for (const service of services)
      this.containers.set(`id-${service}`, { service, refusesWrites: false, state: 'running', starts: 1, networks: new Set([MESH]) });
    for (const caller of ['origin', ...REGIONS] as const)
      for (const callee of CALLEES[caller === 'origin' ? 'origin' : 'edge'])
        this.proxies.set(`${caller}-${callee}`, { enabled: true, toxics: [] });
    this.#settings = new WorldSettings({
      clock,
      mayChange: true,
      journal: NO_JOURNAL,
      edgeOf: (region) => ({ region, can: { settings: { read: async () => MADE, change: async () => {} } } }),
      isStopped: async () => false,
      regions: REGIONS.map((region) => ({ region, made: MADE, found: MADE, startsAsMade: true })),
    });
    this.control = new DockerControl({
      engine: this.engine,
      links: this.links,
      prober: this.prober,
      journal,
      clock,
      project: 'stub',
      containers: new Map(services.map((service) => [service, `id-${service}`])),
      mesh: MESH,
      prefix: PREFIX,
      settings: this.#settings,
      whileEnding: (_id, act) => act(),
    });
  }

  get world(): World {
    return {
      backend: 'docker',
      originUrl: 'origin',
      regions: REGIONS.map((region) => ({ region, url: region, delayMs: 100, strategy: 'eager' as const })),
      openClients: () => this.clients,
      control: this.control,
      settings: this.#settings,
      staysUp: true,
      lost: new Promise(() => {}),
      close: async () => {},
    };
  }

  /** What is broken, in words. */
  get broken(): readonly string[] {
    return [
      ...[...this.containers.values()].flatMap(({ service, state, networks, refusesWrites }) => [
        ...(state === 'running' ? [] : [`${service} is ${state}`]),
        ...(refusesWrites ? [`${service} refuses writes`] : []),
        ...(networks.has(MESH) ? [] : [`${service} is apart`]),
      ]),
      ...[...this.proxies].flatMap(([name, { enabled, toxics }]) => [
        ...(enabled ? [] : [`${name} is off`]),
        ...toxics.map(({ type, stream }) => `${name} ${type} ${stream}`),
      ]),
    ];
  }

  /** As the `heal` command and the end of a lab do. */
  undo(journal: UndoAllOptions['journal']): Promise<Undone> {
    const containers = new Map([...this.containers.keys()].map((id) => [this.#facts(id).service, this.#facts(id)]));
    return undoAll({ engine: this.engine, links: this.links, clock: this.#clock, journal, containers, adminToken: 'token' });
  }

  get engine(): DockerControlOptions['engine'] & UndoAllOptions['engine'] {
    const at = (id: string) => this.#container(id);
    const act = async (name: string, id: string, change: (container: StubContainer) => void) => {
      const repeat = () => change(at(id));
      await this.onAct(`${name} ${at(id).service}`, { clock: this.#clock, repeat });
      repeat();
    };
    return {
      container: async (id) => this.#facts(id),
      networks: async () => [{ id: 'mesh-id', name: MESH, network: 'mesh', isOurs: true }],
      disconnect: (_network, id) => act('disconnect', id, ({ networks }) => void networks.delete(MESH)),
      connect: (id) => act('connect', id, ({ networks }) => void networks.add(MESH)),
      pause: (id) =>
        act('pause', id, (container) => {
          if (container.state !== 'running') throw new WorldFailed(`pause: ${container.service} is ${container.state}`);
          container.state = 'paused';
        }),
      unpause: (id) =>
        act('unpause', id, (container) => {
          if (container.state !== 'paused') throw new WorldFailed(`unpause: ${container.service} is ${container.state}`);
          container.state = 'running';
        }),
      kill: (id) =>
        act('kill', id, (container) => {
          container.state = 'stopped';
        }),
      start: (id) =>
        act('start', id, (container) => {
          if (container.state !== 'stopped') return;
          container.state = 'running';
          container.starts += 1;
          container.refusesWrites = false;
        }),
      execute: async (id, [program, , what, verb, name, value]) => {
        if (program !== 'redis-cli') return { exitCode: 0, output: '' };
        if (what !== 'CONFIG') return { exitCode: 0, output: '3\n' };
        if (verb === 'GET') return { exitCode: 0, output: `${name}\n${at(id).refusesWrites ? 1 : 0}\n` };
        const refusesWrites = value === '1';
        await act(refusesWrites ? 'refuse' : 'accept', id, (container) => Object.assign(container, { refusesWrites }));
        return { exitCode: 0, output: 'OK\n' };
      },
      logs: async () => [],
    };
  }

  get links(): DockerControlOptions['links'] & NonNullable<UndoAllOptions['links']> {
    const at = (name: string) => this.#proxy(name);
    return {
      proxies: async () => [...this.proxies.keys()].map((name) => this.#proxyFacts(name)),
      proxy: async (name) => this.#proxyFacts(name),
      add: async (name, toxic) => {
        const repeat = () => void at(name).toxics.push(toxic);
        await this.onAct(`add ${name}`, { clock: this.#clock, repeat });
        repeat();
      },
      removeAll: async (prefix) => {
        let removed = 0;
        for (const proxy of this.proxies.values()) {
          const kept = proxy.toxics.filter((toxic) => !toxic.name.startsWith(prefix));
          removed += proxy.toxics.length - kept.length;
          proxy.toxics = kept;
        }
        return removed;
      },
      switch: async (name, enabled) => {
        const repeat = () => {
          at(name).enabled = enabled;
        };
        await this.onAct(`switch ${name} ${enabled ? 'on' : 'off'}`, { clock: this.#clock, repeat });
        repeat();
      },
    };
  }

  get prober(): DockerControlOptions['prober'] {
    return {
      probe: (link) => this.#probe(link),
      hold: async (link) => {
        const begun = { enabled: this.#proxy(proxyOf(link)).enabled };
        return { hasBroken: async () => begun.enabled };
      },
    };
  }

  async #probe(link: Link): Promise<Probe> {
    const begunMs = this.#clock.monotonicMs();
    const { enabled, toxics } = this.#proxy(proxyOf(link));
    const lateMs = toxics.reduce((sum, { type, attributes }) => sum + (type === 'latency' ? (attributes['latency'] ?? 0) : 0), 0);
    const isCut = toxics.some(({ type }) => type === 'timeout') || !this.#isUsed(link);
    await sleep(this.#clock, isCut && enabled ? PROBE_DEADLINE_MS : PROBE_MS + lateMs);
    return { answered: enabled && !isCut, elapsedMs: this.#clock.monotonicMs() - begunMs };
  }

  /** Both ends run and are on the mesh. */
  #isUsed({ caller, callee }: Link): boolean {
    const [from, to] = [caller, callee].map((node) => this.#container(`id-${node.replace(':', '-')}`));
    return from?.networks.has(MESH) === true && to?.state === 'running';
  }

  /** As far as the evidence of faults asks. */
  get clients(): Clients {
    const stateOf = (service: string) => this.#container(`id-${service}`).state;
    const answer = async <T>(service: string, value: T): Promise<T> => {
      if (stateOf(service) !== 'running') throw new Error(`${service}: no answer`);
      return value;
    };
    const sees = (link: Link) => {
      const { enabled, toxics } = this.#proxy(proxyOf(link));
      return enabled && toxics.every(({ type }) => type !== 'timeout') && this.#isUsed(link);
    };
    const word = (isThere: boolean) => (isThere ? 'connected' : 'disconnected');
    const edge = (region: string) => ({
      region,
      bounds: ownEdge.bounds,
      read: async () => ({}),
      can: {
        metrics: () => answer(`edge-${region}`, { success: true }),
        health: () => answer(`edge-${region}`, { redis: word(stateOf(`redis-${region}`) === 'running') }),
        settings: { read: () => answer(`edge-${region}`, { propagationDelayMs: 100, strategy: 'eager' }) },
      },
    });
    const stub = {
      edge,
      originHealth: () =>
        answer('origin', {
          log: word(sees({ caller: 'origin', callee: 'kafka' })),
          postgres: word(sees({ caller: 'origin', callee: 'postgres' })),
        }),
    };
    return stub as unknown as Clients;
  }

  #container(id: string): StubContainer {
    const found = this.containers.get(id);
    if (found === undefined) throw new TypeError(`expected a container of the stub, got ${id}`);
    return found;
  }

  #proxy(name: string): StubProxy {
    const found = this.proxies.get(name);
    if (found === undefined) throw new TypeError(`expected a proxy of the stub, got ${name}`);
    return found;
  }

  #facts(id: string): ContainerFacts {
    const { service, state, starts, networks } = this.#container(id);
    const endpoint = { networkId: 'mesh-id', address: '10.0.0.2', aliases: [service] };
    return {
      id,
      service,
      isOurs: true,
      state,
      health: undefined,
      healthCommand: undefined,
      exitCode: 0,
      outOfMemory: false,
      startedAt: new Date(starts * 1_000).toISOString(),
      environment: new Map(),
      ports: new Map(),
      networks: new Map([...networks].map((name) => [name, endpoint])),
    };
  }

  #proxyFacts(name: string): ProxyFacts {
    const { enabled, toxics } = this.#proxy(name);
    return {
      name,
      listen: '[::]:1',
      upstream: 'x:1',
      enabled,
      toxics: toxics.map((toxic) => ({ ...toxic, attributes: { ...toxic.attributes } })),
    };
  }
}
