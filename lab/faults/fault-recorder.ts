/** Writes down which faults were in force and which delay each region had, for a history or for whoever judges without one. */
import type { Clients } from '../clients.ts';
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
}

export class FaultRecorder {
  readonly #options: FaultRecorderOptions;
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
      const { recoveryAllowanceMs } = fault;
      const slows = fault.slows?.(spec);
      const record = { id, fault: spec.fault, target, injectedMs, healedMs: undefined, recoveryAllowanceMs, effect };
      sink.addFault(slows === undefined ? record : { ...record, slows });
    }
    if (event === 'injected') sink.changeFault(id, effect === 'confirmed' ? { effect, seenMs: atMs } : { effect });
    if (event === 'healing') sink.changeFault(id, { healingMs: atMs });
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
    const { world, clients } = this.#options;
    const found = world.regions.find(({ region }) => region === spec.target.region);
    const config = found && (await clients.edgeConfig({ url: found.url, token: world.adminToken }).catch(() => undefined));
    if (found === undefined || config === undefined) return;
    const grew = config.propagationDelayMs > (this.#delaysMs.get(found.region) ?? 0);
    this.delayChanged(found.region, grew && event !== 'healed' ? injectedMs : atMs, config.propagationDelayMs);
  }
}
