/**
 * README's tables of keys, faults, checks, metrics and scenarios, made from what the program has. When one differs,
 * `npx vitest run cli/readme-tables.test.ts -u` writes it anew between its markers.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CHECKS } from '../lab/checks/checks.ts';
import { FAULTS } from '../lab/faults/faults.ts';
import { parametersInWords, targetsInWords } from '../lab/faults/signature.ts';
import { parseScenario, readScenario } from '../lab/scenarios/scenario.ts';
import { aggregationsOf } from '../lab/thresholds/expression.ts';
import { METRICS } from '../lab/thresholds/metrics.ts';
import { BUILT_IN_SCENARIOS } from './program-files.ts';
import type { KeyBinding } from './view/keys/binding.ts';
import { GLOBAL } from './view/keys/global.ts';
import { ALL_SCREENS } from './view/screens/screens.ts';

const README = fileURLToPath(new URL('../README.md', import.meta.url));

function toTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  return [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`.replaceAll('|  |', '| |')).join('\n');
}

function faultTable(): string {
  const rows = [...FAULTS.values()].map((fault) => [
    `\`${fault.name}\``,
    fault.about,
    targetsInWords(fault).replaceAll(/\S+:<region>/g, '`$&`'),
    [parametersInWords(fault), fault.lasts ? '' : 'no `for`'].filter((part) => part !== '').join('; '),
  ]);
  return toTable([['fault', '', 'target', 'parameters'], ...rows]);
}

function checkTable(): string {
  return toTable([['check', 'what it finds'], ...Object.values(CHECKS).map(({ name, about }) => [`\`${name}\``, about])]);
}

function metricTable(): string {
  const rows = METRICS.map(({ metric, data, tags, about }) => [
    `\`${metric}\``,
    about,
    data.contains === 'time' ? `${data.type}, ms` : data.type,
    aggregationsOf(data.type)
      .map((word) => `\`${word}\``)
      .join(' '),
    tags.join(', '),
  ]);
  return toTable([['metric', '', 'type', 'has', 'tags'], ...rows]);
}

function keyTable(): string {
  const rowsOf = (keys: readonly KeyBinding[], where: string) => keys.map(({ shown, about }) => [`\`${shown}\``, where, about]);
  return toTable([['key', 'where', ''], ...rowsOf(GLOBAL, ''), ...ALL_SCREENS.flatMap(({ title, keys }) => rowsOf(keys, title))]);
}

async function scenarioTable(): Promise<string> {
  const scenarios = await Promise.all([...BUILT_IN_SCENARIOS.values()].map(readScenario));
  return toTable([
    ['scenario', '', 'what to see, and why'],
    ...scenarios.map(({ id, title, description }) => [`\`${id}\``, title, description]),
  ]);
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
function withBlock(text: string, name: string, block: string): string {
  const [start, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`expected ${start.trim()} and ${end.trim()} in README.md`);
  return `${text.slice(0, from + start.length)}\n${block}\n${text.slice(to)}`;
}

it('README has the keys, faults, checks, metrics and scenarios there are', async () => {
  const readme = await readFile(README, 'utf8');
  const blocks = { keys: keyTable(), faults: faultTable(), checks: checkTable(), metrics: metricTable(), scenarios: await scenarioTable() };
  const current = Object.entries(blocks).reduce((text, [name, block]) => withBlock(text, name, block), readme);
  await expect(current).toMatchFileSnapshot(README);
});

it('README’s scenario is one', async () => {
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(await readFile(README, 'utf8')) ?? [];
  const { method, thresholds } = parseScenario(example, 'README.md');
  expect([method.length, thresholds.length]).toEqual([2, 3]);
});
