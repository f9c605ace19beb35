/**
 * Every patch makes a program that the compiler takes: one that names what its file does not have breaks down instead
 * of being wrong, and is caught for that. Patches of different files are compiled together.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { applied } from './testing/patched-simulator.ts';
import type { Patch } from './testing/patches/patch.ts';
import { HARMLESS_PATCHES, PATCHES, SLIPPING_PATCHES } from './testing/patches/patches.ts';

type Named = Pick<Patch, 'name' | 'edits'>;

const ROOT = join(import.meta.dirname, '../..');
/** Below node_modules, where what it imports is found. */
const COPY = join(ROOT, 'node_modules/.cache/edgesync-lab', `types-${process.pid}`);
const FOLDERS = ['services', 'lab'] as const;
const MS_MAX = 1_800_000;
/** What is named and not used: a patch takes the use away. */
const UNUSED = /error TS(?:6133|6138|6192|6196):/;

/** Each with patches of files that no other of it has. */
function batchesOf(patches: readonly Named[]): readonly (readonly Named[])[] {
  const batches: Named[][] = [];
  for (const patch of patches) {
    const files = new Set(patch.edits.map(({ file }) => file));
    const free = batches.find((batch) => batch.every(({ edits }) => edits.every(({ file }) => !files.has(file))));
    if (free === undefined) batches.push([patch]);
    else free.push(patch);
  }
  return batches;
}

/** What the compiler says of them, each line with the patches that touched its file. */
async function errorsOf(batch: readonly Named[]): Promise<readonly string[]> {
  const originals = new Map<string, string>();
  for (const { name, edits } of batch)
    for (const edit of edits) {
      const file = join(COPY, edit.file);
      const text = await readFile(file, 'utf8');
      if (!originals.has(file)) originals.set(file, text);
      await writeFile(file, applied(name, edit, text));
    }
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  // Exits with other than 0 when it has something to say.
  const { stdout } = await promisify(execFile)(tsc, ['--pretty', 'false'], { cwd: COPY, maxBuffer: 1 << 26 }).catch((error) => error);
  for (const [file, text] of originals) await writeFile(file, text);
  return String(stdout)
    .split('\n')
    .filter((line) => line.includes(': error TS') && !UNUSED.test(line))
    .map((line) => {
      const of = batch.filter(({ edits }) => edits.some(({ file }) => line.startsWith(`${file}(`)));
      return `${(of.length === 0 ? batch : of).map(({ name }) => name).join(', ')}: ${line}`;
    });
}

async function withCopy<T>(use: () => Promise<T>): Promise<T> {
  const isSource = (path: string) => !/\.test\.tsx?$/.test(path);
  try {
    await mkdir(COPY, { recursive: true });
    for (const folder of FOLDERS) await cp(join(ROOT, folder), join(COPY, folder), { recursive: true, filter: isSource });
    const extended = relative(COPY, join(ROOT, 'tsconfig.json'));
    await writeFile(join(COPY, 'tsconfig.json'), JSON.stringify({ extends: extended, include: ['services'] }));
    return await use();
  } finally {
    await rm(COPY, { recursive: true, force: true });
  }
}

describe('a patch', () => {
  it(
    'makes a program that the compiler takes',
    async () => {
      const wrong: Named = {
        name: 'names-what-is-not-there',
        edits: [{ file: 'services/edge/lease.ts', old: 'const SHORTENED_SHARE = 0.25;', new: 'const SHORTENED_SHARE = NOT_THERE;' }],
      };
      await withCopy(async () => {
        expect(await errorsOf([wrong])).toEqual([expect.stringMatching(/^names-what-is-not-there: services\/edge\/lease\.ts.*NOT_THERE/)]);
        const errors: string[] = [];
        for (const batch of batchesOf([...PATCHES, ...HARMLESS_PATCHES, ...SLIPPING_PATCHES])) errors.push(...(await errorsOf(batch)));
        expect(errors).toEqual([]);
      });
    },
    MS_MAX,
  );
});
