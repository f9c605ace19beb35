/**
 * The faults of a run in a world that somebody plays with: what of them is in force, and what the live verdict has to excuse. How long
 * their after-effects are excused is what the history of the run has, for only the run knows their parameters.
 */
import type { FaultSink } from '../faults/fault-recorder.ts';
import type { HistoryLine } from '../history/history-lines.ts';
import type { FaultRecord } from '../history/records.ts';
import type { LabEvent } from '../report/events.ts';
import { concreteTarget } from '../system/target.ts';
import type { FaultView } from './protocol.ts';

export interface RunFaultsOptions {
  readonly regions: readonly string[];
  /** ms since the start of the session. */
  readonly t: () => number;
  /** Judges the session. */
  readonly sink: Pick<FaultSink, 'addFault' | 'changeFault'>;
  readonly onChange: () => void;
}

export class RunFaults {
  readonly #options: RunFaultsOptions;
  /** What only the run knows of each, by its own id. */
  readonly #known = new Map<string, Pick<FaultRecord, 'recoveryAllowanceMs' | 'slows'>>();
  #inForce: readonly FaultView[] = [];

  constructor(options: RunFaultsOptions) {
    this.#options = options;
  }

  /** Those that are not seen gone. */
  get inForce(): readonly FaultView[] {
    return this.#inForce;
  }

  /** A line of the run's history; that of a fault comes before what is reported of it. */
  readonly written = (line: HistoryLine): void => {
    if (line.line === 'fault') this.#known.set(line.id, { recoveryAllowanceMs: line.recoveryAllowanceMs, slows: line.slows });
  };

  /** What the run reports of a fault. */
  reported({ id: runId, fault, target: text, event, effect }: Extract<LabEvent, { type: 'Fault' }>): void {
    const { regions, t, sink, onChange } = this.#options;
    const id = `run-${runId}`;
    const before = this.#inForce.filter((known) => known.id !== id);
    if (event === 'injected') {
      const target = concreteTarget(text, regions);
      const injectedMs = t();
      const says = `${fault} ${text}`;
      const view = { id, fault, target: text, region: target.region, says, injectedMs, endsMs: undefined, effect } as const;
      this.#inForce = [...before, { ...view, state: 'inForce' }];
      const known = this.#known.get(runId) ?? { recoveryAllowanceMs: 0 };
      sink.addFault({ id, fault, target, injectedMs, healedMs: undefined, ...known, effect });
    } else if (effect === 'confirmed') {
      this.#inForce = before;
      sink.changeFault(id, { healedMs: t() });
    }
    onChange();
  }
}
