/** `sim --mutants`: every known bug in turn, after the real protocol on the same seeds. */

import { EXIT, type ExitCode, worstOf } from '../../lab/errors.ts';
import { plural } from '../../lab/input/plural.ts';
import { printableLines } from '../../lab/input/printable.ts';
import { MUTANTS } from '../../lab/mutants/mutants.ts';
import { table } from '../../lab/outputs/lines.ts';
import type { Summary } from '../../lab/report/events.ts';
import { type Campaign, runCampaigns, type SeedRange } from '../../lab/sim/campaign.ts';
import { Hunt, type MutantReport } from '../../lab/sim/mutation.ts';
import type { SeedOutcome, SeedSetup } from '../../lab/sim/outcome.ts';
import { Tally } from '../../lab/sim/tally.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import { startProgress } from '../progress.ts';
import type { Session } from '../session.ts';
import { rangeText, startEvent, summaryEvent } from './sim-events.ts';
import { type SwarmOptions, simCommand } from './sim-options.ts';

export interface HuntOptions extends SwarmOptions {
  readonly seeds?: SeedRange;
  readonly jobs: number;
  readonly json?: boolean;
}

/** Every mutant is to be caught within these. */
const SEEDS: SeedRange = { from: 1, to: 200 };

const REAL = 'the real protocol';

/** What is known of the real protocol and of the mutants so far. */
interface Hunted {
  readonly seeds: SeedRange;
  readonly real: Tally;
  readonly reports: MutantReport[];
}

type Found = 'caught' | 'survives' | 'crashed' | 'stopped';

/**
 * 0 only when every mutant is caught by a check that names its damage, and the real protocol is clean on the same
 * seeds.
 */
export async function huntAll(options: HuntOptions, setup: SeedSetup, session: Session): Promise<ExitCode> {
  const { output } = session;
  const { seeds = SEEDS, json } = options;
  const hunted: Hunted = { seeds, real: new Tally(), reports: [] };
  const asked = { ...options, seeds, mutants: true };
  if (json) output.line(JSON.stringify(startEvent(asked, session)));
  await huntEach(hunted, { options, setup, session });
  const exitCode = exitCodeOf(hunted, session.signal.aborted);
  const reproduce = simCommand(rangeText(seeds), asked);
  if (json) output.line(JSON.stringify(summaryEvent({ ...summed(hunted, exitCode), reproduce })));
  else for (const line of [...lines(hunted), `again: ${reproduce}`]) output.line(line);
  return exitCode;
}

interface HuntEachOptions {
  readonly options: HuntOptions;
  readonly setup: SeedSetup;
  readonly session: Session;
}

/** The real protocol first. Ends early when it is stopped. */
async function huntEach({ seeds, real, reports }: Hunted, { options: { jobs, json }, setup, session }: HuntEachOptions): Promise<void> {
  const { output, signal } = session;
  const each = seeds.to - seeds.from + 1;
  const total = (MUTANTS.length + 1) * each;
  let [current, done] = [REAL, 0];
  const campaignOf = (name: string, mutant: string | undefined, add: (outcome: SeedOutcome) => void): Campaign => ({
    setup: { ...setup, mutant },
    onOutcome: (outcome) => {
      [current, done] = [name, done + 1];
      if (outcome.crashed) output.note(`${name}: seed ${outcome.seed} crashed: ${printableLines(outcome.error ?? '')}`);
      add(outcome);
    },
  });
  const hunts = MUTANTS.map((mutant) => new Hunt(mutant));
  const tell = (report: MutantReport) => {
    reports.push(report);
    if (json) output.line(JSON.stringify({ type: 'Mutant', ...report }));
    else output.note(`${report.mutant}: ${foundText(report, seeds)}`);
  };
  /** In their order; of those that were not ended, what they have shown so far. */
  const tellEnded = (least: number) => {
    for (let next = hunts[reports.length]; next !== undefined && next.seeds >= least; next = hunts[reports.length]) tell(next.report());
  };
  const addReal = (outcome: SeedOutcome) => {
    real.add(outcome);
    if (real.seeds === each) output.note(`${REAL}: ${real.failing.length} of ${real.seeds} seeds fail`);
  };
  const addTo = (hunt: Hunt) => (outcome: SeedOutcome) => {
    hunt.add(outcome);
    tellEnded(each);
  };
  const campaigns = [campaignOf(REAL, undefined, addReal), ...hunts.map((hunt) => campaignOf(hunt.name, hunt.name, addTo(hunt)))];
  const note = (text: string) => output.note(`${current}: ${text}`);
  const progress = startProgress({ clock: systemClock, total, done: () => done, note });
  try {
    await runCampaigns({ campaigns, seeds, jobs, signal, stopAtFailure: false });
    tellEnded(1);
  } finally {
    progress.close();
  }
}

function foundIn({ check, crashed, seeds: ran }: MutantReport, { from, to }: SeedRange): Found {
  if (check !== null) return 'caught';
  if (crashed.length > 0) return 'crashed';
  return ran < to - from + 1 ? 'stopped' : 'survives';
}

function foundText(report: MutantReport, seeds: SeedRange): string {
  const found = foundIn(report, seeds);
  return found === 'caught' ? `caught by ${report.check} at seed ${report.firstSeed}` : found;
}

/** A seed that came to no end is the lab's failure, also of a mutant that is caught at another. */
function exitCodeOf({ seeds, real, reports }: Hunted, isAborted: boolean): ExitCode {
  const known = reports.flatMap((report) => [
    ...(report.crashed.length > 0 ? [EXIT.failed] : []),
    ...(foundIn(report, seeds) === 'survives' ? [EXIT.violated] : []),
  ]);
  // What is not known yet is no verdict.
  return isAborted ? EXIT.interrupted : worstOf([real.exitCode, ...known]);
}

function summed(
  { seeds, real, reports }: Hunted,
  exitCode: ExitCode,
): Pick<Summary, 'verdict' | 'checks' | 'operations'> & { readonly exitCode: ExitCode } {
  const caught = reports.filter((report) => foundIn(report, seeds) === 'caught').length;
  const others = reports
    .filter((report) => foundIn(report, seeds) !== 'caught')
    .map((report) => `${report.mutant} ${foundText(report, seeds)}`);
  const verdict = exitCode === EXIT.violated ? 'fail' : exitCode === EXIT.pass ? 'pass' : 'unknown';
  const reason = [`${caught} of ${MUTANTS.length} known bugs are caught`, ...others].join(', ');
  const survivors = reports.filter((report) => foundIn(report, seeds) === 'survives').length;
  const ofMutants = survivors > 0 ? 'fail' : caught === MUTANTS.length ? 'pass' : 'unknown';
  return {
    exitCode,
    verdict,
    checks: [...real.checks, { check: 'mutants', verdict: ofMutants, reason, anomalies: 0 }],
    operations: real.operations,
  };
}

function lines({ seeds, real, reports }: Hunted): readonly string[] {
  const rows = reports.map((report) => {
    const { mutant, check, firstSeed, seeds: ran, caught, meanSeeds, otherwise, crashed } = report;
    return [
      mutant,
      check ?? foundIn(report, seeds).toUpperCase(),
      numberOr(firstSeed),
      `${caught} of ${ran}`,
      numberOr(meanSeeds),
      String(otherwise),
      crashed.length === 0 ? '-' : crashed.join(' '),
    ];
  });
  const head = ['mutant', 'caught by', 'first seed', 'seeds', 'mean seeds', 'by others only', 'crashed'];
  const notRun = MUTANTS.slice(reports.length).map(({ name }) => name);
  return [
    ...(rows.length === 0 ? [] : table([head, ...rows])),
    ...(notRun.length === 0 ? [] : [`not run: ${notRun.join(', ')}`]),
    `the real protocol on the same ${plural(real.seeds, 'seed')}: ${realText(real)}`,
  ];
}

function numberOr(value: number | null): string {
  return value === null ? '-' : String(value);
}

function realText({ failing, checks, verdict }: Tally): string {
  if (failing.length > 0) return `NOT CLEAN: ${failing.map(({ seed, crashed }) => `${seed}${crashed ? ' (crashed)' : ''}`).join(', ')}`;
  if (verdict === 'pass') return 'clean';
  const why = checks.filter((check) => check.verdict === 'unknown').map(({ check, reason }) => `${check}: ${reason}`);
  return ['clean, as far as the seeds could be judged', ...why].join('; ');
}
