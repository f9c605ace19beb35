/** `sim --mutants`: every known bug in turn, after the real protocol on the same seeds. */
import { EXIT, type ExitCode } from '../../lab/errors.ts';
import { MUTANTS } from '../../lab/mutants/mutants.ts';
import { runCampaign, type SeedRange } from '../../lab/sim/campaign.ts';
import { hunt, type MutantReport } from '../../lab/sim/mutation.ts';
import type { SeedSetup } from '../../lab/sim/outcome.ts';
import { Tally } from '../../lab/sim/tally.ts';
import { table } from '../print.ts';
import type { Session } from '../session.ts';

export interface HuntOptions {
  readonly seeds?: SeedRange;
  readonly jobs: number;
  readonly json?: boolean;
}

/** Every mutant is to be caught within these. */
const SEEDS: SeedRange = { from: 1, to: 200 };

/** 1 when a mutant survives, or when the real protocol is not clean on the same seeds. */
export async function huntAll({ seeds = SEEDS, jobs, json }: HuntOptions, setup: SeedSetup, session: Session): Promise<ExitCode> {
  const { output, signal } = session;
  const tally = new Tally();
  const common = { seeds, jobs, signal, setup: { ...setup, mutant: undefined } };
  await runCampaign({ ...common, stopAtFailure: false, onOutcome: (outcome) => tally.add(outcome) });
  output.note(`the real protocol: ${tally.failing.length} of ${tally.seeds} seeds fail`);
  const reports: MutantReport[] = [];
  for (const mutant of MUTANTS) {
    if (signal.aborted) break;
    const report = await hunt(mutant, common);
    reports.push(report);
    if (json) output.line(JSON.stringify({ type: 'Mutant', ...report }));
    else output.note(`${report.mutant}: ${report.check === null ? 'survives' : `caught by ${report.check}`}`);
  }
  if (!json) for (const line of lines(reports, tally)) output.line(line);
  if (signal.aborted) return EXIT.interrupted;
  return tally.failing.length > 0 || reports.some(({ check }) => check === null) ? EXIT.violated : EXIT.pass;
}

function lines(reports: readonly MutantReport[], tally: Tally): readonly string[] {
  const rows = reports.map(({ mutant, check, firstSeed, meanSeeds, otherwise }) => [
    mutant,
    check ?? 'SURVIVES',
    firstSeed === null ? '-' : String(firstSeed),
    meanSeeds === null ? '-' : String(meanSeeds),
    String(otherwise),
  ]);
  const clean = tally.failing.length === 0 ? 'clean' : `NOT CLEAN: ${tally.failing.map(({ seed }) => seed).join(', ')}`;
  return [
    ...table([['mutant', 'caught by', 'first seed', 'mean seeds', 'by others only'], ...rows]),
    `the real protocol on the same ${tally.seeds} seeds: ${clean}`,
  ];
}
