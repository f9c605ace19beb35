import { sleep } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { createReleasers, type Releasers } from '../../services/runtime/releasers.ts';
import { judgeHistory } from '../checks/judge.ts';
import { EXIT, NotHealed, WorldFailed, worstOf } from '../errors.ts';
import { History } from '../history/history.ts';
import type { OnHistoryLine } from '../history/history-lines.ts';
import { WallClock } from '../history/wall-clock.ts';
import { Driver } from '../load/driver.ts';
import { planLoad } from '../load/plan.ts';
import type { Phase, Summary } from '../report/events.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { LogWatch } from '../session/log-watch.ts';
import { type MachineWatch, watchMachine } from '../session/machine-watch.ts';
import type { Clients } from '../system/clients.ts';
import { isSettled } from '../system/settled.ts';
import { watchForAbort } from '../thresholds/abort-watch.ts';
import { evaluateThresholds } from '../thresholds/evaluate.ts';
import { METRICS } from '../thresholds/metrics.ts';
import type { StartStep, World } from '../worlds/world.ts';
import { FaultSchedule } from './fault-schedule.ts';
import type { RunIdentity } from './identity.ts';
import { MetricsPoller } from './metrics-poller.ts';
import { holdSettings } from './run-settings.ts';
import { SteadyGate } from './steady-gate.ts';
import { conclude, type Ended, type Judged, toAnomalyEvent, toFailure, toHead, toStart, toSummary } from './summary.ts';

/** What a block of events says of itself, whatever becomes of the run. */
export interface RunOptions extends RunIdentity {
  readonly scenario: Scenario;
  /** Bad configuration is its to refuse, before it starts anything. */
  readonly startWorld: (onStep: (step: StartStep) => void, signal: AbortSignal) => Promise<World>;
  /** Takes the history as it grows. */
  readonly onHistoryLine?: OnHistoryLine;
  /** Aborted by the user; the run then reports what it has. */
  readonly signal: AbortSignal;
  /**
   * A world that reaches no steady state is broken and judged all the same, unless the scenario says what a steady state is: in virtual
   * time nothing but a bug keeps it from it.
   */
  readonly judgesUnsteady?: boolean;
  /** How often the services are asked for their metrics; left out: once a second. */
  readonly pollMs?: number;
}

export interface RunResult {
  readonly summary: Summary;
  readonly history: History;
}

/** What the phases of a run act on. */
interface Driven {
  readonly world: World;
  readonly clients: Clients;
  readonly poller: MetricsPoller;
  readonly machine: MachineWatch | undefined;
  readonly faults: FaultSchedule;
  readonly driver: Driver;
  readonly signal: AbortSignal;
}

const SETTLE_POLL_MS = 100;

class Run {
  readonly #options: RunOptions;
  readonly #startedAt: number;
  readonly #history: History;
  /** What could not be healed. */
  #left: readonly string[] = [];
  #isLost = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#startedAt = options.clock.monotonicMs();
    this.#history = new History(options.onHistoryLine);
  }

  async run(): Promise<RunResult> {
    this.#reportStart();
    const ended = await this.#drive().then(
      (judged): Ended => ({ status: 'completed', ...conclude(judged) }),
      (error: unknown) => this.#failed(error),
    );
    const summary = toSummary({ ended, history: this.#history, left: this.#left, reproduce: this.#options.reproduce });
    this.#options.report(summary);
    return { summary, history: this.#history };
  }

  #reportStart(): void {
    const { scenario, report } = this.#options;
    report(toStart(this.#options, { ...scenario }));
    for (const { metric, data } of METRICS) report({ type: 'Metric', metric, data });
  }

  async #drive(): Promise<Judged> {
    const { startWorld, report, signal } = this.#options;
    const world = await startWorld((step) => report({ type: 'Step', t: this.#t(), ...step }), signal);
    this.#history.begin(
      toHead(this.#options, {
        scenario: this.#options.scenario,
        regions: world.regions,
        hasOneClock: world.hasOneClock,
        runMs: this.#now(),
      }),
    );
    const releasers = createReleasers();
    releasers.push(() => world.close());
    const lost = new AbortController();
    try {
      const driven = this.#driveWorld(world, releasers, AbortSignal.any([signal, lost.signal]));
      const loss = world.lost.then((why) => {
        this.#isLost = true;
        lost.abort();
        throw new WorldFailed(why);
      });
      await Promise.race([driven, loss]);
      return this.#judge();
    } finally {
      await releasers.release();
    }
  }

  /** Whatever ends it, the faults are healed before anything is closed. */
  async #driveWorld(world: World, releasers: Releasers, signal: AbortSignal): Promise<void> {
    const { clock, report, seed, pollMs } = this.#options;
    const t = () => this.#t();
    const clients = world.openClients();
    releasers.push(() => clients.close());
    const history = this.#history;
    await holdSettings({ world, releasers, history, t: () => this.#now(), onLeft: (what) => this.#notUndone(what) });
    const wallClock = new WallClock({ clock, history, startedAt: this.#startedAt });
    const logWatch = new LogWatch({ history, wallClock, t: () => this.#now(), isOneProcess: world.onStall !== undefined });
    const poller = new MetricsPoller({ world, clients, clock, report, logWatch, t, ...(pollMs === undefined ? {} : { pollMs }) });
    releasers.push(() => poller.close());
    // In virtual time nothing stands still.
    const machine = world.backend === 'simulated' ? undefined : watchMachine({ world, clock, sink: history, t: () => this.#now() });
    releasers.push(() => machine?.close());
    const faults = new FaultSchedule({ world, clients, clock, seed, report, history, t: () => this.#now() });
    releasers.push(() => this.#heal(faults));
    poller.start();
    const driver = new Driver({ world, clients, history, wallClock, clock, startedAt: this.#startedAt });
    await this.#phases({ world, clients, poller, machine, faults, driver, signal });
  }

  async #phases(driven: Driven): Promise<void> {
    const { world, clients, poller, machine, faults, driver, signal } = driven;
    const { scenario, clock, judgesUnsteady = false } = this.#options;
    const enter = (phase: Phase) => {
      driver.enter(phase);
      poller.enter(phase);
      this.#history.enterPhase({ phase, atMs: this.#now() });
      this.#options.report({ type: 'Phase', t: this.#t(), phase });
      signal.throwIfAborted();
    };
    enter('warmup');
    await driver.warmUp(scenario.workload.keys);
    await poller.pollNow();
    enter('steady');
    await driver.updateAll();
    const steadiness = new SteadyGate({ scenario, history: this.#history, driver, clock, t: () => this.#now(), signal, judgesUnsteady });
    if (await steadiness.isSteady()) {
      enter('fault');
      await this.#load(driven);
    }
    enter('heal');
    await this.#heal(faults);
    enter('settle');
    await this.#settle(world, clients, signal);
    await steadiness.judgeAgain();
    enter('final');
    await driver.readFinally(clock.monotonicMs() + scenario.settle, signal);
    signal.throwIfAborted();
    await poller.pollNow();
    machine?.flush();
    this.#history.finish(this.#now());
  }

  /** A world that is lost took its faults with it: what is on its way is waited for, for the world undoes what it has written down. */
  async #heal(faults: FaultSchedule): Promise<void> {
    if (this.#isLost) await faults.end();
    else this.#left = await faults.healAll();
  }

  /** What was set in a world that is lost is gone with it. */
  #notUndone(what: string): void {
    if (!this.#isLost) this.#left = [...this.#left, what];
  }

  /** The load, and the faults while it lasts. A threshold with `abortOnFail` may end it. */
  async #load({ world, faults, driver, signal }: Driven): Promise<void> {
    const { scenario, seed, clock } = this.#options;
    const { workload, method, thresholds } = scenario;
    const plan = planLoad({ workload, regions: world.regions.map(({ region }) => region), random: createRandom(seed) });
    const reads = plan.filter(({ kind }) => kind === 'read').length;
    this.#history.planLoad({ fromMs: this.#now(), durationMs: workload.duration, reads, writes: plan.length - reads });
    const [crossed, loaded] = [new AbortController(), new AbortController()];
    const over = AbortSignal.any([signal, loaded.signal]);
    const parts = [
      driver.run(plan, AbortSignal.any([signal, crossed.signal])).finally(() => loaded.abort()),
      faults.run(method, over),
      watchForAbort({ history: this.#history, thresholds, clock, t: () => this.#now(), signal: over }).then((isCrossed) => {
        if (isCrossed) crossed.abort();
      }),
    ];
    // Where one fails the others are over, too, and have ended before anything is healed or closed.
    for (const part of parts) part.catch(() => crossed.abort());
    const failed = (await Promise.allSettled(parts)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  /** Until nothing is in the outbox and no region lags behind the log, at most `settle`. */
  async #settle(world: World, clients: Clients, signal: AbortSignal): Promise<void> {
    const { clock, scenario } = this.#options;
    const deadline = clock.monotonicMs() + scenario.settle;
    while (clock.monotonicMs() < deadline && !signal.aborted) {
      if (await isSettled(clients, world.regions)) return;
      await sleep(clock, SETTLE_POLL_MS, signal);
    }
  }

  /** Of a run that was stopped: what there is. */
  #judge(): Judged {
    const { checks, staleness, thresholds, report } = { ...this.#options.scenario, ...this.#options };
    const regions = this.#history.head?.regions ?? [];
    const results = judgeHistory({ history: this.#history, checks, context: { regions, staleness } });
    for (const anomaly of results.flatMap((result) => result.anomalies)) report(toAnomalyEvent(anomaly, this.#t()));
    return { results, thresholds: evaluateThresholds(this.#history, thresholds) };
  }

  #failed(error: unknown): Ended {
    if (!this.#options.signal.aborted || error instanceof NotHealed) return toFailure(error);
    const judged = this.#history.head === undefined ? { results: [], thresholds: [] } : this.#judge();
    const concluded = conclude(judged);
    return { ...concluded, status: 'aborted', exitCode: worstOf([concluded.exitCode, EXIT.interrupted]) };
  }

  #now(): number {
    return this.#options.clock.monotonicMs() - this.#startedAt;
  }

  #t(): number {
    return Math.round(this.#now());
  }
}

/** Runs a scenario to its summary; never throws for what the world or the checks do. */
export async function runScenario(options: RunOptions): Promise<Summary> {
  return (await runWithHistory(options)).summary;
}

/** The same, with its history: nothing more is added to it. */
export function runWithHistory(options: RunOptions): Promise<RunResult> {
  return new Run(options).run();
}
