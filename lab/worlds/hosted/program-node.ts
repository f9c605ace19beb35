/** A program of others as a node: a group of processes that is frozen, killed and started again by signals. */
import type { EdgeConfig } from '../../../services/protocol/edge-api.ts';
import { WorldFailed } from '../../errors.ts';
import type { Damage } from '../../system/mechanisms.ts';
import type { Program } from '../peers/program.ts';
import type { NodeStatus } from '../world.ts';
import { assertIs, type HostedNode, NO_DAMAGES } from './nodes.ts';

export interface ProgramNodeOptions {
  /** For a sentence: `varnish of eu-west`. */
  readonly name: string;
  /** Whoever purges it has the settings of its region. */
  readonly onSettings: (settings: EdgeConfig) => void;
}

export class ProgramNode implements HostedNode {
  readonly #program: Program;
  readonly #options: ProgramNodeOptions;
  #state: NodeStatus['state'] = 'running';
  #starting: Promise<void> | undefined;
  #incarnation = 1;
  #tellLost: (why: string) => void = () => {};

  constructor(program: Program, options: ProgramNodeOptions) {
    this.#program = program;
    this.#options = options;
    this.#watch();
  }

  /** `tell` hears when it ends though nobody killed it. */
  onLost(tell: (why: string) => void): void {
    this.#tellLost = tell;
  }

  status(): NodeStatus {
    return { state: this.#state, incarnation: this.#incarnation };
  }

  pause(): void {
    assertIs(this.#state, 'running');
    this.#state = 'paused';
    this.#program.pause();
  }

  resume(): void {
    if (this.#state === 'running') return;
    assertIs(this.#state, 'paused');
    this.#program.resume();
    this.#state = 'running';
  }

  async kill(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    await this.#program.kill();
  }

  async start(settings?: EdgeConfig): Promise<void> {
    if (this.#state === 'running') return;
    assertIs(this.#state, 'stopped');
    this.#starting ??= this.#start(settings).finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  damage(id: string, damage: Damage): void {
    NO_DAMAGES.inflict(id, damage);
  }

  repair(): void {}

  async close(): Promise<void> {
    this.#state = 'stopped';
    await this.#program.stop();
  }

  async #start(settings: EdgeConfig | undefined): Promise<void> {
    if (settings !== undefined) this.#options.onSettings(settings);
    await this.#program.startAgain();
    this.#state = 'running';
    this.#incarnation += 1;
    this.#watch();
  }

  #watch(): void {
    const incarnation = this.#incarnation;
    void this.#program.untilEnded().then((why) => {
      if (this.#incarnation !== incarnation || this.#state === 'stopped') return;
      this.#state = 'stopped';
      this.#tellLost(new WorldFailed(`${this.#options.name}: ${why}`).message);
    });
  }
}
