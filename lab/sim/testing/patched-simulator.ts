/**
 * The simulator, bundled with a patch: what `runSeedOf` and `runSeed` of this repository are, of a program with those
 * texts replaced.
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { runSeedOf } from '../outcome.ts';
import type { runSeed } from '../seed-run.ts';
import type { Edit, Patch } from './patches/patch.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Below node_modules, where what it imports is found, and nobody looks for sources. */
const BUNDLES = join(ROOT, 'node_modules', '.cache', 'edgesync-lab', 'patches');

export interface Simulator {
  readonly runSeedOf: typeof runSeedOf;
  /** Of any scenario. */
  readonly runSeed: typeof runSeed;
}

/** Two modules as one: what they have in common is once in the bundle. */
const ENTRY = "export { runSeedOf } from './lab/sim/outcome.ts';\nexport { runSeed } from './lab/sim/seed-run.ts';\n";

/** Throws unless each text stands exactly once in its file. */
export async function patchedSimulator({ name, edits }: Pick<Patch, 'name' | 'edits'>): Promise<Simulator> {
  const folder = join(BUNDLES, `${name}-${process.pid}`);
  const bundle = join(folder, 'simulator.mjs');
  const replaced = new Set<Edit>();
  await mkdir(folder, { recursive: true });
  // The origin reads it from beside itself.
  await copyFile(join(ROOT, 'services/origin/schema.sql'), join(folder, 'schema.sql'));
  await build({
    stdin: { contents: ENTRY, resolveDir: ROOT, loader: 'ts' },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
    plugins: [replacing(name, edits, replaced)],
  });
  for (const edit of edits) if (!replaced.has(edit)) throw new Error(`patch ${name}: the simulator does not use ${edit.file}`);
  return await import(pathToFileURL(bundle).href);
}

function replacing(name: string, edits: readonly Edit[], replaced: Set<Edit>): Plugin {
  return {
    name: 'replacing',
    setup(bundle) {
      bundle.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const file = relative(ROOT, path);
        const own = edits.filter((edit) => edit.file === file);
        if (own.length === 0) return undefined;
        let contents = await readFile(path, 'utf8');
        for (const edit of own) {
          contents = applied(name, edit, contents);
          replaced.add(edit);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}

/** Throws unless the text stands exactly once in the file. */
export function applied(name: string, { file, old, new: text }: Edit, contents: string): string {
  const times = contents.split(old).length - 1;
  if (times !== 1) throw new Error(`patch ${name}: expected its text once in ${file}, found it ${times} times: ${JSON.stringify(old)}`);
  return contents.replace(old, () => text);
}
