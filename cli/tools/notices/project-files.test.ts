/** What the files of the project promise whoever reports, contributes or releases, as far as a machine can hold it. */
import { glob, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { parseYaml } from '../../../lab/input/yaml-source.ts';
import { readPackage } from './notices.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFile(join(ROOT, path), 'utf8');
const ROW = /^\| ([@\w/.-]+) \| (\d+\.\d+\.\d+)[^|]* \|/gm;
const workflow = z.object({ jobs: z.record(z.string(), z.object({ steps: z.array(z.object({ run: z.string().optional() })) })) });

it('advisories were looked up for the versions that are bundled: where this fails, look those of the new version up, and say when', async () => {
  const rows = [...(await read('SECURITY.md')).matchAll(ROW)].map(([, name = '', version]) => ({ name, version }));
  expect(rows.length).toBeGreaterThan(15);
  const here = await Promise.all(
    rows.map(async ({ name }) => ({ name, version: (await readPackage(join(ROOT, 'node_modules', name))).version })),
  );
  expect(rows).toEqual(here);
});

it('every form and workflow is YAML, and its commands are those of package.json', async () => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(await read('package.json')));
  const files: string[] = [];
  for await (const file of glob('.github/**/*.yml', { cwd: ROOT })) files.push(file);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const { value } = parseYaml(await read(file), { file });
    if (!file.includes('workflows')) continue;
    const { jobs } = workflow.parse(value);
    const commands = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run }) => run ?? ''));
    const called = commands.flatMap((command) =>
      [...command.matchAll(/npm (?:run )?(test\S*|[a-z]+:[a-z]+)/g)].map(([, name = '']) => name),
    );
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
    expect(called).toContain('test');
  }
});
