/** `sim`: many seeds in virtual time; the first that fails, with the command that shows it again. */

import { type Command, Option } from 'commander';
import { EXIT, type ExitCode, InvalidInput } from '../../lab/errors.ts';
import { plural } from '../../lab/input/plural.ts';
import { printableLines } from '../../lab/input/printable.ts';
import { mutantNamed } from '../../lab/mutants/mutants.ts';
import { checkFolder } from '../../lab/outputs/folder.ts';
import { anomalyText, checkLines } from '../../lab/outputs/lines.ts';
import type { LabEvent } from '../../lab/report/events.ts';
import { runCampaigns, type SeedRange } from '../../lab/sim/campaign.ts';
import { checkDeterminism, type Difference } from '../../lab/sim/determinism.ts';
import type { SeedOutcome, SeedSetup } from '../../lab/sim/outcome.ts';
import { saveSeed } from '../../lab/sim/save-seed.ts';
import { Tally } from '../../lab/sim/tally.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import { startProgress } from '../progress.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { givenVariables } from './given-variables.ts';
import { rangeText, startEvent, summaryEvent } from './sim-events.ts';
import { huntAll } from './sim-mutants.ts';
import { addSwarmOptions, jobsOption, parseSeeds, readSetup, type SwarmOptions, simCommand } from './sim-options.ts';

export interface SimOptions extends SwarmOptions {
  readonly seeds?: SeedRange;
  readonly jobs: number;
  readonly mutants?: boolean;
  readonly checkDeterminism?: boolean;
  readonly keepGoing?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

const SEEDS: SeedRange = { from: 1, to: 1_000 };
/** Seeds that are compared are not judged. */
const NONE_COUNTED = { reads: 0, writes: 0, failed: 0, unknown: 0 } as const;
/** Shown of a failing seed in plain lines. */
const ANOMALIES_SHOWN = 3;

export function addSimCommand(program: Command, session: Session): void {
  const command = program
    .command('sim')
    .description('run many seeds in virtual time, each with faults of its own; end at the first that fails')
    .addOption(
      new Option('--seeds <range>', 'a seed, or a range such as 1..1000 (the default; with --mutants 1..200)')
        .argParser(parseSeeds)
        .env('EDGESYNC_SEEDS'),
    );
  addSwarmOptions(command)
    .addOption(jobsOption())
    .addOption(new Option('--mutants', 'run every known bug instead, and print which check catches each bug').env('EDGESYNC_MUTANTS'))
    .addOption(
      new Option('--check-determinism', 'run each seed twice, and name the first line that differs').env('EDGESYNC_CHECK_DETERMINISM'),
    )
    .addOption(new Option('--keep-going', 'count every failing seed instead of ending at the first').env('EDGESYNC_KEEP_GOING'))
    .addOption(
      new Option(
        '--out <dir>',
        'an empty folder for the history and the summary of the first seed that fails; with a single seed they are always written',
      ).env('EDGESYNC_OUT'),
    )
    .addOption(new Option('--json', 'NDJSON on standard output, nothing else').env('EDGESYNC_JSON'))
    .action((options: SimOptions) =>
      orFail(session, async () => {
        checkTogether(options);
        if (options.mutant !== undefined) mutantNamed(options.mutant);
        if (options.out !== undefined) await checkOut(options.out, options);
        const setup = await readSetup(options, session);
        const given = await givenVariables(options.compose, session.environment.variables);
        session.exitWith(await simulate({ ...options, given }, setup, session));
      }),
    );
}

/** Throws InvalidInput where one option would be left out for the sake of another. */
function checkTogether({ mutants, mutant, checkDeterminism: isCompared }: SimOptions): void {
  if (mutants && (mutant !== undefined || isCompared))
    throw new InvalidInput(
      '--mutants: cannot be combined with --mutant or --check-determinism: --mutants runs every known bug, each seed once',
    );
}

/** Before the first seed. Throws InvalidInput. */
async function checkOut(out: string, { mutants, checkDeterminism: isCompared }: SimOptions): Promise<void> {
  if (mutants || isCompared)
    throw new InvalidInput('--out: cannot be combined with --mutants or --check-determinism, which look at many runs');
  await checkFolder(out);
}

function simulate(options: SimOptions, setup: SeedSetup, session: Session): Promise<ExitCode> {
  if (options.mutants) return huntAll(options, setup, session);
  const seeds = options.seeds ?? SEEDS;
  return options.checkDeterminism ? compare({ ...options, seeds }, setup, session) : run({ ...options, seeds }, setup, session);
}

async function run(options: RangeOptions, setup: SeedSetup, session: Session): Promise<ExitCode> {
  const { output, signal } = session;
  const { seeds, jobs, json } = options;
  const tally = new Tally();
  if (json) output.line(JSON.stringify(startEvent(options, session)));
  const progress = startProgress({ clock: systemClock, total: seeds.to - seeds.from + 1, note: output.note, done: () => tally.seeds });
  try {
    const campaigns = [{ setup, onOutcome: (outcome: SeedOutcome) => tally.add(outcome) }];
    await runCampaigns({ campaigns, seeds, jobs, signal, stopAtFailure: !options.keepGoing });
  } finally {
    progress.close();
  }
  // Before anything is told: a verdict that could not be saved is none.
  const saved = await saveShown(tally, options, setup, session);
  const exitCode = saved.error !== undefined ? EXIT.failed : signal.aborted ? EXIT.interrupted : tally.exitCode;
  const results: Results = { tally, options, exitCode, error: saved.error ?? tally.failing[0]?.error };
  if (json) for (const event of resultEvents(results)) output.line(JSON.stringify(event));
  else for (const line of resultLines(results)) output.line(line);
  for (const text of [saved.error, saved.said]) if (text !== undefined) output.note(printableLines(text));
  return exitCode;
}

type RangeOptions = SimOptions & { readonly seeds: SeedRange };

interface Results {
  readonly tally: Tally;
  readonly options: RangeOptions;
  readonly exitCode: ExitCode;
  readonly error: string | undefined;
}

interface Saved {
  readonly said?: string;
  /** Why it is not there. */
  readonly error?: string;
}

/** With `--out`: of the first seed that fails, or of the only one. */
async function saveShown(tally: Tally, options: RangeOptions, setup: SeedSetup, session: Session): Promise<Saved> {
  const { seeds, out } = options;
  const [first] = tally.failing;
  const shown = first?.seed ?? (seeds.from === seeds.to ? seeds.from : undefined);
  if (out === undefined || shown === undefined) return {};
  // Run once more it would end this process.
  if (first?.crashed) return { said: `${out} stays empty: seed ${shown} ended its process and has no history` };
  try {
    await saveSeed(shown, { setup, folder: out, version: session.version, reproduce: simCommand(String(shown), options) });
    return { said: `the history of seed ${shown} is in ${out}` };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function resultEvents({ tally, options, exitCode, error }: Results): readonly LabEvent[] {
  const [first] = tally.failing;
  const { checks, operations } = tally;
  const verdict = exitCode === EXIT.failed ? 'unknown' : tally.verdict;
  const ended = { verdict, checks, operations, exitCode, error, reproduce: reproduceCommand(first, options) };
  return [...(first?.anomalies ?? []), summaryEvent(ended)];
}

function resultLines({ tally, options, exitCode }: Results): readonly string[] {
  const { reads, writes } = tally.operations;
  const [first] = tally.failing;
  const head = exitCode === EXIT.interrupted ? 'STOPPED' : exitCode === EXIT.failed ? 'FAILED' : tally.verdict.toUpperCase();
  return [
    ...checkLines(tally.checks),
    ...tally.failing.flatMap((outcome) => failureLines(outcome)),
    `${head} (${plural(tally.seeds, 'seed')}, ${plural(reads, 'read')}, ${plural(writes, 'write')})`,
    `again: ${reproduceCommand(first, options)}`,
  ];
}

function failureLines({ seed, anomalies, error }: SeedOutcome): readonly string[] {
  if (error !== undefined) return [`seed ${seed}: ${printableLines(error)}`];
  const shown = anomalies.slice(0, ANOMALIES_SHOWN).map((anomaly) => `seed ${seed}: ${anomalyText(anomaly)}`);
  return anomalies.length > ANOMALIES_SHOWN ? [...shown, `seed ${seed}: … and more`] : shown;
}

function reproduceCommand(failing: SeedOutcome | undefined, options: RangeOptions): string {
  return simCommand(failing === undefined ? rangeText(options.seeds) : String(failing.seed), options);
}

async function compare(options: RangeOptions, setup: SeedSetup, session: Session): Promise<ExitCode> {
  const { output, signal } = session;
  const { seeds, json } = options;
  const { from, to } = seeds;
  if (json) output.line(JSON.stringify(startEvent(options, session)));
  let done = 0;
  let differs: string | undefined;
  const progress = startProgress({ clock: systemClock, total: to - from + 1, note: output.note, done: () => done });
  try {
    for (let seed = from; seed <= to && differs === undefined && !signal.aborted; seed += 1) {
      const difference = await checkDeterminism(seed, setup);
      if (difference === undefined) done += 1;
      else differs = differenceText(seed, difference);
    }
  } finally {
    progress.close();
  }
  const exitCode = differs !== undefined ? EXIT.violated : signal.aborted ? EXIT.interrupted : EXIT.pass;
  const said = differs ?? `${plural(done, 'seed')} run twice, with equal histories`;
  output.line(json ? JSON.stringify(comparedEvent(said, { exitCode, options })) : said);
  return exitCode;
}

function differenceText(seed: number, { line, first, second }: Difference): string {
  return `seed ${seed}: line ${line} differs\n  first:  ${first ?? 'no such line'}\n  second: ${second ?? 'no such line'}`;
}

function comparedEvent(reason: string, { exitCode, options }: { readonly exitCode: ExitCode; readonly options: RangeOptions }): LabEvent {
  const verdict = exitCode === EXIT.violated ? 'fail' : 'pass';
  const checks = [{ check: 'determinism', verdict, reason, anomalies: exitCode === EXIT.violated ? 1 : 0 } as const];
  const reproduce = simCommand(rangeText(options.seeds), options);
  return summaryEvent({ verdict, checks, operations: NONE_COUNTED, exitCode, reproduce });
}
