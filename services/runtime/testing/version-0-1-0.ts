/**
 * Services of version 0.1.0, for tests of an upgrade: bundled from the commit of that version, where the clone has it.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const COMMIT = 'b2bb6b2';
/** Some of its libraries are no ES modules. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;
const SCHEMA = 'services/origin/schema.sql';
const run = promisify(execFile);

/** On a machine that is busy. */
export const BUNDLED_MS_MAX = 300_000;

export const isVersion010There = await run('git', ['cat-file', '-e', `${COMMIT}^{commit}`]).then(
  () => true,
  () => false,
);

export interface Version010<Exports> {
  readonly exports: Exports;
  remove(): Promise<void>;
}

/**
 * `source`: what is exported of it, by paths from the root of its checkout. What those take and answer is for the
 * caller to know.
 */
export async function bundleVersion010<Exports>(source: string): Promise<Version010<Exports>> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-0.1.0-'));
  const archive = join(folder, 'services.tar');
  await run('git', ['archive', '--format=tar', `--output=${archive}`, COMMIT, 'services']);
  await run('tar', ['-xf', archive, '-C', folder]);
  const outfile = join(folder, 'bundle.mjs');
  await build({
    stdin: { contents: source, resolveDir: folder, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: REQUIRE },
    nodePaths: [join(import.meta.dirname, '../../../node_modules')],
    outfile,
    logLevel: 'silent',
  });
  // Read from beside the bundle.
  await copyFile(join(folder, SCHEMA), join(folder, 'schema.sql'));
  return { exports: await import(pathToFileURL(outfile).href), remove: () => rm(folder, { recursive: true, force: true }) };
}
