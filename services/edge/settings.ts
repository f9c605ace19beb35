/** What can be changed on a running edge: its propagation delay and its strategy. Holds for events already queued, too. */
import type { EdgeConfigChange } from '../protocol/edge-api.ts';
import type { Strategy } from '../protocol/invalidation.ts';

export class EdgeSettings {
  #propagationDelayMs: number;
  #strategy: Strategy;
  readonly #listeners = new Set<() => void>();

  constructor(initial: { readonly propagationDelayMs: number; readonly strategy: Strategy }) {
    this.#propagationDelayMs = initial.propagationDelayMs;
    this.#strategy = initial.strategy;
  }

  get propagationDelayMs(): number {
    return this.#propagationDelayMs;
  }

  get strategy(): Strategy {
    return this.#strategy;
  }

  change({ propagationDelayMs, strategy }: EdgeConfigChange): void {
    this.#propagationDelayMs = propagationDelayMs ?? this.#propagationDelayMs;
    this.#strategy = strategy ?? this.#strategy;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
