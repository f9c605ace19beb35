/**
 * Breaks and mends a cluster, as the lab asks: links by their proxies, nodes by the engine. What would undo each act is
 * in the journal before the act, and struck out after it is undone.
 */
import type { Clock } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import type { JournalEntry, Undo, UndoJournal } from '../../journal/journal.ts';
import type { Damage, Impairment } from '../../system/mechanisms.ts';
import type { Direction, Link, NodeName } from '../../system/parts.ts';
import type { WorldSettings } from '../settings.ts';
import type { Breakage, LinkRecord, NodeStatus, Probe, WorldControl } from '../world.ts';
import type { Engine } from './engine.ts';
import type { ContainerFacts } from './engine-facts.ts';
import { untilUp } from './health.ts';
import { LATE_ACT_MS_MAX, undoUntil } from './late-acts.ts';
import { type Links, proxyOf } from './links.ts';
import { reconnect, resume } from './mend.ts';
import { Parts, serviceOf } from './nodes.ts';
import type { Prober } from './prober.ts';
import { acceptWrites, RedisDamages } from './redis-damages.ts';
import { streamsOf, toToxic } from './toxics.ts';

type Mechanism = 'container' | 'networks' | 'disconnect' | 'connect' | 'pause' | 'unpause' | 'kill' | 'start' | 'execute' | 'logs';

export interface DockerControlOptions {
  readonly engine: Pick<Engine, Mechanism>;
  readonly links: Pick<Links, 'proxy' | 'add' | 'removeAll' | 'switch'>;
  readonly prober: Pick<Prober, 'probe' | 'hold'>;
  readonly journal: UndoJournal;
  readonly clock: Clock;
  readonly settings: WorldSettings;
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

export const TOXIC_PREFIX = 'edgesync-lab.';

export class DockerControl implements WorldControl {
  readonly #options: DockerControlOptions;
  /** What is written in the journal by this lab and not undone, by its id there. */
  readonly #registered = new Map<string, Undo>();
  /** Until when an act that failed may still be done, by its id in the journal. */
  readonly #lateUntilMs = new Map<string, number>();
  readonly #damages: RedisDamages;
  readonly #parts: Parts;

  constructor(options: DockerControlOptions) {
    this.#options = options;
    this.#damages = new RedisDamages(options);
    this.#parts = new Parts(options.containers);
  }

  /** Nothing where this lab has registered it already. */
  async register(breakage: Breakage): Promise<void> {
    const entry = await this.#entryOf(breakage);
    if (entry === undefined || this.#registered.has(entry.id)) return;
    const region = breakage.do === 'kill' ? this.#parts.settingsIn(breakage.node) : undefined;
    if (region !== undefined) await this.#options.settings.of(region).leave();
    await this.#options.journal.write(entry);
    this.#registered.set(entry.id, entry.undo);
  }

  async impair(id: string, link: Link, direction: Direction, impairment: Impairment): Promise<void> {
    await this.register({ do: 'impair', id, link, direction, impairment });
    const prefix = this.#keyOf(id);
    await this.#act(prefix, async () => {
      for (const stream of streamsOf(direction))
        await this.#options.links.add(proxyOf(link), toToxic(`${prefix}${stream}`, stream, impairment));
    });
  }

  async repair(id: string): Promise<void> {
    const { engine, links } = this.#options;
    const key = this.#keyOf(id);
    const undo = this.#registered.get(key);
    await this.#undo(key, async () => {
      await links.removeAll(key);
      if (undo?.do === 'reconnect') await reconnect(engine, undo);
      if (undo?.do === 'enable') await links.switch(undo.proxy, true);
      if (undo?.do === 'accept-writes') await acceptWrites(this.#options, undo.container);
    });
    this.#damages.forget(id);
  }

  /** One of them is a connection held open by the lab: that it breaks is the evidence, also on a link nobody uses. */
  async reset(id: string, link: Link): Promise<number> {
    const { links, prober } = this.#options;
    await this.register({ do: 'reset', id, link });
    const held = await prober.hold(link);
    await this.#act(this.#keyOf(id), async () => {
      try {
        await links.switch(proxyOf(link), false);
      } finally {
        await links.switch(proxyOf(link), true);
      }
    });
    return (await held.hasBroken()) ? 1 : 0;
  }

  probe(link: Link, bytes = 0): Promise<Probe> {
    return this.#options.prober.probe(link, bytes);
  }

  async record(id: string, link: Link): Promise<LinkRecord> {
    const { links, mesh } = this.#options;
    const key = this.#keyOf(id);
    const [proxy, caller, callee] = await Promise.all([
      links.proxy(proxyOf(link)),
      this.#factsOf(this.#parts.callerOf(link), link.caller),
      this.#facts(link.callee),
    ]);
    const own = proxy.toxics.filter(({ name }) => name.startsWith(key)).length;
    const undo = this.#registered.get(key);
    const isApart = !caller.networks.has(mesh);
    const isCutByIt = isApart && undo?.do === 'reconnect';
    const isOffByIt = !proxy.enabled && undo?.do === 'enable' && undo.proxy === proxy.name;
    return {
      inForce: own > 0 || isCutByIt || isOffByIt,
      isHidden: proxy.toxics.length > own || (isApart && !isCutByIt) || (!proxy.enabled && !isOffByIt) || callee.state !== 'running',
    };
  }

  async isolate(id: string, edge: NodeName): Promise<void> {
    await this.register({ do: 'isolate', id, edge });
    const key = this.#keyOf(id);
    const undo = this.#registered.get(key);
    if (undo?.do !== 'reconnect') throw new TypeError(`expected ${id} registered as an isolation, got ${undo?.do}`);
    await this.#act(key, () => this.#options.engine.disconnect(undo.endpoint.networkId, undo.container));
  }

  async damage(id: string, node: NodeName, damage: Damage): Promise<void> {
    await this.register({ do: 'damage', id, node, damage });
    const { id: container } = await this.#facts(node);
    await this.#act(this.#keyOf(id), () => this.#damages.inflict(id, container, damage));
  }

  async pause(node: NodeName): Promise<void> {
    await this.register({ do: 'pause', node });
    const { id } = await this.#facts(node);
    await this.#act(`pause-${id}`, () => this.#options.engine.pause(id));
  }

  async resume(node: NodeName): Promise<void> {
    const { id } = await this.#facts(node);
    await this.#undo(`pause-${id}`, () => resume(this.#options.engine, id));
  }

  async kill(node: NodeName): Promise<void> {
    const { engine, whileEnding } = this.#options;
    const { id, state } = await this.#facts(node);
    if (state === 'stopped') return;
    await this.register({ do: 'kill', node });
    await this.#act(`kill-${id}`, () => whileEnding(id, () => engine.kill(id)));
  }

  async start(node: NodeName): Promise<void> {
    const { engine, clock, settings } = this.#options;
    const { id, service } = await this.#facts(node);
    const region = this.#parts.settingsIn(node);
    await this.#undo(`kill-${id}`, async () => {
      // It comes up as its container was made, and is told as soon as it answers.
      if (region === undefined) await engine.start(id);
      else await settings.of(region).restart(() => engine.start(id));
      await untilUp({ engine, clock, id, service });
    });
  }

  async inspect(node: NodeName): Promise<NodeStatus> {
    const facts = await this.#facts(node);
    const { state, startedAt } = facts;
    return { state, incarnation: Date.parse(startedAt), damages: await this.#damages.counts(facts) };
  }

  /** undefined: nothing undoes it. */
  async #entryOf(breakage: Breakage): Promise<JournalEntry | undefined> {
    if (breakage.do === 'damage') return this.#entryOfDamage(breakage);
    if (breakage.do === 'impair') {
      const { id, link, direction, impairment } = breakage;
      const prefix = this.#keyOf(id);
      const says = `${link.caller}${{ both: '<->', there: '->', back: '<-' }[direction]}${link.callee}: ${impairment.kind}`;
      return { id: prefix, says, undo: { do: 'repair', prefix } };
    }
    if (breakage.do === 'reset') {
      const { id, link } = breakage;
      return { id: this.#keyOf(id), says: `${link.caller}<->${link.callee} is switched off`, undo: { do: 'enable', proxy: proxyOf(link) } };
    }
    if (breakage.do === 'isolate')
      return { id: this.#keyOf(breakage.id), says: `${breakage.edge} is isolated`, undo: await this.#reconnection(breakage.edge) };
    const { node } = breakage;
    const { id: container } = await this.#facts(node);
    if (breakage.do === 'pause') return { id: `pause-${container}`, says: `${node} is paused`, undo: { do: 'resume', container } };
    return { id: `kill-${container}`, says: `${node} is killed`, undo: { do: 'start', container } };
  }

  async #entryOfDamage({ id, node, damage }: Extract<Breakage, { do: 'damage' }>): Promise<JournalEntry | undefined> {
    if (damage !== 'refuse-writes') return undefined;
    const { id: container } = await this.#facts(node);
    return { id: this.#keyOf(id), says: `${node} refuses writes`, undo: { do: 'accept-writes', container } };
  }

  async #reconnection(edge: NodeName): Promise<Undo> {
    const { engine, mesh, project } = this.#options;
    const container = await this.#facts(edge);
    const endpoint = container.networks.get(mesh);
    if (endpoint === undefined) throw new WorldFailed(`${edge}: expected it on the network ${mesh}, got one that is not`);
    // An address may only be asked for in a network whose subnet was asked for: in one that Compose made, it was not.
    const isAskedFor = (await engine.networks(project)).some((one) => one.id === endpoint.networkId && one.isOurs);
    return {
      do: 'reconnect',
      container: container.id,
      network: mesh,
      endpoint: { ...endpoint, address: isAskedFor ? endpoint.address : '', aliases: [...endpoint.aliases] },
    };
  }

  async #act(key: string, act: () => Promise<void>): Promise<void> {
    const { clock, journal } = this.#options;
    try {
      await act();
    } catch (error) {
      this.#lateUntilMs.set(key, clock.monotonicMs() + LATE_ACT_MS_MAX);
      throw error;
    }
    await journal.done(key).catch(() => {});
  }

  /** Strikes it out when it is undone. */
  async #undo(key: string, undo: () => Promise<void>): Promise<void> {
    await undoUntil(this.#options.clock, this.#lateUntilMs.get(key) ?? 0, undo);
    await this.#options.journal.strike(key);
    this.#registered.delete(key);
    this.#lateUntilMs.delete(key);
  }

  /** What this lab calls it at the links and in the journal. */
  #keyOf(id: string): string {
    return `${this.#options.prefix}${id}.`;
  }

  #facts(node: NodeName): Promise<ContainerFacts> {
    return this.#factsOf(serviceOf(node), node);
  }

  async #factsOf(service: string, node: NodeName): Promise<ContainerFacts> {
    const id = this.#options.containers.get(service);
    const facts = id === undefined ? undefined : await this.#options.engine.container(id);
    if (facts === undefined) throw new WorldFailed(`${node}: its container is not there`);
    return facts;
  }
}
