/** Writes down which faults were in force and which delay each region had, for a history or for whoever judges without one. */

import type { EdgeConfig } from '../../services/protocol/edge-api.ts';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import type { Clients, EdgeAdmin } from '../clients.ts';
import type { DelayChange, FaultChangeRecord, FaultRecord } from '../load/records.ts';
import type { World } from '../worlds/world.ts';
import type { FaultChange } from './active-faults.ts';

export interface FaultSink {
  addFault(fault: FaultRecord): void;
  changeFault(id: string, change: FaultChangeRecord): void;
  addDelay(change: DelayChange): void;
}

export interface FaultRecorderOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly sink: FaultSink;
  readonly clock: Clock;
  /** ms on the run's clock. */
  readonly t: () => number;
}

/** An edge that does not say its delay is asked again: without it the bound would be the old one. */
const ASKED_MS_MAX = 5_000;
const ASK_AGAIN_MS = 250;

export class FaultRecorder {
  readonly #options: FaultRecorderOptions;
  readonly #closed = new AbortController();
  /** The last known, by region. */
  readonly #delaysMs = new Map<string, number>();

  /** Begins with the delays the world began with. */
  constructor(options: FaultRecorderOptions) {
    this.#options = options;
    for (const { region, delayMs } of options.world.regions) this.delayChanged(region, 0, delayMs);
  }

  changed({ spec, fault, event, effect, injectedMs, atMs }: FaultChange): void {
    const { sink } = this.#options;
    const { id, target } = spec;
    if (event === 'injecting') {
      const recoveryAllowanceMs = fault.recoveryAllowanceMs + (fault.heldBackMs?.(spec) ?? 0);
      sink.addFault({ id, fault: spec.fault, target, injectedMs, healedMs: undefined, recoveryAllowanceMs, effect });
    }
    if (event === 'injected') sink.changeFault(id, { effect });
    if (event === 'healed' && effect === 'confirmed') sink.changeFault(id, { healedMs: atMs });
  }

  /** Nothing where it is so already. */
  delayChanged(region: string, atMs: number, delayMs: number): void {
    if (this.#delaysMs.get(region) === delayMs) return;
    this.#delaysMs.set(region, delayMs);
    this.#options.sink.addDelay({ region, atMs, delayMs });
  }

  /** A delay that grew is dated from before the fault was injected, one that shrank from when that was seen. */
  async readDelay({ spec, injectedMs, atMs, event }: FaultChange): Promise<void> {
    const { world } = this.#options;
    const found = world.regions.find(({ region }) => region === spec.target.region);
    const config = found && (await this.#configOf({ url: found.url, token: world.adminToken }));
    if (found === undefined || config === undefined) return;
    const grew = config.propagationDelayMs > (this.#delaysMs.get(found.region) ?? 0);
    const grownMs = event === 'healed' ? atMs : injectedMs;
    this.delayChanged(found.region, grew ? grownMs : this.#options.t(), config.propagationDelayMs);
  }

  /** Nobody waits for an answer any more. */
  close(): void {
    this.#closed.abort();
  }

  /** undefined: it did not answer. */
  async #configOf(admin: EdgeAdmin): Promise<EdgeConfig | undefined> {
    const { clients, clock } = this.#options;
    const { signal } = this.#closed;
    const deadline = clock.monotonicMs() + ASKED_MS_MAX;
    for (;;) {
      const config = await clients.edgeConfig(admin).catch(() => undefined);
      if (config !== undefined || clock.monotonicMs() >= deadline) return config;
      await sleep(clock, ASK_AGAIN_MS, signal);
      if (signal.aborted) return undefined;
    }
  }
}
