/** A cache that the lab has not started: it is there, and nothing can be done to it. */
import { WorldFailed } from '../../errors.ts';
import type { Damage } from '../../system/mechanisms.ts';
import { type HostedNode, NO_DAMAGES } from '../hosted/nodes.ts';
import type { NodeStatus } from '../world.ts';

export class LiveNode implements HostedNode {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  status(): NodeStatus {
    return { state: 'running', incarnation: 1 };
  }

  pause(): void {
    throw this.#refusal('paused');
  }

  resume(): void {}

  async kill(): Promise<void> {
    throw this.#refusal('killed');
  }

  async start(): Promise<void> {}

  damage(id: string, damage: Damage): void {
    NO_DAMAGES.inflict(id, damage);
  }

  repair(): void {}

  #refusal(how: string): WorldFailed {
    return new WorldFailed(`${this.#name} is a live target, which the lab has not started: the target cannot be ${how}`);
  }
}
