/** `list [scenarios|faults|checks|metrics|mutants|targets|races]`: a line each, or JSON. */

import { Argument, type Command, Option } from 'commander';
import { CHECKS } from '../../lab/checks/checks.ts';
import { EXIT } from '../../lab/errors.ts';
import { FAULTS } from '../../lab/faults/faults.ts';
import { parametersInWords, targetsInWords } from '../../lab/faults/signature.ts';
import { printable } from '../../lab/input/printable.ts';
import { keysAt } from '../../lab/input/problems.ts';
import { MUTANTS } from '../../lab/mutants/mutants.ts';
import { RACES } from '../../lab/races/races.ts';
import { readScenario } from '../../lab/scenarios/scenario.ts';
import { needsTarget } from '../../lab/scenarios/world-check.ts';
import type { StartedTarget } from '../../lab/targets/target.ts';
import { aggregationsOf } from '../../lab/thresholds/expression.ts';
import { METRICS } from '../../lab/thresholds/metrics.ts';
import { findOwnHere, findPresetsHere, type Here } from '../../lab/worlds/peers/here.ts';
import { worldsWith } from '../../lab/worlds/worlds.ts';
import { BUILT_IN_SCENARIOS, TARGETS_FOLDER } from '../program-files.ts';
import type { Session } from '../session.ts';

const MS_PER_S = 1_000;

interface Row {
  readonly name: string;
  readonly about: string;
  /** Between name and sentence, in plain lines. */
  readonly columns?: readonly string[];
  /** Beside name and about, in JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

async function listScenarios(): Promise<readonly Row[]> {
  const scenarios = await Promise.all([...BUILT_IN_SCENARIOS.values()].map(readScenario));
  return scenarios.map((scenario) => {
    const { id, title, description, tags, workload, settle: settleMs } = scenario;
    const { duration: durationMs } = workload;
    const details = { description, tags, needsTarget: needsTarget(scenario), durationMs, settleMs };
    // From the first request to the verdict: what starts before, and what is read at the end, take seconds more.
    return { name: id, about: title, columns: [`${seconds(durationMs)} to ${seconds(durationMs + settleMs)}`], details };
  });
}

function seconds(ms: number): string {
  return `${ms / MS_PER_S} s`;
}

function listFaults(): readonly Row[] {
  return [...FAULTS.values()].map((fault) => {
    const { name, about, toSee, targets, lasts, parameters } = fault;
    const backends = worldsWith(fault);
    return {
      name,
      about,
      columns: [targetsInWords(fault), parametersInWords(fault), lasts ? 'for' : '', backends.join(', ')],
      details: { toSee, targets, parameters: keysAt(parameters, []), lasts, backends },
    };
  });
}

async function listTargets(variables: Variables): Promise<readonly Row[]> {
  const [own, presets] = await Promise.all([findOwnHere(variables), findPresetsHere(TARGETS_FOLDER, variables)]);
  return [
    ...own.map(({ target, here }) => targetRow({ ...target, program: target.start?.command[0] ?? null }, here)),
    ...presets.map(({ target, here }) => targetRow({ ...target, program: programOf(target) }, here)),
  ];
}

interface ListedTarget extends Pick<StartedTarget, 'name' | 'about'> {
  readonly start?: { readonly get?: string | undefined };
  /** null: it needs none. */
  readonly program: string | null;
}

function targetRow({ name, about, start, program }: ListedTarget, here: Here): Row {
  const { isHere } = here;
  const version = isHere ? (here.version ?? null) : null;
  const said = isHere ? `here${version === null ? '' : ` ${version}`}` : `not here: ${start?.get ?? program}`;
  return { name, about, columns: [said], details: { program, here: isHere, version, get: start?.get ?? null } };
}

function programOf({ start }: Pick<StartedTarget, 'start'>): string | null {
  return start.package ?? start.version?.[0] ?? start.command[0] ?? null;
}

type Variables = Session['environment']['variables'];

const LISTS: Readonly<Record<string, (variables: Variables) => Promise<readonly Row[]>>> = {
  scenarios: listScenarios,
  faults: async () => listFaults(),
  checks: async () => Object.values(CHECKS).map(({ name, about }) => ({ name, about })),
  metrics: async () =>
    METRICS.map(({ metric, data, tags, about }) => {
      const aggregations = aggregationsOf(data.type);
      const unit = data.contains === 'time' ? `${data.type}, ms` : data.type;
      return { name: metric, about, columns: [unit, aggregations.join(' '), tags.join(', ')], details: { ...data, aggregations, tags } };
    }),
  targets: listTargets,
  races: async () => RACES.map(({ name, about }) => ({ name, about })),
  mutants: async () => MUTANTS.map(({ name, about, caughtBy }) => ({ name, about, columns: [caughtBy.join(', ')], details: { caughtBy } })),
};

function toLines(rows: readonly Row[]): string[] {
  const cells = rows.map(({ name, columns = [], about }) => [name, ...columns, about].map(printable));
  const widths = cells.reduce<number[]>((known, row) => row.map((cell, at) => Math.max(known[at] ?? 0, cell.length)), []);
  return cells.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export function addListCommand(program: Command, session: Session): void {
  program
    .command('list')
    .description(
      'list scenarios, faults, checks, metrics, mutants, targets or races; a fault is listed with its targets, its parameters (* is required) and its worlds, a mutant with the checks that may catch it',
    )
    .addArgument(new Argument('[which]', 'what to list').choices(Object.keys(LISTS)).default('scenarios'))
    .addOption(new Option('--json', 'an array of objects, each with name and about').env('EDGESYNC_JSON'))
    .action(async (which: string, { json }: { readonly json?: boolean }) => {
      const rows = (await LISTS[which]?.(session.environment.variables)) ?? [];
      if (json) session.output.line(JSON.stringify(rows.map(({ name, about, details }) => ({ name, about, ...details }))));
      else for (const line of toLines(rows)) session.output.line(line);
      session.exitWith(EXIT.pass);
    });
}
