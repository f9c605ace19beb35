/**
 * What the npm package holds: nothing that is missing for its users, nothing that is for developers, and whose code it
 * is.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BIN } from './testing/bundle.ts';

const ROOT = resolve(import.meta.dirname, '..');
const DIST = dirname(BIN);
const BYTES_MAX = 20 * 1024 * 1024;
const packed = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })]);

/** Code of the program, and the legal comments that the bundler takes out of it. */
const CODE = /^(?:service\/)?[\w-]+\.js(?:\.LEGAL\.txt)?$/;
const BESIDE_CODE = [
  'THIRD-PARTY-NOTICES.txt',
  'pgdata.tar.gz',
  'scenarios/scenario.schema.json',
  'schema.sql',
  'service/Dockerfile',
  'service/package.json',
  'service/schema.sql',
];
/** Those that ask for nothing but to be named. */
const LICENSES = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'];

async function namesIn(folder: string, extension: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(extension));
}

describe('the package', () => {
  it('holds beside the bundle the pages, their pictures and examples, compose.yaml and nothing else', async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: ROOT });
    const [{ files }] = packed.parse(JSON.parse(stdout));
    const docs = [...(await namesIn(join(ROOT, 'docs'), '.md')), ...(await namesIn(join(ROOT, 'docs'), '.json'))];
    const pictures = await namesIn(join(ROOT, 'cli/tools/pictures'), '.svg');
    const examples = await readdir(join(ROOT, 'lab/examples'));
    const expected = [
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'compose.yaml', 'package.json'],
      ...docs.map((name) => `docs/${name}`),
      ...examples.map((name) => `lab/examples/${name}`),
      ...pictures.map((name) => `cli/tools/pictures/${name}`),
    ];
    expect(
      files
        .map(({ path }) => path)
        .filter((path) => !path.startsWith('dist/'))
        .sort(),
    ).toEqual(expected.sort());
  });

  it('has a bundle of code, scenarios, targets and what they read', async () => {
    const entries = await readdir(DIST, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const names = files.map((file) => file.slice(DIST.length + 1)).filter((name) => !CODE.test(name));
    const scenarios = await namesIn(join(ROOT, 'lab/scenarios'), '.yaml');
    const targets = await namesIn(join(ROOT, 'lab/targets'), '.yaml');
    const expected = [...BESIDE_CODE, ...scenarios.map((name) => `scenarios/${name}`), ...targets.map((name) => `targets/${name}`)];
    expect(names.sort()).toEqual(expected.sort());
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BYTES_MAX);
  });

  it('says whose code it holds, under licences that ask for no more than that', async () => {
    const notices = await readFile(join(DIST, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    expect([...notices.matchAll(/^-{80}\n(.+) \S+$/gm)].map(([, name]) => name)).toEqual(
      expect.arrayContaining([
        '@electric-sql/pglite',
        'dockerode',
        'express',
        'ink',
        'ioredis',
        'kafkajs',
        'pg',
        'react',
        'undici',
        'yaml',
        'zod',
      ]),
    );
    const licenses = [...notices.matchAll(/^Licence: (.+)$/gm)].map(([, license]) => license ?? '');
    expect([...new Set(licenses)].filter((license) => !LICENSES.includes(license))).toEqual([]);
  });
});
