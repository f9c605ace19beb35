/**
 * A run: start the world, warm up, wait for the steady state, drive the load, heal, settle, read everything, judge.
 *
 * Phases: warmup -> steady -> fault -> heal -> settle -> final. An abort or a lost world ends the phase it finds; whatever
 * happened, the world is closed and one Summary is reported.
 */
import type { Clock } from '../services/runtime/clock.ts';
import { sleep, toTimestamp } from '../services/runtime/clock.ts';
import { createRandom } from '../services/runtime/random.ts';
import { type CheckResult, composeVerdict, type Verdict } from './checks/check.ts';
import { CHECKS } from './checks/checks.ts';
import { Clients } from './clients.ts';
import { EXIT, type ExitCode, exitCodeOf, WorldFailed } from './errors.ts';
import { convergenceOf } from './load/convergence.ts';
import { Driver } from './load/driver.ts';
import { History } from './load/history.ts';
import { planLoad } from './load/plan.ts';
import { MetricsPoller, RUN_METRICS } from './metrics-poller.ts';
import { type Phase, type Report, SCHEMA_VERSION, type StartEvent, type Summary } from './report/events.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { isSettled } from './settled.ts';
import type { StartStep, World } from './worlds/world.ts';

/** What a block of events says of itself, whatever becomes of the run. */
export interface RunIdentity {
  readonly seed: number;
  readonly backend: World['backend'];
  readonly report: Report;
  readonly clock: Clock;
  readonly version: string;
  readonly argv: readonly string[];
  /** The command that does the same again. */
  readonly reproduce: string;
}

export interface RunOptions extends RunIdentity {
  readonly scenario: Scenario;
  /** Bad configuration is its to refuse, before it starts anything. */
  readonly startWorld: (onStep: (step: StartStep) => void, signal: AbortSignal) => Promise<World>;
  /** Aborted by the user; the run then reports what it has. */
  readonly signal: AbortSignal;
}

const GATE_MS_MAX = 10_000;
const GATE_POLL_MS = 100;

class Run {
  readonly #options: RunOptions;
  readonly #startedAt: number;
  readonly #history = new History();

  constructor(options: RunOptions) {
    this.#options = options;
    this.#startedAt = options.clock.monotonicMs();
  }

  async run(): Promise<Summary> {
    this.#reportStart();
    const ended = await this.#drive().then(
      (results) => this.#judged(results),
      (error: unknown) => this.#failed(error),
    );
    const summary = toSummary(ended, this.#history, this.#options.reproduce);
    this.#options.report(summary);
    return summary;
  }

  #reportStart(): void {
    const { scenario, report } = this.#options;
    report(toStart(this.#options, { ...scenario }));
    for (const metric of RUN_METRICS) report({ type: 'Metric', ...metric });
  }

  async #drive(): Promise<readonly CheckResult[]> {
    const { startWorld, report, signal } = this.#options;
    const world = await startWorld((step) => report({ type: 'Step', t: this.#t(), ...step }), signal);
    const clients = new Clients(world.originUrl);
    const stop = new AbortController();
    const poller = new MetricsPoller({ world, clients, clock: this.#options.clock, report, t: () => this.#t() });
    try {
      poller.start();
      const lost = world.lost.then((why) => {
        stop.abort();
        throw new WorldFailed(why);
      });
      await Promise.race([this.#phases(world, clients, poller, AbortSignal.any([signal, stop.signal])), lost]);
      return this.#judge(world);
    } finally {
      await poller.close();
      await clients.close();
      await world.close();
    }
  }

  async #phases(world: World, clients: Clients, poller: MetricsPoller, signal: AbortSignal): Promise<void> {
    const { scenario, seed, clock } = this.#options;
    const driver = new Driver({ world, clients, history: this.#history, clock, startedAt: this.#startedAt });
    const enter = (phase: Phase) => {
      driver.enter(phase);
      poller.enter(phase);
      this.#options.report({ type: 'Phase', t: this.#t(), phase });
      signal.throwIfAborted();
    };
    enter('warmup');
    await driver.warmUp(scenario.workload.keys);
    enter('steady');
    await this.#gate(driver, signal);
    enter('fault');
    const regions = world.regions.map(({ region }) => region);
    await driver.run(planLoad({ workload: scenario.workload, regions, random: createRandom(seed) }), signal);
    enter('heal');
    enter('settle');
    await this.#settle(world, clients, signal);
    enter('final');
    await driver.readFinally(clock.monotonicMs() + scenario.settle, signal);
    signal.throwIfAborted();
  }

  /** Every region serves the latest version before anything is judged. */
  async #gate(driver: Driver, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const deadline = clock.monotonicMs() + GATE_MS_MAX;
    while (!(await driver.isConverged())) {
      if (clock.monotonicMs() > deadline)
        throw new WorldFailed(`the regions do not equal the origin ${GATE_MS_MAX} ms after warm-up: no steady state to start from`);
      await sleep(clock, GATE_POLL_MS, signal);
      signal.throwIfAborted();
    }
  }

  /** Until nothing is in the outbox and no region lags behind the log, at most `settle`. */
  async #settle(world: World, clients: Clients, signal: AbortSignal): Promise<void> {
    const { clock, scenario } = this.#options;
    const deadline = clock.monotonicMs() + scenario.settle;
    while (clock.monotonicMs() < deadline && !signal.aborted) {
      if (await isSettled(clients, world.regions)) return;
      await sleep(clock, GATE_POLL_MS, signal);
    }
  }

  #judge(world: World): readonly CheckResult[] {
    const regions = world.regions.map(({ region }) => region);
    const results = this.#options.scenario.checks.map((name) => CHECKS[name].judge(this.#history, { regions }));
    for (const { anomaly, region, key, explain, witness } of results.flatMap((result) => result.anomalies)) {
      this.#options.report({
        type: 'Anomaly',
        t: this.#t(),
        anomaly,
        region,
        key,
        explain,
        witness: witness.map((operation) => ({ ...operation })),
      });
    }
    return results;
  }

  #judged(results: readonly CheckResult[]): Ended {
    const verdict = composeVerdict(results);
    const exitCode = { pass: EXIT.pass, fail: EXIT.violated, unknown: EXIT.unknown }[verdict];
    return { status: 'completed', verdict, exitCode, results };
  }

  #failed(error: unknown): Ended {
    if (this.#options.signal.aborted) return { status: 'aborted', verdict: 'unknown', exitCode: EXIT.interrupted, results: [] };
    return toFailure(error);
  }

  #t(): number {
    return Math.round(this.#options.clock.monotonicMs() - this.#startedAt);
  }
}

interface Ended {
  readonly status: Summary['status'];
  readonly verdict: Verdict;
  readonly exitCode: ExitCode;
  readonly results: readonly CheckResult[];
  readonly error?: string;
}

function toStart({ backend, seed, version, argv, clock }: RunIdentity, scenario: StartEvent['scenario']): StartEvent {
  const time = toTimestamp(clock.now());
  return { type: 'Start', schemaVersion: SCHEMA_VERSION, tool: 'edgesync-lab', version, backend, seed, scenario, argv: [...argv], time };
}

function toFailure(error: unknown): Ended {
  const message = error instanceof Error ? error.message : String(error);
  return { status: 'failed', verdict: 'unknown', exitCode: exitCodeOf(error), results: [], error: message };
}

function toSummary({ status, verdict, exitCode, results, error }: Ended, history: History, reproduce: string): Summary {
  const operations = history.operations;
  const regions = [...new Set(history.reads().map((read) => read.region))];
  return {
    type: 'Summary',
    schemaVersion: SCHEMA_VERSION,
    status,
    verdict,
    exitCode,
    checks: results.map((result) => ({
      check: result.check,
      verdict: result.verdict,
      reason: result.reason,
      anomalies: result.anomalies.length,
    })),
    thresholds: [],
    faults: [],
    convergence: convergenceOf(history, regions),
    operations: {
      reads: operations.filter((operation) => operation.kind === 'read').length,
      writes: operations.filter((operation) => operation.kind !== 'read').length,
      failed: operations.filter((operation) => operation.outcome === 'fail').length,
      unknown: operations.filter((operation) => operation.outcome === 'unknown').length,
    },
    heal: { clean: true, left: [] },
    ...(error === undefined ? {} : { error }),
    reproduce,
  };
}

/** A scenario that cannot be read: its block is reported all the same, with the error. */
export function refuseScenario(identity: RunIdentity, name: string, error: unknown): Summary {
  const summary = toSummary(toFailure(error), new History(), identity.reproduce);
  identity.report(toStart(identity, { title: name }));
  identity.report(summary);
  return summary;
}

/** Runs a scenario to its summary; never throws for what the world or the checks do. */
export function runScenario(options: RunOptions): Promise<Summary> {
  return new Run(options).run();
}
