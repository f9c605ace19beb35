/** The faults of a run: injected at their times, each healed after its `for`, and everything seen of them recorded and reported. */
import { type Clock, sleep } from '../services/runtime/clock.ts';
import type { Random } from '../services/runtime/random.ts';
import type { Clients } from './clients.ts';
import { ActiveFaults, type FaultChange, type FaultOrder } from './faults/active-faults.ts';
import { FaultRecorder } from './faults/fault-recorder.ts';
import type { History } from './load/history.ts';
import type { Report } from './report/events.ts';
import type { World } from './worlds/world.ts';

export interface PlannedFault extends FaultOrder {
  /** ms from the start of the fault phase. */
  readonly atMs: number;
  /** undefined: until everything is healed. */
  readonly forMs: number | undefined;
}

export interface FaultScheduleOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly random: Random;
  readonly history: History;
  readonly report: Report;
  /** ms since the run's start. */
  readonly t: () => number;
}

export class FaultSchedule {
  readonly #options: FaultScheduleOptions;
  readonly #faults: ActiveFaults;
  readonly #recorder: FaultRecorder;
  #delaysRead: Promise<void> = Promise.resolve();
  #healed: Promise<readonly string[]> | undefined;

  constructor(options: FaultScheduleOptions) {
    this.#options = options;
    this.#faults = new ActiveFaults({ ...options, onChange: (change) => this.#onChange(change) });
    this.#recorder = new FaultRecorder({ ...options, sink: options.history });
  }

  /** Resolves when nothing is left to inject, or at once after an abort. Rejects when the world could not do one. */
  async run(method: readonly PlannedFault[], signal: AbortSignal): Promise<void> {
    await Promise.all(method.map((planned) => this.#runOne(planned, signal)));
  }

  /** Answers what could not be healed. */
  healAll(): Promise<readonly string[]> {
    this.#healed ??= this.#faults.healAll().then(async (left) => {
      await this.#delaysRead;
      return left;
    });
    return this.#healed;
  }

  async #runOne(planned: PlannedFault, signal: AbortSignal): Promise<void> {
    const { clock, t } = this.#options;
    await sleep(clock, planned.atMs, signal);
    if (signal.aborted) return;
    const injected = await this.#faults.inject(planned);
    const [first] = injected;
    if (first === undefined || planned.forMs === undefined) return;
    await sleep(clock, Math.max(0, first.injectedMs + planned.forMs - t()), signal);
    await Promise.all(injected.map(({ spec }) => this.#faults.heal(spec.id)));
  }

  #onChange(change: FaultChange): void {
    const { spec, event, effect, atMs } = change;
    this.#recorder.changed(change);
    if (event === 'injecting' || event === 'healing') return;
    this.#options.report({ type: 'Fault', t: Math.round(atMs), id: spec.id, fault: spec.fault, target: spec.target.text, event, effect });
    if (spec.target.kind === 'edge') this.#delaysRead = Promise.all([this.#delaysRead, this.#recorder.readDelay(change)]).then(() => {});
  }
}
