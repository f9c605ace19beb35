/** Breaks and mends the nodes and wires of this process, as the lab asks. */
import type { EdgeConfig } from '../../../services/protocol/edge-api.ts';
import { WorldFailed } from '../../errors.ts';
import { type Link, type NodeName, regionOfEdge } from '../../system/parts.ts';
import type { WorldSettings } from '../settings.ts';
import { Gate } from '../wires/gate.ts';
import type { Wire } from '../wires/wire.ts';
import type { Breakage, LinkRecord, NodeStatus, Probe, WorldControl } from '../world.ts';
import type { HostedNode } from './nodes.ts';

export type ControlRequest =
  | Breakage
  | { readonly do: 'repair'; readonly id: string }
  | { readonly do: 'probe'; readonly link: Link }
  | { readonly do: 'record'; readonly id: string; readonly link: Link }
  | { readonly do: 'inspect' | 'resume'; readonly node: NodeName }
  /** `settings`: what an edge begins with. */
  | { readonly do: 'start'; readonly node: NodeName; readonly settings?: EdgeConfig };

/**
 * How many calls a reset broke, what came of a probe, what is held against a link, how a node is; nothing of the
 * others.
 */
export type ControlAnswer = number | Probe | LinkRecord | NodeStatus | undefined;

/** Takes a request to the services, wherever they are. Rejects with WorldFailed when they refuse. */
export type Ask = (request: ControlRequest) => Promise<ControlAnswer>;

/** The lab's end of it. */
export function controlBy(ask: Ask, settings: WorldSettings): WorldControl {
  const order = async (request: ControlRequest) => void (await ask(request));
  const node = (action: 'pause' | 'resume' | 'kill') => (name: NodeName) => order({ do: action, node: name });
  return {
    // What is broken here ends with the lab.
    register: async () => {},
    impair: (id, link, direction, impairment) => order({ do: 'impair', id, link, direction, impairment }),
    repair: (id) => order({ do: 'repair', id }),
    isolate: (id, edge) => order({ do: 'isolate', id, edge }),
    damage: (id, name, damage) => order({ do: 'damage', id, node: name, damage }),
    reset: async (id, link) => (await ask({ do: 'reset', id, link })) as number,
    record: async (id, link) => (await ask({ do: 'record', id, link })) as LinkRecord,
    probe: async (link) => (await ask({ do: 'probe', link })) as Probe,
    inspect: async (name) => (await ask({ do: 'inspect', node: name })) as NodeStatus,
    pause: node('pause'),
    resume: node('resume'),
    kill: node('kill'),
    start: (name) => {
      const region = regionOfEdge(name);
      if (region === undefined) return order({ do: 'start', node: name });
      return settings.of(region).restart((wanted) => order({ do: 'start', node: name, settings: wanted }));
    },
  };
}

interface HostedLink {
  readonly link: Link;
  readonly wire: Wire;
  /** A small question to the callee; rejects when it has no answer. */
  readonly ask: () => Promise<unknown>;
}

function nameOf({ caller, callee }: Link): string {
  return `${caller}-${callee}`;
}

export class HostControl {
  readonly #nodes = new Map<NodeName, HostedNode>();
  readonly #links = new Map<string, HostedLink>();
  /** Probes are the lab's own calls: no node's pause holds them. */
  readonly #ownGate = new Gate();

  addNode(name: NodeName, node: HostedNode): void {
    this.#nodes.set(name, node);
  }

  addLink(link: Link, wire: Wire, ask: () => Promise<unknown>): void {
    this.#links.set(nameOf(link), { link, wire, ask });
  }

  /** Throws WorldFailed for what there is not, or is not in the state it takes. */
  async execute(request: ControlRequest): Promise<ControlAnswer> {
    if (request.do === 'probe') return this.#probe(this.#link(request.link));
    if (request.do === 'reset') return this.#reset(this.#link(request.link));
    if (request.do === 'record') return this.#record(request.id, request.link);
    if (request.do === 'inspect') return this.#node(request.node).status();
    if (request.do === 'impair') this.#link(request.link).wire.impair(request.id, request.direction, request.impairment);
    else if (request.do === 'isolate') this.#isolate(request.id, request.edge);
    else if (request.do === 'damage') this.#node(request.node).damage(request.id, request.damage);
    else if (request.do === 'start') await this.#node(request.node).start(request.settings);
    else if (request.do === 'repair') this.#repair(request.id);
    else await this.#node(request.node)[request.do]();
    return undefined;
  }

  #repair(id: string): void {
    for (const { wire } of this.#links.values()) wire.repair(id);
    for (const node of this.#nodes.values()) node.repair(id);
  }

  #isolate(id: string, edge: NodeName): void {
    for (const { link, wire } of this.#links.values())
      if (link.caller === edge || link.callee === edge) wire.impair(id, 'both', { kind: 'cut' });
  }

  /** A probe is put on its way first: that it breaks is the evidence, also on a link nobody uses. */
  async #reset(hosted: HostedLink): Promise<number> {
    const probe = hosted.wire.probe(() => new Promise<never>(() => {}), this.#ownGate);
    const broken = hosted.wire.reset();
    await probe;
    return broken;
  }

  #probe({ wire, ask }: HostedLink): Promise<Probe> {
    return wire.probe(ask, this.#ownGate);
  }

  /** A callee that is a process has a gate of its own, past the wire. */
  #record(id: string, link: Link): LinkRecord {
    const { inForce, isHidden } = this.#link(link).wire.record(id);
    return { inForce, isHidden: isHidden || this.#node(link.callee).status().state !== 'running' };
  }

  #node(name: NodeName): HostedNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new WorldFailed(`expected a node (${[...this.#nodes.keys()].join(', ')}), got ${name}`);
    return node;
  }

  #link(link: Link): HostedLink {
    const hosted = this.#links.get(nameOf(link));
    if (hosted === undefined) throw new WorldFailed(`expected a link (${[...this.#links.keys()].join(', ')}), got ${nameOf(link)}`);
    return hosted;
  }
}
