/** That the tables of README and docs are those of the program, and that every link of these pages leads somewhere. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseYaml } from '../../../lab/input/yaml-source.ts';
import { MUTANTS } from '../../../lab/mutants/mutants.ts';
import { parseScenario } from '../../../lab/scenarios/scenario.ts';
import { SETTINGS } from '../../../lab/worlds/testing/service-tables.ts';
import { SERVICE_ERRORS } from '../../../services/protocol/errors.ts';
import { ERROR_MEANS } from './field-meanings.ts';
import { anchorsOf, linksOf } from './links.ts';
import { code, namesOfBlocks } from './markdown.ts';
import { generated, pagePaths, ROOT, readPage, TABLES } from './pages.ts';

const PAGES = await pagePaths();
const INDEX = 'docs/README.md';
/** Tables whose last column is a sentence from a list. */
const MEANT = ['summary', 'plan', 'errors', 'edge-metrics', 'origin-metrics'];

describe('the generated tables', () => {
  it.each(PAGES)('of %s are those of the program', async (path) => {
    const isCurrent = (await readPage(path)) === (await generated(path));
    expect(isCurrent, `${path} is not what the program says: run npm run docs`).toBe(true);
  });

  it('stand each in some page', async () => {
    const texts = await Promise.all(PAGES.map(readPage));
    const shown = new Set(texts.flatMap(namesOfBlocks));
    expect(Object.keys(TABLES).filter((name) => !shown.has(name))).toEqual([]);
  });

  it.each(MEANT)('have a sentence in each row: %s', async (name) => {
    const rows = ((await TABLES[name]?.()) ?? '').split('\n');
    expect(rows.length).toBeGreaterThan(2);
    expect(
      rows.filter((row) => row.includes('| | ') || row.endsWith('| |')),
      'rows without a sentence: see field-meanings.ts and metric-meanings.ts',
    ).toEqual([]);
  });

  it('say of no error that there is not', () => {
    expect(Object.keys(ERROR_MEANS).filter((code) => !(code in SERVICE_ERRORS))).toEqual([]);
  });
});

describe('the links', () => {
  it('and anchors are found as GitHub makes them', () => {
    const page =
      '# One `--flag`, and *more*\n\n## Two\n\n## Two\n\n```sh\n# no heading [no](link)\n```\n[a](b.md#c) ![d](e.svg) `[no](code)`\n';
    expect([...anchorsOf(page)]).toEqual(['one---flag-and-more', 'two', 'two-1']);
    expect(linksOf(page)).toEqual(['b.md#c', 'e.svg']);
  });

  it.each(PAGES)('of %s lead to files and headings that are there', async (path) => {
    const broken: string[] = [];
    for (const link of linksOf(await readPage(path))) {
      if (/^[a-z]+:/.test(link)) continue;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : relative(ROOT, join(ROOT, dirname(path), file));
      const isThere = existsSync(join(ROOT, target));
      if (!isThere || (anchor !== undefined && !anchorsOf(await readPage(target)).has(anchor))) broken.push(link);
    }
    expect(broken).toEqual([]);
  });

  it('of README and its index lead to every page of docs', async () => {
    const fromIndex = linksOf(await readPage(INDEX)).map((link) => relative(ROOT, join(ROOT, dirname(INDEX), link)));
    const links = [...linksOf(await readPage('README.md')), ...fromIndex];
    expect(links).toContain(INDEX);
    expect(PAGES.filter((path) => path.startsWith('docs/') && !links.includes(path))).toEqual([]);
  });

  it.each(PAGES.filter((path) => path.startsWith('docs/')))('of %s lead on: to the index, and to a page beside it', async (path) => {
    const targets = linksOf(await readPage(path)).map((link) => relative(ROOT, join(ROOT, dirname(path), link.split('#')[0] ?? '')));
    const others = new Set(targets.filter((target) => PAGES.includes(target) && target !== path && target !== INDEX));
    expect(others.size).toBeGreaterThan(0);
    if (path !== INDEX) expect(targets).toContain(INDEX);
  });

  it('of README lead to what npm installs', async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: ROOT });
    const [{ files }] = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })]).parse(JSON.parse(stdout));
    const packed = files.map(({ path }) => path);
    const linked = linksOf(await readPage('README.md')).map((link) => link.split('#')[0] ?? '');
    expect(linked.filter((path) => path !== '' && !/^[a-z]+:/.test(path) && !packed.includes(path))).toEqual([]);
  });
});

it('the scenario in docs/scenarios.md is one', async () => {
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(await readPage('docs/scenarios.md')) ?? [];
  const { method, thresholds } = parseScenario(example, 'docs/scenarios.md');
  expect([method.length, thresholds.length]).toEqual([2, 3]);
});

it('the purges in docs/purger.md are such', async () => {
  const page = await readPage('docs/purger.md');
  const examples = [...page.matchAll(/PURGES(?:=|: )'([^\n]*)'|```json\n(\{\n.*?)```/gs)].map(([, line, block]) => line ?? block ?? '');
  expect(examples).toHaveLength(3);
  for (const example of examples) expect(SETTINGS.purger['PURGES']?.schema.safeParse(example).error).toBeUndefined();
});

describe('docs/protocol.md', () => {
  it('names every mutant', async () => {
    const page = await readPage('docs/protocol.md');
    expect(MUTANTS.map(({ name }) => name).filter((name) => !page.includes(code(name)))).toEqual([]);
  });

  it('tells every counterexample that a test is named after', async () => {
    const page = await readPage('docs/protocol.md');
    const names = new Set<string>();
    for await (const file of glob('services/**/*.ts', { cwd: ROOT }))
      for (const [, name = ''] of (await readPage(file)).matchAll(/'([VU]\d+)[a-z]?: /g)) names.add(name);
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter((name) => !page.includes(`| ${name}, `))).toEqual([]);
  });
});

describe('a block of YAML', () => {
  it('on any page is YAML', async () => {
    const pages = await Promise.all((await pagePaths()).map(async (path) => ({ path, page: await readPage(path) })));
    const blocks = pages.flatMap(({ path, page }) =>
      [...page.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => ({ path, text })),
    );
    expect(blocks.length).toBeGreaterThan(5);
    for (const { path, text } of blocks) expect(() => parseYaml(text, { file: path })).not.toThrow();
  });
});

describe('README', () => {
  it('is two pages', async () => {
    expect((await readPage('README.md')).split('\n').length).toBeLessThanOrEqual(150);
  });

  it('begins with the two commands', async () => {
    const readme = await readPage('README.md');
    for (const command of ['npm ci && npm start ', 'npm ci && npm test ']) expect(readme).toContain(`\n${command}`);
  });
});
