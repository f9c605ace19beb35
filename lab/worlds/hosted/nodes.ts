/**
 * The nodes of a hosted world: what stands for a process or a server, to be paused, killed and started again.
 *
 * A ProcessNode (origin, edge) gets a gate of its own for each life, so that nothing a killed one had under way goes
 * on. A ServerNode (kafka, postgres, a redis) keeps its gate, for its callers' wires outlive it.
 */
import type { EdgeConfig } from '../../../services/protocol/edge-api.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import type { Damage } from '../../system/mechanisms.ts';
import { Gate, gatedClock } from '../wires/gate.ts';
import type { NodeStatus } from '../world.ts';

export interface HostedNode {
  status(): NodeStatus;
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
  /** `settings`: what an edge begins its new life with. */
  start(settings?: EdgeConfig): Promise<void>;
  /** Throws WorldFailed for what cannot happen to it. */
  damage(id: string, damage: Damage): void;
  /** Nothing where that is not in force. */
  repair(id: string): void;
}

/** What can happen to a server beside being paused and killed. */
export interface Damages {
  /** Throws WorldFailed for what cannot happen to it. */
  inflict(id: string, damage: Damage): void;
  repair(id: string): void;
  /** By id, how much each has changed so far. */
  counts(): Readonly<Record<string, number>>;
}

export const NO_DAMAGES: Damages = {
  inflict: (_id, damage) => {
    throw new WorldFailed(`expected a server that can suffer ${damage}, got another one`);
  },
  repair: () => {},
  counts: () => ({}),
};

export function assertIs(state: NodeStatus['state'], expected: NodeStatus['state']): void {
  if (state !== expected) throw new WorldFailed(`expected a node that is ${expected}, got one that is ${state}`);
}

/** One life of a process. */
export interface ProcessLife {
  readonly port: number;
  /** Drops its sockets and its connections at once. */
  kill(): Promise<void>;
  /** Lets it end in order. */
  close(): Promise<void>;
}

export interface LaunchOptions {
  readonly gate: Gate;
  /** The clock as this life sees it. */
  readonly clock: Clock;
  /** 0 takes a free one. */
  readonly port: number;
  /** Of an edge, instead of what it is configured with. */
  readonly settings?: EdgeConfig | undefined;
}

type Launch = (options: LaunchOptions) => Promise<ProcessLife>;

export class ProcessNode implements HostedNode {
  readonly #clock: Clock;
  readonly #launch: Launch;
  #gate: Gate;
  #life: ProcessLife;
  /** On its way up: whoever asks once more waits for that. */
  #starting: Promise<void> | undefined;
  #incarnation = 1;

  private constructor(clock: Clock, launch: Launch, gate: Gate, life: ProcessLife) {
    this.#clock = clock;
    this.#launch = launch;
    this.#gate = gate;
    this.#life = life;
  }

  static async launch(clock: Clock, port: number, launch: Launch): Promise<ProcessNode> {
    const gate = new Gate();
    return new ProcessNode(clock, launch, gate, await launch({ gate, clock: gatedClock(clock, gate), port }));
  }

  get port(): number {
    return this.#life.port;
  }

  status(): NodeStatus {
    return { state: this.#gate.state, incarnation: this.#incarnation };
  }

  pause(): void {
    assertIs(this.#gate.state, 'running');
    this.#gate.set('paused');
  }

  resume(): void {
    if (this.#gate.state === 'running') return;
    assertIs(this.#gate.state, 'paused');
    this.#gate.set('running');
  }

  async kill(): Promise<void> {
    if (this.#gate.state === 'stopped') return;
    this.#gate.set('stopped');
    await this.#life.kill();
  }

  async start(settings?: EdgeConfig): Promise<void> {
    if (this.#gate.state === 'running') return;
    assertIs(this.#gate.state, 'stopped');
    this.#starting ??= this.#start(settings).finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  async #start(settings: EdgeConfig | undefined): Promise<void> {
    const gate = new Gate();
    this.#life = await this.#launch({ gate, clock: gatedClock(this.#clock, gate), port: this.#life.port, settings });
    this.#gate = gate;
    this.#incarnation += 1;
  }

  damage(id: string, damage: Damage): void {
    NO_DAMAGES.inflict(id, damage);
  }

  repair(): void {}

  async close(): Promise<void> {
    if (this.#gate.state === 'paused') this.#gate.set('running');
    if (this.#gate.state === 'running') await this.#life.close();
  }
}

export class ServerNode implements HostedNode {
  readonly gate = new Gate();
  readonly #onStart: () => void;
  readonly #damages: Damages;
  #incarnation = 1;

  /** `onStart` runs when it comes back, before anybody can reach it. */
  constructor({ onStart = () => {}, damages = NO_DAMAGES }: { readonly onStart?: () => void; readonly damages?: Damages } = {}) {
    this.#onStart = onStart;
    this.#damages = damages;
  }

  status(): NodeStatus {
    return { state: this.gate.state, incarnation: this.#incarnation, damages: this.#damages.counts() };
  }

  damage(id: string, damage: Damage): void {
    this.#damages.inflict(id, damage);
  }

  repair(id: string): void {
    this.#damages.repair(id);
  }

  pause(): void {
    assertIs(this.gate.state, 'running');
    this.gate.set('paused');
  }

  resume(): void {
    if (this.gate.state === 'running') return;
    assertIs(this.gate.state, 'paused');
    this.gate.set('running');
  }

  async kill(): Promise<void> {
    this.gate.set('stopped');
  }

  async start(): Promise<void> {
    if (this.gate.state === 'running') return;
    assertIs(this.gate.state, 'stopped');
    this.#incarnation += 1;
    this.#onStart();
    this.gate.set('running');
  }
}
