/** The faults of a run: injected at their times, each healed after its `for`, and everything seen of them recorded and reported. */
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { InvalidInput, WorldFailed } from '../errors.ts';
import { ActiveFaults, type FaultChange } from '../faults/active-faults.ts';
import { type DrawnFault, drawSchedule, excludes, type PlannedFault } from '../faults/drawn-schedule.ts';
import { FaultRecorder } from '../faults/fault-recorder.ts';
import type { History } from '../history/history.ts';
import type { Report } from '../report/events.ts';
import type { Clients } from '../system/clients.ts';
import type { World } from '../worlds/world.ts';

export interface FaultScheduleOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly clock: Clock;
  /** Draws what `one` and `majority` mean. */
  readonly seed: number;
  readonly history: History;
  readonly report: Report;
  /** ms since the run's start. */
  readonly t: () => number;
}

export class FaultSchedule {
  readonly #options: FaultScheduleOptions;
  readonly #faults: ActiveFaults;
  readonly #recorder: FaultRecorder;

  constructor(options: FaultScheduleOptions) {
    this.#options = options;
    const random = createRandom(options.seed);
    this.#faults = new ActiveFaults({ ...options, random, onChange: (change) => this.#onChange(change) });
    this.#recorder = new FaultRecorder({ sink: options.history });
  }

  /**
   * Resolves when nothing is left to inject, or soon after an abort. Rejects when the world could not do one, once the others have been
   * stopped, too; InvalidInput for faults that exclude each other.
   */
  async run(method: readonly PlannedFault[], signal: AbortSignal): Promise<void> {
    const { world, seed } = this.#options;
    const { faults, problems } = drawSchedule({ method, regions: world.regions.map(({ region }) => region), seed });
    const [problem] = problems;
    if (problem !== undefined) throw new InvalidInput(`method ${problem.at + 1}: ${problem.message}`);
    const failed = new AbortController();
    const over = AbortSignal.any([signal, failed.signal]);
    const ended = new Map<DrawnFault, Promise<void>>();
    for (const drawn of faults) {
      // What takes long to inject or to heal may last longer than was planned.
      const others = [...ended].filter(([other]) => excludes(other, drawn)).map(([, end]) => end);
      const end = this.#runOne(drawn, Promise.allSettled(others), over);
      end.catch(() => failed.abort());
      ended.set(drawn, end);
    }
    const rejected = (await Promise.allSettled(ended.values())).find(({ status }) => status === 'rejected');
    if (rejected?.status === 'rejected') throw rejected.reason;
  }

  /** Nothing more is injected; resolves when nothing is on its way. */
  end(): Promise<void> {
    return this.#faults.end();
  }

  /** Ends it. Answers what could not be healed. */
  async healAll(): Promise<readonly string[]> {
    await this.end();
    return this.#faults.healAll();
  }

  /** `free`: when what excludes it is over. */
  async #runOne({ planned, target }: DrawnFault, free: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const { clock, t } = this.#options;
    await sleep(clock, planned.atMs, signal);
    await free;
    if (signal.aborted) return;
    const [injected] = await this.#faults.inject({ ...planned, target: target.text }).catch((error: unknown) => {
      if (!(error instanceof InvalidInput)) throw error;
      // The load was over before this one had begun.
      if (signal.aborted) return [];
      // Nothing is wrong with what was asked for: that was found out before the start.
      throw new WorldFailed(error.message, { cause: error });
    });
    if (injected === undefined || planned.forMs === undefined) return;
    await sleep(clock, Math.max(0, injected.injectedMs + planned.forMs - t()), signal);
    await this.#faults.heal(injected.spec.id);
  }

  #onChange(change: FaultChange): void {
    const { spec, event, effect, atMs } = change;
    this.#recorder.changed(change);
    if (event === 'injecting' || event === 'healing') return;
    this.#options.report({ type: 'Fault', t: Math.round(atMs), id: spec.id, fault: spec.fault, target: spec.target.text, event, effect });
  }
}
