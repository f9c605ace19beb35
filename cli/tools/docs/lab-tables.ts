/** The tables of what the lab has: scenarios, faults, checks, metrics, known bugs, races and targets. */
import { CHECKS } from '../../../lab/checks/checks.ts';
import { FAULTS } from '../../../lab/faults/faults.ts';
import { parametersInWords, targetsInWords } from '../../../lab/faults/signature.ts';
import { MUTANTS } from '../../../lab/mutants/mutants.ts';
import { PLATFORMS } from '../../../lab/platforms.ts';
import { RACES } from '../../../lab/races/races.ts';
import { readScenario } from '../../../lab/scenarios/scenario.ts';
import { OWN_TARGETS } from '../../../lab/targets/own-targets.ts';
import { readPresets } from '../../../lab/targets/targets.ts';
import { aggregationsOf } from '../../../lab/thresholds/expression.ts';
import { METRICS } from '../../../lab/thresholds/metrics.ts';
import { worldsWith } from '../../../lab/worlds/worlds.ts';
import { BUILT_IN_SCENARIOS, TARGETS_FOLDER } from '../../program-files.ts';
import { code, toTable } from './markdown.ts';

const MS_PER_S = 1_000;

export async function scenarioTable(): Promise<string> {
  const scenarios = await Promise.all([...BUILT_IN_SCENARIOS.values()].map(readScenario));
  return toTable([
    ['scenario', '', 'what to see, and why'],
    ...scenarios.map(({ id, title, description }) => [code(id), title, description]),
  ]);
}

export function faultTable(): string {
  const rows = [...FAULTS.values()].map((fault) => [
    code(fault.name),
    fault.about,
    targetsInWords(fault).replaceAll(/\S+:<region>/g, '`$&`'),
    [parametersInWords(fault), fault.lasts ? '' : 'no `for`'].filter((part) => part !== '').join('; '),
    worldsWith(fault).join(', '),
    fault.excuses === 'nothing' ? 'excuses nothing' : `${fault.recoveryAllowanceMs / MS_PER_S} s`,
  ]);
  return toTable([['fault', '', 'target', 'parameters', 'worlds', 'recovery allowance'], ...rows]);
}

export function checkTable(): string {
  return toTable([['check', 'what it finds'], ...Object.values(CHECKS).map(({ name, about }) => [code(name), about])]);
}

export function metricTable(): string {
  const rows = METRICS.map(({ metric, data, tags, about }) => [
    code(metric),
    about,
    data.contains === 'time' ? `${data.type}, ms` : data.type,
    aggregationsOf(data.type).map(code).join(' '),
    tags.join(', '),
  ]);
  return toTable([['metric', '', 'type', 'has', 'tags'], ...rows]);
}

export function mutantTable(): string {
  const rows = MUTANTS.map(({ name, about, caughtBy, shownBy }) => [code(name), about, caughtBy.map(code).join(', '), code(shownBy)]);
  return toTable([['mutant', 'the bug', 'one of these checks must find it', 'scenario that shows it'], ...rows]);
}

export function platformTable(): string {
  return toTable([['where', 'known', ''], ...PLATFORMS.map(({ name, known, says }) => [name, known, says])]);
}

export function raceTable(): string {
  return toTable([['race', ''], ...RACES.map(({ name, about }) => [code(name), about])]);
}

export async function targetTable(): Promise<string> {
  const presets = await readPresets(TARGETS_FOLDER);
  const rows = presets.map(({ name, about, start: { get = '' } }) => [code(name), about, code(get)]);
  const own = OWN_TARGETS.map(({ name, about, start }) => [
    code(name),
    about,
    start === undefined ? 'it comes with the lab' : code(start.get),
  ]);
  return toTable([['target', '', 'how its program is got'], ...own, ...rows]);
}
