/**
 * Scenarios in a world that somebody plays with: what is in force is healed, the steady load waits, the regions are set
 * as the scenario wants them. Afterwards all of that is as it was, but for faults that destroy something, and the
 * contents that the run made are deleted. One at a time.
 */
import { drawSeed } from '../../services/runtime/random.ts';
import { createReleasers } from '../../services/runtime/releasers.ts';
import { InvalidInput } from '../errors.ts';
import type { FaultOrder } from '../faults/fault.ts';
import { idsBySlug, restoreRows } from '../load/rows.ts';
import { saveReports } from '../outputs/folder.ts';
import { toBegun } from '../outputs/output.ts';
import type { LabEvent } from '../report/events.ts';
import type { ReportSource } from '../report/source.ts';
import { plannedFaults } from '../run/dry-run.ts';
import { runInSession } from '../run/run.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { changesTargets, checkBackend, checkRegions, checkSchedule, checkTargets, edgeCountsOf } from '../scenarios/world-check.ts';
import type { Session } from '../session/session.ts';
import type { World, WorldRegion } from '../worlds/world.ts';
import { type Catalogue, cardsOf, readFrom } from './catalogue.ts';
import type { Judging } from './judging.ts';
import { type LiveEvent, RUN_EVENT_TYPES, type RunEvent, type Told, type Tone } from './protocol.ts';
import type { SteadyLoad } from './steady-load.ts';

export interface ScenarioRunsOptions {
  readonly catalogue: Catalogue;
  readonly session: Session;
  readonly load: SteadyLoad;
  readonly judging: Pick<Judging, 'followRun' | 'runEnded'>;
  readonly tell: (event: Told<LiveEvent>) => void;
  readonly note: (tone: Tone, text: string) => void;
  /** What starts such a world again, where a scenario alone would run in another one. */
  readonly again?: string | undefined;
}

interface Beginning {
  readonly id: string;
  readonly underWay: string | undefined;
  readonly signal: AbortSignal;
}

interface RunIn {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly signal: AbortSignal;
}

function isForwarded(event: LabEvent): event is RunEvent {
  return RUN_EVENT_TYPES.includes(event.type);
}

/** A fault that is put back after a run. */
interface Lasting {
  readonly order: FaultOrder;
  readonly says: string;
  /** When it ends by itself, ms since the start of the session. */
  readonly endsMs: number | undefined;
}

/** What destroys something is not done a second time. */
function lastingFaults(session: Session): readonly Lasting[] {
  return session.faults.inForce
    .filter(({ fault, state }) => fault.lasts && fault.destroys === undefined && state !== 'healing')
    .flatMap(({ spec: { id }, says }) => {
      const order = session.orderOf(id);
      return order === undefined ? [] : [{ order, says, endsMs: session.endsMs(id) }];
    });
}

/** What a world can run depends on no seed. */
const LISTED_SEED = 1;

export class ScenarioRuns {
  readonly #options: ScenarioRunsOptions;
  #tellsFaults = false;
  #last: ReportSource | undefined;
  #running: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(options: ScenarioRunsOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Whatever becomes of a fault now is told by the run, with all else that it says. */
  get tellsFaults(): boolean {
    return this.#tellsFaults;
  }

  async list(): Promise<void> {
    const { catalogue, session, tell } = this.#options;
    const scenarios = await cardsOf(catalogue, (scenario) => check(scenario, session.world, scenario.seed ?? LISTED_SEED));
    tell({ type: 'scenarios', scenarios });
  }

  /**
   * Resolves when it has ended; what comes of it is told. `underWay`: what else holds the load, so that it cannot run.
   */
  begin(id: string, underWay: string | undefined): Promise<void> {
    const abort = new AbortController();
    const ended = this.#run({ id, underWay, signal: abort.signal })
      .then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      )
      .then((why) => {
        this.#running = undefined;
        this.#options.tell({ type: 'run-ended', why });
      });
    this.#running = { abort, ended };
    return ended;
  }

  /** Resolves when everything is as it was. */
  async abort(): Promise<void> {
    this.#running?.abort.abort(new Error('the run was stopped'));
    await this.#running?.ended;
  }

  /**
   * Leaves the reports of the last run in a folder of their own, in the one where the program was started; where is
   * told.
   */
  async save(): Promise<void> {
    const { tell } = this.#options;
    if (this.#last === undefined) return tell({ type: 'run-saved', saved: false, says: 'no scenario has run to its end' });
    try {
      tell({ type: 'run-saved', saved: true, says: await saveReports(process.cwd(), this.#last) });
    } catch (error) {
      tell({ type: 'run-saved', saved: false, says: error instanceof Error ? error.message : String(error) });
    }
  }

  async #run({ id, underWay, signal }: Beginning): Promise<void> {
    if (underWay !== undefined) throw new InvalidInput(`${underWay} is under way: try again after its end`);
    const { catalogue, session, load } = this.#options;
    const scenario = await readFrom(catalogue, id);
    const seed = scenario.seed ?? drawSeed();
    check(scenario, session.world, seed);
    const before = lastingFaults(session);
    const left = await session.faults.healAll();
    if (left.length > 0) throw new InvalidInput(`could not heal ${left.join(', ')}: no scenario begins on a broken world`);
    const releasers = createReleasers();
    releasers.push(() => this.#putBack(before));
    releasers.push(() => load.resume());
    try {
      await load.pause();
      const rows = await idsBySlug(session.clients);
      releasers.push(() => this.#takeAway(rows));
      this.#tellsFaults = true;
      await this.#runIn({ scenario, seed, signal });
    } finally {
      this.#tellsFaults = false;
      await releasers.release();
    }
  }

  /** What the run made; the load has not gone on yet. */
  async #takeAway(before: ReadonlyMap<string, number>): Promise<void> {
    const { session, note } = this.#options;
    await restoreRows(session.clients, before).catch((error: unknown) => {
      note('warning', `after the run: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  /** Of what has come to its end meanwhile nothing is left to put back. */
  async #putBack(before: readonly Lasting[]): Promise<void> {
    const { session, note } = this.#options;
    for (const { order, says, endsMs } of before) {
      const forMs = endsMs === undefined ? undefined : endsMs - session.t();
      if (forMs !== undefined && forMs <= 0) continue;
      await session.inject(order, forMs === undefined ? {} : { forMs }).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        note('warning', `${says} was in force before the run and could not be put back: ${why}`);
      });
    }
  }

  async #runIn({ scenario, seed, signal }: RunIn): Promise<void> {
    const { catalogue, session, judging, tell, again } = this.#options;
    const { world, clock } = session;
    const { id, title, description, workload, settle, checks, thresholds } = scenario;
    const judged = thresholds.map(({ selector, text }) => ({ metric: selector, threshold: text }));
    const faults = plannedFaults(scenario, namesOf(world), seed).map(({ fault, target, atMs, healMs, lasts }) => {
      return { says: `${fault} ${target}`, atMs, healMs, lasts };
    });
    tell({
      type: 'run-begun',
      plan: { id, title, description, durationMs: workload.duration, settleMs: settle, seed, checks, faults, thresholds: judged },
    });
    const result = await runInSession({
      session,
      regions: regionsOfRun(world, scenario),
      scenario,
      seed,
      backend: world.backend,
      clock,
      version: catalogue.version,
      argv: [],
      reproduce: again ?? `edgesync-lab run ${id} --seed ${seed} --backend ${world.backend}`,
      report: (event) => {
        if (isForwarded(event)) tell({ type: 'run-said', event });
      },
      onHistoryLine: judging.followRun(),
      signal,
    }).finally(() => judging.runEnded());
    this.#last = { ...toBegun(scenario, { backend: world.backend, seed, version: catalogue.version }), ...result };
  }
}

/** Everything that can be wrong is found before anything is healed or held. Throws InvalidInput. */
function check(scenario: Scenario, world: World, seed: number): void {
  const names = namesOf(world);
  checkBackend(scenario, world.backend);
  checkRegions(scenario, edgeCountsOf(world.regions));
  checkSchedule(scenario, names, seed);
  checkTargets(scenario, world.regions, { seed, backend: world.backend });
  if (changesTargets(scenario))
    throw new InvalidInput(`${scenario.id} needs a world of its own: edgesync-lab run ${scenario.id} --target …`);
  const { only } = scenario.system;
  if (only !== undefined && only.length < names.length)
    throw new InvalidInput(
      `${scenario.id} runs in ${only.join(', ')} alone, but this world has more regions: edgesync-lab run ${scenario.id}`,
    );
}

/** As the world began, with what the scenario overrides. */
function regionsOfRun({ regions }: World, { system }: Scenario): readonly WorldRegion[] {
  return regions.map((begun) => {
    const { delay, strategy } = system.regions[begun.region] ?? {};
    const { lease: leaseMs = begun.leaseMs } = system;
    return { ...begun, leaseMs, delayMs: delay ?? begun.delayMs, strategy: strategy ?? begun.strategy };
  });
}

function namesOf({ regions }: World): readonly string[] {
  return regions.map(({ region }) => region);
}
