import { createRandom } from '../../services/runtime/random.ts';
import { createReleasers, type Releasers } from '../../services/runtime/releasers.ts';
import { judgeHistory } from '../checks/judge.ts';
import { EXIT, NotHealed, WorldFailed, worstOf } from '../errors.ts';
import type { FaultChange } from '../faults/active-faults.ts';
import { History } from '../history/history.ts';
import type { OnHistoryLine } from '../history/history-lines.ts';
import { WallClock } from '../history/wall-clock.ts';
import { Driver } from '../load/driver.ts';
import type { RailsReport } from '../rails/rails.ts';
import { RailsStopped } from '../rails/stopped.ts';
import type { Summary } from '../report/events.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { LogWatch } from '../session/log-watch.ts';
import { Recording } from '../session/recording.ts';
import { ServiceLooks } from '../session/service-looks.ts';
import { Session } from '../session/session.ts';
import { evaluateThresholds } from '../thresholds/evaluate.ts';
import { METRICS } from '../thresholds/metrics.ts';
import { boundsInForce } from '../worlds/settings-of-region.ts';
import type { StartStep, World, WorldRegion } from '../worlds/world.ts';
import type { RunIdentity } from './identity.ts';
import { MetricsPoller } from './metrics-poller.ts';
import { goThroughPhases } from './phases.ts';
import { holdSettings } from './run-settings.ts';
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
   * A world that reaches no steady state is broken and judged all the same, unless the scenario says what a steady
   * state is: in virtual time nothing but a bug keeps it from it.
   */
  readonly judgesUnsteady?: boolean;
  /** How often the services are asked for their metrics; left out: once a second. */
  readonly pollMs?: number;
}

/** A run in a session that goes on after it, and that heals and closes what is its own. */
export interface RunInSessionOptions extends Omit<RunOptions, 'startWorld'> {
  readonly session: Session;
  /** As the run is to have them. */
  readonly regions: readonly WorldRegion[];
}

export interface RunResult {
  readonly summary: Summary;
  readonly history: History;
}

/** Where a run takes place. */
interface Place {
  readonly world: World;
  /** undefined: the run has one of its own. */
  readonly lent?: Session;
}

interface Driven {
  readonly session: Session;
  readonly place: Place;
  readonly releasers: Releasers;
  readonly signal: AbortSignal;
}

type Begin = (onStep: (step: StartStep) => void, signal: AbortSignal) => Promise<Place>;

/** Named beside the checks. */
const RAILS = 'rails';

class Run {
  readonly #options: Omit<RunOptions, 'startWorld'>;
  readonly #begin: Begin;
  readonly #startedAt: number;
  readonly #history: History;
  /** What could not be healed. */
  #left: readonly string[] = [];
  #isLost = false;
  /** What went to a live target. */
  #sent: (() => RailsReport) | undefined;

  constructor(options: Omit<RunOptions, 'startWorld'>, begin: Begin) {
    this.#options = options;
    this.#begin = begin;
    this.#startedAt = options.clock.monotonicMs();
    this.#history = new History({ onLine: options.onHistoryLine });
  }

  async run(): Promise<RunResult> {
    this.#reportStart();
    const ended = await this.#drive().then(
      (judged): Ended => ({ status: 'completed', ...conclude(judged) }),
      (error: unknown) => this.#failed(error),
    );
    const { reproduce } = this.#options;
    const summary = toSummary({ ended, history: this.#history, left: this.#left, reproduce, rails: this.#sent?.() });
    this.#options.report(summary);
    return { summary, history: this.#history };
  }

  #reportStart(): void {
    const { scenario, report } = this.#options;
    report(toStart(this.#options, { ...scenario }));
    for (const { metric, data } of METRICS) report({ type: 'Metric', metric, data });
  }

  async #drive(): Promise<Judged> {
    const { report, signal } = this.#options;
    const place = await this.#begin((step) => report({ type: 'Step', t: this.#t(), ...step }), signal);
    const { world } = place;
    this.#sent = world.sent;
    const releasers = createReleasers();
    releasers.push(() => world.close());
    const lost = new AbortController();
    try {
      const session = this.#openSession(place, releasers);
      this.#beginHistory(session, world);
      const driven = this.#driveWorld({ session, place, releasers, signal: AbortSignal.any([signal, lost.signal]) });
      const loss = world.lost.then((why) => {
        this.#isLost = true;
        lost.abort();
        throw new WorldFailed(why);
      });
      const ended = world.ended?.then((why) => {
        lost.abort();
        throw new RailsStopped(why);
      });
      await Promise.race([driven, loss, ...(ended === undefined ? [] : [ended])]);
      return this.#judge();
    } finally {
      await releasers.release();
    }
  }

  #openSession({ world, lent }: Place, releasers: Releasers): Session {
    if (lent !== undefined) return lent;
    const { clock, seed } = this.#options;
    const session = new Session({ world, clock, random: createRandom(seed), startedAt: this.#startedAt });
    releasers.push(() => session.close());
    return session;
  }

  #beginHistory({ clients }: Session, { regions, hasOneClock }: World): void {
    const { scenario } = this.#options;
    const bounds = Object.fromEntries(regions.map((region) => [region.region, boundsInForce(clients.edge(region.region).bounds, region)]));
    this.#history.begin(toHead(this.#options, { scenario, regions, bounds, hasOneClock, runMs: this.#now() }));
  }

  /** Whatever ends it, the faults are healed before anything is closed. */
  async #driveWorld({ session, place: { world, lent }, releasers, signal }: Driven): Promise<void> {
    const { scenario, clock, report, seed, judgesUnsteady = false } = this.#options;
    const [history, startedAt, { regions }] = [this.#history, this.#startedAt, world];
    const t = () => this.#now();
    await holdSettings({ world, releasers, onLeft: (what) => this.#notUndone(what) });
    const recording = new Recording({ session, sink: history, startedAt, onFault: (change) => this.#reportFault(change) });
    const wallClock = new WallClock({ clock, history, startedAt });
    const poller = this.#poller(session, wallClock, regions);
    releasers.push(() => poller.close());
    // Before the settings are put back: that is no part of the run.
    releasers.push(() => recording.close());
    const heal = () => this.#heal(session, lent !== undefined);
    releasers.push(heal);
    poller.start();
    const driver = new Driver({ world, clients: session.clients, history, wallClock, clock, startedAt });
    const under = { session, regions, history, recording, poller, driver, t, heal, signal };
    await goThroughPhases({ ...under, scenario, clock, report, seed, judgesUnsteady });
  }

  #poller(session: Session, wallClock: WallClock, regions: readonly WorldRegion[]): MetricsPoller {
    const { clock, report, pollMs } = this.#options;
    const sink = this.#history;
    const isOneProcess = session.world.onStall !== undefined;
    const watch = new LogWatch({ sink, dated: { sink, wallClock }, t: () => this.#now(), isOneProcess });
    const looks = new ServiceLooks({ session, watch });
    return new MetricsPoller({ regions, clock, report, looks, t: () => this.#t(), ...(pollMs === undefined ? {} : { pollMs }) });
  }

  #reportFault({ spec, event, effect, atMs }: FaultChange): void {
    if (event === 'injecting' || event === 'healing') return;
    const { id, fault, target } = spec;
    this.#options.report({ type: 'Fault', t: Math.round(atMs), id, fault, target: target.text, event, effect });
  }

  /**
   * A world that is lost took its faults with it: what is on its way is waited for, for the world undoes what it has
   * written down.
   */
  async #heal(session: Session, isLent: boolean): Promise<void> {
    if (this.#isLost) await session.faults.end();
    // A session that goes on lets more be injected afterwards, and looks after what is left.
    else this.#left = await (isLent ? session.faults.healAll() : session.healForGood());
  }

  /** What was set in a world that is lost is gone with it. */
  #notUndone(what: string): void {
    if (!this.#isLost) this.#left = [...this.#left, what];
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
    if (error instanceof RailsStopped) return this.#stopped(error.message);
    if (!this.#options.signal.aborted || error instanceof NotHealed) return toFailure(error);
    const judged = this.#history.head === undefined ? { results: [], thresholds: [] } : this.#judge();
    const concluded = conclude(judged);
    return { ...concluded, status: 'aborted', exitCode: worstOf([concluded.exitCode, EXIT.interrupted]) };
  }

  /** By the rails of a live target: what was seen by then is judged, and all else is unknown. */
  #stopped(why: string): Ended {
    const { results, thresholds } = this.#history.head === undefined ? { results: [], thresholds: [] } : this.#judge();
    const stopped = { check: RAILS, verdict: 'unknown', reason: why, anomalies: [] } as const;
    return { ...conclude({ results: [...results, stopped], thresholds }), status: 'aborted', error: why };
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
export function runWithHistory({ startWorld, ...options }: RunOptions): Promise<RunResult> {
  return new Run(options, async (onStep, signal) => ({ world: await startWorld(onStep, signal) })).run();
}

/**
 * The same in a session there is. What is in force there was healed before, and nobody else injects anything meanwhile.
 */
export function runInSession({ session, regions, ...options }: RunInSessionOptions): Promise<RunResult> {
  // The world goes on after it.
  const world = { ...session.world, regions, close: async () => {} };
  return new Run(options, async () => ({ world, lent: session })).run();
}
