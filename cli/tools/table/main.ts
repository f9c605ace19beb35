/**
 * `npm run table`: races every preset that this machine has, and writes docs/caches.json and docs/caches.md. With
 * `--check` it writes nothing, and ends with 1 where a cell is another one than the table says of the same version.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { OWN_TARGETS } from '../../../lab/targets/own-targets.ts';
import { generated, ROOT } from '../docs/pages.ts';
import { compareRows, mergeRows } from './compare.ts';
import { measureAll, NotJudged } from './measure.ts';
import { CACHES_FILE, type CacheRow, readRows, toText } from './rows.ts';
import { findSubjects, orderedPresets } from './subjects.ts';

const USAGE = `npm run table [-- [--check] [preset …]]

Races the presets named, or all that this machine has, and writes docs/caches.json and docs/caches.md.
--check writes nothing, and ends with 1 where a cell differs from the table at the same version.`;
const PAGE = 'docs/caches.md';
const EXIT_DIFFERS = 1;
const EXIT_NOTHING = 2;
const EXIT_USAGE = 104;

const say = (line: string) => void process.stdout.write(`${line}\n`);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));

async function write(measured: readonly CacheRow[], presets: readonly string[]): Promise<void> {
  await writeFile(CACHES_FILE, toText(mergeRows(await readRows(), measured, presets)));
  await promisify(execFile)(join(ROOT, 'node_modules/.bin/biome'), ['format', '--write', CACHES_FILE]);
  await writeFile(join(ROOT, PAGE), await generated(PAGE));
  say(`written: docs/caches.json, ${PAGE}`);
}

async function check(measured: readonly CacheRow[]): Promise<number> {
  const { differences, added } = compareRows(await readRows(), measured);
  for (const cache of added) say(`new: ${cache} is not in the table yet; npm run table adds it`);
  for (const difference of differences) say(`differs: ${difference}`);
  if (differences.length === 0) say('the table is what these caches do');
  return differences.length === 0 ? 0 : EXIT_DIFFERS;
}

async function run(names: readonly string[], isCheck: boolean): Promise<number> {
  const presets = [...OWN_TARGETS, ...(await orderedPresets())].map(({ name }) => name);
  const strange = names.filter((name) => !presets.includes(name));
  if (strange.length > 0) {
    say(`expected presets (${presets.join(', ')}), got ${strange.join(', ')}`);
    return EXIT_USAGE;
  }
  const { here, away } = await findSubjects(names, process.env);
  for (const missing of away) say(`not here: ${missing}`);
  if (here.length === 0 || (names.length > 0 && away.length > 0)) return EXIT_NOTHING;
  const measured = await measureAll(here, { variables: process.env, signal: stop.signal });
  if (isCheck) return check(measured);
  await write(measured, presets);
  return 0;
}

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) say(USAGE);
  else process.exitCode = await run(positionals, values.check ?? false);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof NotJudged ? EXIT_NOTHING : EXIT_USAGE;
}
