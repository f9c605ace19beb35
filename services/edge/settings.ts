/**
 * What can be changed on a running edge: its propagation delay, its strategy and its lease. Holds for events already
 * queued, too.
 */
import type { EdgeConfig, EdgeConfigChange } from '../protocol/edge-api.ts';
import type { Strategy } from '../protocol/invalidation.ts';

export class EdgeSettings {
  #propagationDelayMs: number;
  #strategy: Strategy;
  #freshnessLeaseMs: number | undefined;
  readonly #listeners = new Set<() => void>();

  constructor({ propagationDelayMs, strategy, freshnessLeaseMs }: EdgeConfig) {
    this.#propagationDelayMs = propagationDelayMs;
    this.#strategy = strategy;
    this.#freshnessLeaseMs = freshnessLeaseMs;
  }

  get propagationDelayMs(): number {
    return this.#propagationDelayMs;
  }

  get strategy(): Strategy {
    return this.#strategy;
  }

  /** 0: what is called fresh has no bound. undefined: whatever has these settings calls nothing fresh. */
  get freshnessLeaseMs(): number | undefined {
    return this.#freshnessLeaseMs;
  }

  change({ propagationDelayMs, strategy, freshnessLeaseMs }: EdgeConfigChange): void {
    this.#propagationDelayMs = propagationDelayMs ?? this.#propagationDelayMs;
    this.#strategy = strategy ?? this.#strategy;
    this.#freshnessLeaseMs = freshnessLeaseMs ?? this.#freshnessLeaseMs;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
