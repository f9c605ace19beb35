import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { expect, it } from 'vitest';
import { noticesOf, packageFolders, readPackage } from './notices.ts';

const bundled = (bytes: Readonly<Record<string, number>>): Metafile => ({
  inputs: {},
  outputs: {
    'main.js': {
      bytes: 1,
      imports: [],
      exports: [],
      inputs: Object.fromEntries(Object.entries(bytes).map(([path, bytesInOutput]) => [path, { bytesInOutput }])),
    },
  },
});

it('finds the packages of which something is in an output, also one inside another', () => {
  const program = bundled({
    'cli/main.ts': 10,
    'node_modules/react/index.js': 10,
    'node_modules/react/cjs/react.js': 10,
    'node_modules/@scope/one/lib/index.js': 10,
    'node_modules/outer/node_modules/inner/index.js': 10,
    'node_modules/shaken-out/index.js': 0,
  });
  const services = bundled({ 'node_modules/pg/lib/index.js': 1, 'node_modules/react/index.js': 1 });
  expect(packageFolders([program, services])).toEqual([
    'node_modules/@scope/one',
    'node_modules/outer/node_modules/inner',
    'node_modules/pg',
    'node_modules/react',
  ]);
});

it('names each version once, with the text of its licence or with its author', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-notices-'));
  try {
    await writeFile(join(folder, 'package.json'), '{"name":"b","version":"1.0.0","license":"ISC","author":{"name":"Bo"}}');
    const without = await readPackage(folder);
    await writeFile(join(folder, 'LICENSE.md'), 'Do as you like.\n');
    await writeFile(join(folder, 'licensing.js'), 'no licence\n');
    const text = noticesOf([without, { ...(await readPackage(folder)), name: 'a' }, without]);
    const rule = '-'.repeat(80);
    expect(text.slice(text.indexOf(rule))).toBe(
      `${rule}\na 1.0.0\nLicence: ISC\n\nDo as you like.\n\n${rule}\nb 1.0.0\nLicence: ISC\n\nThe package has no file with the text of its licence. Author, as its package.json says: Bo.\n`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
