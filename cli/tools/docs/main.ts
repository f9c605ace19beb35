/**
 * `npm run docs`: writes the generated tables of README and docs anew, and the JSON Schema of scenarios; says which
 * files changed. `npm run docs:shown` also writes anew what the commands of these pages print, by the program as it is.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { temporaryFolder } from '../../../lab/input/places.ts';
import { scenarioJsonSchema } from '../../../lab/scenarios/json-schema.ts';
import { generated, pagePaths, ROOT, readPage } from './pages.ts';
import { type Print, withOutput } from './shown-output.ts';

const SCENARIO_SCHEMA = 'lab/scenarios/scenario.schema.json';

async function write(path: string, page: string): Promise<void> {
  await writeFile(join(ROOT, path), page);
  process.stdout.write(`${path}\n`);
}

const print: Print = async (words, variables) => {
  const cwd = await mkdtemp(join(temporaryFolder(), 'edgesync-docs-'));
  const child = spawn(process.execPath, [join(ROOT, 'dist/bin.js'), ...words], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...variables },
  });
  const code = new Promise<number | null>((resolve) => void child.once('close', resolve));
  const stdout = await text(child.stdout);
  const ended = { code: await code, stdout };
  await rm(cwd, { recursive: true });
  return ended;
};

const isShownToo = process.argv.includes('--shown');
for (const path of await pagePaths()) {
  const tables = await generated(path);
  const page = isShownToo ? await withOutput(tables, print) : tables;
  if (page !== (await readPage(path))) await write(path, page);
}

const [before, after] = [JSON.parse(await readPage(SCENARIO_SCHEMA)), scenarioJsonSchema()].map((schema) =>
  JSON.stringify(schema, null, 2),
);
if (before !== after) await write(SCENARIO_SCHEMA, `${after}\n`);
