/** Writes down which faults were in force, for a history or for whoever judges without one. */
import type { FaultChangeRecord, FaultRecord } from '../history/records.ts';
import type { FaultChange } from './active-faults.ts';

export interface FaultSink {
  addFault(fault: FaultRecord): void;
  changeFault(id: string, change: FaultChangeRecord): void;
}

export interface FaultRecorderOptions {
  readonly sink: FaultSink;
}

export class FaultRecorder {
  readonly #options: FaultRecorderOptions;

  constructor(options: FaultRecorderOptions) {
    this.#options = options;
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
}
