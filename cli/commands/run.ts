/** `run <scenario|file> …`: one or several scenarios, in plain lines or as NDJSON. The worst exit code wins. */

import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode, InvalidInput, worstOf } from '../../lab/errors.ts';
import type { HistoryLine } from '../../lab/history/history-lines.ts';
import { parseDuration } from '../../lab/input/duration.ts';
import { didYouMean } from '../../lab/input/nearest.ts';
import { printableLines } from '../../lab/input/printable.ts';
import { checkMutant } from '../../lab/mutants/mutants.ts';
import type { Report, Summary } from '../../lab/report/events.ts';
import { checkOutput, createOutput, type OutputFolder } from '../../lab/report/output-folder.ts';
import { type ReportSource, sourceOf } from '../../lab/report/source.ts';
import type { RunIdentity } from '../../lab/run/identity.ts';
import { planScenario, refuseScenario } from '../../lab/run/not-run.ts';
import { runWithHistory } from '../../lab/run/run.ts';
import { readScenario, type Scenario, withDuration } from '../../lab/scenarios/scenario.ts';
import { checkBackend, checkRegions, checkSchedule } from '../../lab/scenarios/world-check.ts';
import { onlyRegions, type Topology, withSystem } from '../../lab/topology/topology.ts';
import { prepareWorld } from '../../lab/worlds/starts.ts';
import type { Backend } from '../../lab/worlds/worlds.ts';
import { BACKENDS, EMBEDDED, isStarted } from '../../lab/worlds/worlds.ts';
import { type Clock, systemClock } from '../../services/runtime/clock.ts';
import { drawSeed } from '../../services/runtime/random.ts';
import { plainReport } from '../print.ts';
import { BUILT_IN_SCENARIOS, COMPOSE_FILE } from '../program-files.ts';
import { toCommand } from '../quote.ts';
import type { Session } from '../session.ts';
import { addKeepOption, addWorldOptions, readWorldTopology, refuseKeep, resolveBackend, type WorldOptions } from './world-options.ts';

interface RunCommandOptions extends Omit<WorldOptions, 'backend'> {
  readonly backend?: Backend;
  readonly mutant?: string;
  readonly seed?: number;
  readonly duration?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly out?: string;
  readonly dryRun?: boolean;
}

const SEED_MAX = 2 ** 32 - 1;

function parseSeed(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > SEED_MAX) throw new InvalidArgumentError(`Expected a whole number from 0 to ${SEED_MAX}.`);
  return Number(text);
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
    .addOption(new Option('--seed <number>', 'of the plan; drawn and printed when left out').argParser(parseSeed).env('EDGESYNC_SEED'))
    .addOption(
      new Option('--duration <time>', 'of the load, instead of the scenario’s').argParser(parseDurationOption).env('EDGESYNC_DURATION'),
    )
    .addOption(new Option('--mutant <name>', 'with a known bug: embedded and simulated').env('EDGESYNC_MUTANT'))
    .addOption(
      new Option('--out <dir>', 'an empty folder: report.html, junit.xml, summary.json and history.ndjson of each scenario go there').env(
        'EDGESYNC_OUT',
      ),
    )
    .addOption(new Option('--dry-run', 'print what would be done, from the seed, and start nothing').env('EDGESYNC_DRY_RUN'))
    .addOption(new Option('--json', 'NDJSON on standard output, nothing else').env('EDGESYNC_JSON'))
    .addOption(new Option('--quiet', 'the result only').env('EDGESYNC_QUIET'));
  addKeepOption(addWorldOptions(command, BACKENDS)).action(async (names: string[], options: RunCommandOptions) => {
    session.exitWith(await runAll(names, options, session));
  });
}

export async function runAll(names: readonly string[], given: RunCommandOptions, session: Session): Promise<ExitCode> {
  const options = given.dryRun ? asDryRun(given) : given;
  const report: Report = options.json
    ? (event) => session.output.line(JSON.stringify(event))
    : plainReport(session.output.line, options.quiet ?? false);
  if (!(await isOutputFree(options, session))) return EXIT.invalidInput;
  const backend = await backendOf(options, session);
  const codes: ExitCode[] = [];
  for (const name of names) {
    if (session.signal.aborted) break;
    codes.push(await runOne(name, { ...options, backend }, report, session));
  }
  return worstOf(session.signal.aborted ? [...codes, EXIT.interrupted] : codes);
}

/** Opens no connection: nobody is asked for an engine or for a port, and no folder is made. The plan is the same in every world. */
function asDryRun({ out: _, ports: __, backend = EMBEDDED, ...options }: RunCommandOptions): RunCommandOptions {
  return { ...options, backend };
}

/** Asked once, before the first scenario makes its folder in it. */
async function isOutputFree({ out }: RunCommandOptions, { output }: Session): Promise<boolean> {
  try {
    if (out !== undefined) await checkOutput(out);
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
  const topology = await readWorldTopology(options, environment).catch((error: unknown) => {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  });
  return topology === undefined
    ? EMBEDDED
    : resolveBackend({ options: { ...options, keep: false }, topology, environment, note: output.note });
}

type RunOneOptions = RunCommandOptions & { readonly backend: Backend };

async function runOne(name: string, options: RunOneOptions, report: Report, session: Session): Promise<ExitCode> {
  const { version, argv, signal } = session;
  const drawn = options.seed ?? drawSeed();
  const identify = (seed: number, clock: Clock, told = report): RunIdentity => {
    const reproduce = reproduceCommand(name, seed, options);
    return { seed, backend: options.backend, report: told, clock, version, argv, reproduce, mutant: options.mutant };
  };
  const summary = await prepare(name, { ...options, drawn }, session).then(
    async ({ scenario, topology, out }) => {
      const seed = options.seed ?? scenario.seed ?? drawn;
      if (options.dryRun) {
        planScenario(identify(seed, systemClock), { scenario, topology });
        return undefined;
      }
      const { variables } = session.environment;
      const { keep, verbose, mutant } = options;
      const run = { seed, workload: scenario.workload };
      const { drive, ...stage } = await prepareWorld(options.backend, {
        ...{ topology, variables, keep, verbose, mutant, run },
        onLogLine: session.output.log,
      });
      if (out === undefined) return (await drive(runWithHistory({ ...identify(seed, stage.clock), scenario, signal, ...stage }))).summary;
      const onHistoryLine = (line: HistoryLine) => out.history.write(line);
      const identity = identify(seed, stage.clock, butSummary(report));
      const result = await drive(runWithHistory({ ...identity, scenario, signal, onHistoryLine, ...stage }));
      const saved = await saveRun(out, sourceOf(scenario, { backend: options.backend, seed, version, ...result }));
      report(saved);
      return saved;
    },
    (error: unknown) => refuseScenario(identify(drawn, systemClock), name, error),
  );
  if (summary === undefined) return EXIT.pass;
  if (options.json && summary.error !== undefined) session.output.note(printableLines(summary.error));
  return summary.exitCode as ExitCode;
}

/** What the run came to is told when its files are there: a verdict that could not be saved is none. */
function butSummary(report: Report): Report {
  return (event) => {
    if (event.type !== 'Summary') report(event);
  };
}

/** A history that is not whole, or reports that are not there, are the lab's failure, whatever the verdict. */
async function saveRun(out: OutputFolder, source: ReportSource): Promise<Summary> {
  const { summary } = source;
  try {
    await out.history.close();
    await out.writeReports(source);
    return summary;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const exitCode = worstOf([summary.exitCode as ExitCode, EXIT.failed]);
    return { ...summary, status: 'failed', verdict: 'unknown', exitCode, error: [summary.error, why].filter(Boolean).join('; ') };
  }
}

interface Prepared {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly out: OutputFolder | undefined;
}

/** Everything that can be wrong is found here, before anything starts. Throws InvalidInput. */
async function prepare(
  name: string,
  { drawn, ...options }: RunOneOptions & { readonly drawn: number },
  session: Session,
): Promise<Prepared> {
  const scenario = withDuration(await readNamed(name), options.duration);
  const { backend, mutant, ...world } = options;
  const topology = await readWorldTopology(world, session.environment);
  if (mutant !== undefined) checkMutant(mutant, backend);
  if (!isStarted(backend)) refuseKeep(options);
  else await resolveBackend({ options: { ...world, backend }, topology, environment: session.environment, note: session.output.note });
  checkBackend(scenario, options.backend);
  const regions = topology.regions.map(({ region }) => region);
  checkRegions(scenario, regions);
  checkSchedule(scenario, regions, options.seed ?? scenario.seed ?? drawn);
  const out = options.out === undefined ? undefined : await createOutput(options.out, scenario.id, systemClock);
  return { scenario, topology: withSystem(onlyRegions(topology, scenario.system.only), scenario.system.regions), out };
}

/** A word that is neither a built-in scenario nor a file is more often misspelt than misplaced. */
async function readNamed(name: string): Promise<Scenario> {
  const file = BUILT_IN_SCENARIOS.get(name);
  if (file !== undefined || !/^[\w-]+$/.test(name) || existsSync(name)) return readScenario(file ?? name);
  const known = [...BUILT_IN_SCENARIOS.keys()];
  throw new InvalidInput(`expected a scenario (${known.join(', ')}) or a file, got ${JSON.stringify(name)}${didYouMean(name, known)}`);
}

function reproduceCommand(name: string, seed: number, { duration, compose, ports, backend, project, mutant }: RunOneOptions): string {
  const words = ['edgesync-lab', 'run', name, '--seed', String(seed), '--backend', backend];
  if (mutant !== undefined) words.push('--mutant', mutant);
  if (duration !== undefined) words.push('--duration', `${duration}ms`);
  if (compose !== COMPOSE_FILE) words.push('--compose', compose);
  if (project !== undefined) words.push('--project', project);
  if (ports !== undefined) words.push('--ports', ports);
  return toCommand(words);
}
