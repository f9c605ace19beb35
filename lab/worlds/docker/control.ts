/**
 * Breaks and mends a cluster, as the lab asks: links by their proxies, nodes by the engine. What would undo each act is in the
 * journal before the act, and struck out after it is undone.
 */
import { type Clock, systemClock } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import type { Undo, UndoJournal } from '../../journal.ts';
import type { Direction, Impairment, Link, NodeName, NodeStatus, Probe, WorldControl } from '../world.ts';
import type { Engine } from './engine.ts';
import type { ContainerFacts } from './engine-facts.ts';
import { untilUp } from './health.ts';
import { type Links, type NewToxic, proxyOf } from './links.ts';
import { serviceOf } from './nodes.ts';
import type { Prober } from './prober.ts';

export interface DockerControlOptions {
  readonly engine: Engine;
  readonly links: Links;
  readonly prober: Prober;
  readonly journal: UndoJournal;
  readonly project: string;
  /** Container ids by service. */
  readonly containers: ReadonlyMap<string, string>;
  /** Name of the network that every link is on. */
  readonly mesh: string;
  /** Begins the name of every toxic of this lab, so that it can be told from any other’s. */
  readonly prefix: string;
  /** Does what ends a container, so that whoever watches for such ends knows that it was asked for. */
  readonly whileEnding: (id: string, act: () => Promise<void>) => Promise<void>;
}

/** A toxic’s rate is in thousands of bytes a second. */
const BYTES_PER_TOXIC_UNIT = 1_000;
export const TOXIC_PREFIX = 'edgesync-lab.';

export class DockerControl implements WorldControl {
  readonly #options: DockerControlOptions;
  readonly #clock: Clock = systemClock;
  readonly #isolated = new Map<string, Extract<Undo, { do: 'reconnect' }>>();

  constructor(options: DockerControlOptions) {
    this.#options = options;
  }

  async impair(id: string, link: Link, direction: Direction, impairment: Impairment): Promise<void> {
    const { links, journal } = this.#options;
    const prefix = this.#toxicPrefix(id);
    const says = `${link.caller}${{ both: '<->', there: '->', back: '<-' }[direction]}${link.callee}: ${impairment.kind}`;
    await journal.write({ id: prefix, says, undo: { do: 'repair', prefix } });
    for (const stream of streamsOf(direction)) await links.add(proxyOf(link), toToxic(`${prefix}${stream}`, stream, impairment));
  }

  async repair(id: string): Promise<void> {
    const { links, journal } = this.#options;
    const prefix = this.#toxicPrefix(id);
    await links.removeAll(prefix);
    await this.#reconnect(prefix);
    await journal.strike(prefix);
  }

  /** One of them is a connection held open by the lab: that it breaks is the evidence, also on a link nobody uses. */
  async reset(link: Link): Promise<number> {
    const { links, prober } = this.#options;
    const name = proxyOf(link);
    const held = await prober.hold(link);
    await links.switch(name, false);
    await links.switch(name, true);
    return (await held.hasBroken()) ? 1 : 0;
  }

  probe(link: Link, bytes = 0): Promise<Probe> {
    return this.#options.prober.probe(link, bytes);
  }

  async isolate(id: string, edge: NodeName): Promise<void> {
    const { engine, journal, mesh, project } = this.#options;
    const container = await this.#facts(edge);
    const endpoint = container.networks.get(mesh);
    if (endpoint === undefined) throw new WorldFailed(`${edge}: expected it on the network ${mesh}, got one that is not`);
    // An address may only be asked for in a network whose subnet was asked for: in one that Compose made, it was not.
    const isAskedFor = (await engine.networks(project)).some((one) => one.id === endpoint.networkId && one.isOurs);
    const undo: Extract<Undo, { do: 'reconnect' }> = {
      do: 'reconnect',
      container: container.id,
      network: mesh,
      endpoint: { ...endpoint, address: isAskedFor ? endpoint.address : '', aliases: [...endpoint.aliases] },
    };
    const key = this.#toxicPrefix(id);
    this.#isolated.set(key, undo);
    await journal.write({ id: key, says: `${edge} is isolated`, undo });
    await engine.disconnect(endpoint.networkId, container.id);
  }

  async pause(node: NodeName): Promise<void> {
    const { id } = await this.#facts(node);
    await this.#options.journal.write({ id: `pause-${id}`, says: `${node} is paused`, undo: { do: 'resume', container: id } });
    await this.#options.engine.pause(id);
  }

  async resume(node: NodeName): Promise<void> {
    const { id } = await this.#facts(node);
    await this.#options.engine.unpause(id);
    await this.#options.journal.strike(`pause-${id}`);
  }

  async kill(node: NodeName): Promise<void> {
    const { engine, journal, whileEnding } = this.#options;
    const { id, state } = await this.#facts(node);
    if (state === 'stopped') return;
    await journal.write({ id: `kill-${id}`, says: `${node} is killed`, undo: { do: 'start', container: id } });
    await whileEnding(id, () => engine.kill(id));
  }

  async start(node: NodeName): Promise<void> {
    const { engine, journal } = this.#options;
    const { id } = await this.#facts(node);
    await engine.start(id);
    await untilUp({ engine, clock: this.#clock, id, service: serviceOf(node) });
    await journal.strike(`kill-${id}`);
  }

  async inspect(node: NodeName): Promise<NodeStatus> {
    const { state, startedAt } = await this.#facts(node);
    return { state, incarnation: Date.parse(startedAt) };
  }

  async #reconnect(key: string): Promise<void> {
    const undo = this.#isolated.get(key);
    if (undo === undefined) return;
    await reconnect(this.#options.engine, undo);
    this.#isolated.delete(key);
  }

  #toxicPrefix(id: string): string {
    return `${this.#options.prefix}${id}.`;
  }

  async #facts(node: NodeName): Promise<ContainerFacts> {
    const id = this.#options.containers.get(serviceOf(node));
    const facts = id === undefined ? undefined : await this.#options.engine.container(id);
    if (facts === undefined) throw new WorldFailed(`${node}: its container is not there`);
    return facts;
  }
}

/** Nothing when it is connected already. */
export async function reconnect(engine: Engine, { container, network, endpoint }: Extract<Undo, { do: 'reconnect' }>): Promise<void> {
  const facts = await engine.container(container);
  if (facts !== undefined && !facts.networks.has(network)) await engine.connect(container, endpoint);
}

function streamsOf(direction: Direction): readonly NewToxic['stream'][] {
  return { both: ['upstream', 'downstream'] as const, there: ['upstream'] as const, back: ['downstream'] as const }[direction];
}

/** A timeout of 0 swallows what passes and keeps the connection; it is closed when the toxic goes. */
function toToxic(name: string, stream: NewToxic['stream'], impairment: Impairment): NewToxic {
  const base = { name, stream };
  if (impairment.kind === 'cut') return { ...base, type: 'timeout', attributes: { timeout: 0 } };
  if (impairment.kind === 'latency')
    return { ...base, type: 'latency', attributes: { latency: impairment.latencyMs, jitter: impairment.jitterMs } };
  return { ...base, type: 'bandwidth', attributes: { rate: Math.max(1, Math.round(impairment.bytesPerSecond / BYTES_PER_TOXIC_UNIT)) } };
}
