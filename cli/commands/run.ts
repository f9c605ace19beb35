/** `run <scenario|file> …`: one or several scenarios, in plain lines or as NDJSON. The worst exit code wins. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { CHECKS } from '../../lab/checks/checks.ts';
import { EXIT, type ExitCode, InvalidInput, worstOf } from '../../lab/errors.ts';
import { History } from '../../lab/history/history.ts';
import { parseDuration } from '../../lab/input/duration.ts';
import { printableLines } from '../../lab/input/printable.ts';
import { checkMutant } from '../../lab/mutants/mutants.ts';
import { type AllEnded, toBegun } from '../../lab/outputs/output.ts';
import { checkOutputs, finishOutputs, OUTPUT_OPTIONS, type Outputs, openOutputs } from '../../lab/outputs/outputs.ts';
import { nothingSpent, type Spent } from '../../lab/rails/rails.ts';
import type { RanScenario } from '../../lab/report/ran.ts';
import type { RunIdentity } from '../../lab/run/identity.ts';
import { planScenario, refuseScenario } from '../../lab/run/refusal.ts';
import { type RunResult, runWithHistory } from '../../lab/run/run.ts';
import { type Scenario, withDuration } from '../../lab/scenarios/scenario.ts';
import { checkBackend, checkLease, checkRegions, checkSchedule, checkTargets } from '../../lab/scenarios/world-check.ts';
import { deliverOf } from '../../lab/targets/deliver.ts';
import { onlyRegions, type TargetOverrides, type Topology, withLease, withProtection, withSystem } from '../../lab/topology/topology.ts';
import { prepareWorld } from '../../lab/worlds/starts.ts';
import { BACKENDS, type Backend, EMBEDDED, isStarted } from '../../lab/worlds/worlds.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import { drawSeed } from '../../services/runtime/random.ts';
import { BUILT_IN_SCENARIOS } from '../program-files.ts';
import { runPlace } from '../run-place.ts';
import type { Session } from '../session.ts';
import { givenVariables } from './given-variables.ts';
import { type PreparedRun, prepareLive } from './live-run.ts';
import { addLiveOptions, type LiveOptions } from './live-targets.ts';
import { readNamed } from './named-scenario.ts';
import { reproduceCommand } from './reproduce.ts';
import { edgesAsked, withEdgesOf } from './run-edges.ts';
import { parseSeed } from './seed-option.ts';
import { addUnknownOptions, countedAs, type UnknownOptions, untilKnown } from './unknowns.ts';
import { addKeepOption, addWorldOptions, readWorldTopology, refuseKeep, resolveBackend, type WorldOptions } from './world-options.ts';

/** Beside these there are those of the outputs: `OUTPUT_OPTIONS`. */
interface RunCommandOptions extends Omit<WorldOptions, 'backend'>, LiveOptions, UnknownOptions {
  readonly backend?: Backend;
  readonly mutant?: string;
  readonly seed?: number;
  readonly duration?: number;
  readonly dryRun?: boolean;
}

function parseDurationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('Expected a duration such as 300ms, 5s or 2m.');
  return ms;
}

export function addRunCommand(program: Command, session: Session): void {
  const command = program
    .command('run')
    .description('run scenarios and end with a verdict')
    .argument('<scenario...>', `a built-in scenario (${[...BUILT_IN_SCENARIOS.keys()].join(', ')}) or a file`)
    .addOption(
      new Option('--seed <number>', 'the seed of the plan; if left out, one is drawn and printed')
        .argParser(parseSeed)
        .env('EDGESYNC_SEED'),
    )
    .addOption(
      new Option('--duration <time>', 'how long the load lasts, in place of the duration in the scenario')
        .argParser(parseDurationOption)
        .env('EDGESYNC_DURATION'),
    )
    .addOption(new Option('--mutant <name>', 'bring a known bug back (embedded and simulated)').env('EDGESYNC_MUTANT'))
    .addOption(new Option('--dry-run', 'print the plan that the seed gives, and start nothing').env('EDGESYNC_DRY_RUN'));
  for (const { flags, about, variable } of OUTPUT_OPTIONS) command.addOption(new Option(flags, about).env(variable));
  addKeepOption(addWorldOptions(addUnknownOptions(addLiveOptions(command)), BACKENDS)).action(
    async (names: string[], options: RunCommandOptions) => {
      session.exitWith(await runAll(names, options, session));
    },
  );
}

export async function runAll(names: readonly string[], given: RunCommandOptions, session: Session): Promise<ExitCode> {
  const options = given.dryRun ? asDryRun(given) : given;
  if (!options.dryRun && !(await canStartOutputs(options, session))) return EXIT.invalidInput;
  const backend = await backendOf(options, session);
  const ofEnvironment = await givenVariables(options.compose, session.environment.variables);
  const codes: ExitCode[] = [];
  const spent = nothingSpent();
  const ran: RanScenario[] = [];
  for (const name of names) {
    if (session.signal.aborted) break;
    const drawn = options.seed ?? drawSeed();
    const run = (attempt: number) => runOne(name, { ...options, given: ofEnvironment, backend, spent, ran, drawn, attempt }, session);
    codes.push(await untilKnown(options, { run, note: session.output.note, signal: session.signal }));
  }
  if (!options.dryRun) codes.push(await finishAll({ asked: { ...options }, ran, notRun: names.slice(codes.length) }, session));
  return countedAs(worstOf(session.signal.aborted ? [...codes, EXIT.interrupted] : codes), options, session.output.note);
}

/** What cannot be saved of all of them fails the lab, whatever the verdicts. */
async function finishAll(ended: AllEnded, { output }: Session): Promise<ExitCode> {
  try {
    await finishOutputs(ended);
    return EXIT.pass;
  } catch (error) {
    output.note(printableLines(error instanceof Error ? error.message : String(error)));
    return EXIT.failed;
  }
}

/** Opens no connection: nobody is asked for an engine or for a port. The plan is the same in every world. */
function asDryRun({ ports: _, backend = EMBEDDED, ...options }: RunCommandOptions): RunCommandOptions {
  return { ...options, backend };
}

/** Asked once, before the first scenario. */
async function canStartOutputs(options: RunCommandOptions, { output }: Session): Promise<boolean> {
  try {
    await checkOutputs({ ...options });
    return true;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    output.note(printableLines(error.message));
    return false;
  }
}

/** Once for all scenarios. A topology that cannot be read is told in the block of each. */
async function backendOf({ backend, ...options }: RunCommandOptions, { environment, output }: Session): Promise<Backend> {
  if (backend !== undefined) return backend;
  const topology = await readWorldTopology({ ...options, takesLive: true }, environment).catch((error: unknown) => {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  });
  return topology === undefined
    ? EMBEDDED
    : resolveBackend({ options: { ...options, keep: false }, topology, environment, note: output.note });
}

interface RunOneOptions extends RunCommandOptions {
  /** Variables of the environment, for the command that runs the same again. */
  readonly given: ReadonlyMap<string, string>;
  readonly backend: Backend;
  /** At live targets, by all scenarios together. */
  readonly spent: Spent;
  readonly ran: RanScenario[];
  /** The seed where neither the command nor the scenario has one. */
  readonly drawn: number;
  /** From 1. */
  readonly attempt: number;
}

async function runOne(name: string, options: RunOneOptions, session: Session): Promise<ExitCode> {
  const { output, version, argv } = session;
  const { drawn } = options;
  const outputs = openOutputs({
    asked: { ...options },
    line: output.line,
    note: output.note,
    progress: output.progress,
    clock: systemClock,
    ran: options.ran,
  });
  const place = await runPlace(options.backend);
  const identify = (seed: number): RunIdentity => {
    const reproduce = reproduceCommand(name, seed, options);
    const { backend, mutant } = options;
    return { seed, backend, report: outputs.report, clock: systemClock, version, argv, reproduce, mutant, place };
  };
  const ended = await prepare(name, options, session)
    .then(async (prepared) => {
      const seed = options.seed ?? prepared.scenario.seed ?? drawn;
      if (!options.dryRun) await outputs.start(toBegun(prepared.scenario, { backend: options.backend, seed, version }));
      return { ...prepared, identity: identify(seed) };
    })
    .then(
      (ready): Promise<RunResult> | undefined => {
        if (!options.dryRun) return runPrepared(ready, { options, outputs, session });
        planScenario(ready.identity, ready);
        return undefined;
      },
      (error: unknown) => ({ summary: refuseScenario(identify(drawn), name, error), history: new History() }),
    );
  return ended === undefined ? EXIT.pass : ((await outputs.stop(ended)).exitCode as ExitCode);
}

interface Ready extends Prepared {
  readonly identity: RunIdentity;
}

interface RunPreparedOptions {
  readonly options: RunOneOptions;
  readonly outputs: Outputs;
  readonly session: Session;
}

async function runPrepared(
  { scenario, topology, identity, live }: Ready,
  { options, outputs, session }: RunPreparedOptions,
): Promise<RunResult> {
  const { environment, output, signal } = session;
  const { keep, verbose, mutant } = options;
  const run = { seed: identity.seed, workload: scenario.workload, system: scenario.system };
  const { variables } = environment;
  const world = { topology, variables, keep, verbose, mutant, run, onLogLine: output.log };
  const prepared = await prepareWorld(options.backend, live === undefined ? world : { ...world, rails: live.rails });
  const { drive, startWorld, ...stage } = prepared;
  const start = async (...asked: Parameters<typeof startWorld>) => withEdgesOf(scenario, await startWorld(...asked));
  const { onHistoryLine } = outputs;
  const taken = onHistoryLine === undefined ? {} : { onHistoryLine };
  return drive(runWithHistory({ ...identity, scenario, signal, ...taken, ...stage, startWorld: start }));
}

interface Prepared extends PreparedRun {
  readonly scenario: Scenario;
  readonly topology: Topology;
}

/** Everything that can be wrong is found here, before anything starts. Throws InvalidInput. */
async function prepare(name: string, { drawn, attempt, ...options }: RunOneOptions, session: Session): Promise<Prepared> {
  const { backend, mutant, ...world } = options;
  const read = await readWorldTopology({ ...world, takesLive: true }, session.environment);
  const named = asTried(await readNamed(name), attempt);
  const live = await prepareLive(withDuration(named, options.duration), read, { options, session, spent: options.spent });
  const { topology } = live;
  const scenario = judgedOver(live.scenario, topology);
  if (mutant !== undefined) checkMutant(mutant, backend);
  if (mutant !== undefined && topology.regions.every(({ target }) => target !== undefined))
    throw new InvalidInput('--mutant: expected a region with an edge of the lab, which has the bug; --target us-east=edgesync keeps one');
  if (!isStarted(backend)) refuseKeep(options);
  else await resolveBackend({ options: { ...world, backend }, topology, environment: session.environment, note: session.output.note });
  checkBackend(scenario, options.backend);
  const regions = topology.regions.map(({ region }) => region);
  checkRegions(scenario, edgesAsked(topology, backend));
  const seed = options.seed ?? scenario.seed ?? drawn;
  checkSchedule(scenario, regions, seed);
  checkTargets(scenario, topology.regions, { seed, backend });
  const asked = withAll(topology, scenario);
  checkLease(scenario, asked.regions);
  return { ...live, scenario, topology: asked };
}

/** Everything that the scenario asks of its system. */
function withAll(topology: Topology, scenario: Scenario): Topology {
  const { system } = scenario;
  const asked = withSystem(onlyRegions(topology, system.only), system.regions, targetOverrides(scenario));
  return withProtection(withLease(asked, system), system);
}

/** Each try has a folder and a suite of its own. */
function asTried(scenario: Scenario, attempt: number): Scenario {
  return attempt === 1 ? scenario : { ...scenario, id: `${scenario.id}-try-${attempt}` };
}

/** Without a region of ours nothing is asked that only our edges promise, unless that is all that is asked. */
function judgedOver(scenario: Scenario, { regions }: Topology): Scenario {
  if (regions.some(({ target }) => target === undefined)) return scenario;
  const checks = scenario.checks.filter((name) => CHECKS[name].isOfOurs !== true);
  return checks.length === 0 ? scenario : { ...scenario, checks };
}

function targetOverrides({ system: { deliver, 'untagged-304': untagged304, shield } }: Pick<Scenario, 'system'>): TargetOverrides {
  return { deliver: deliver && deliverOf(deliver), untagged304, shield };
}
