/** `npm run docs`: writes the generated tables of README and docs anew, and the JSON Schema of scenarios; says which files changed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scenarioJsonSchema } from '../../../lab/scenarios/json-schema.ts';
import { generated, pagePaths, ROOT, readPage } from './pages.ts';

const SCENARIO_SCHEMA = 'lab/scenarios/scenario.schema.json';

async function write(path: string, text: string): Promise<void> {
  await writeFile(join(ROOT, path), text);
  process.stdout.write(`${path}\n`);
}

for (const path of await pagePaths()) {
  const text = await generated(path);
  if (text !== (await readPage(path))) await write(path, text);
}

const [before, after] = [JSON.parse(await readPage(SCENARIO_SCHEMA)), scenarioJsonSchema()].map((schema) =>
  JSON.stringify(schema, null, 2),
);
if (before !== after) await write(SCENARIO_SCHEMA, `${after}\n`);
