/**
 * Files that are there whole or not at all. Each is written beside its place and on the disk before the first takes its
 * name, so a disk that is full leaves none of them; nothing that is there is written over.
 */
import { open, rename, rm } from 'node:fs/promises';
import { systemRandom } from '../../services/runtime/random.ts';
import { WorldFailed } from '../errors.ts';
import { printable } from '../input/printable.ts';

export interface WholeFile {
  readonly path: string;
  readonly text: string;
}

interface Beside extends WholeFile {
  readonly written: string;
}

/** In the order given: who waits for the last one finds the others there. Throws WorldFailed that names the file. */
export async function writeWhole(files: readonly WholeFile[], { mode }: { readonly mode: number }): Promise<void> {
  const left = new Set<string>();
  const made = files.map((file): Beside => ({ ...file, written: `${file.path}.${systemRandom.uuid()}.new` }));
  try {
    for (const file of made) await naming(file, () => writeSynced(file, left, mode));
    for (const file of made) await naming(file, () => takeName(file, left, mode));
  } catch (error) {
    for (const path of left) await rm(path, { force: true }).catch(() => {});
    throw error;
  }
}

/** A full disk may be found only when what was written has to be there. */
async function writeSynced({ text, written }: Beside, left: Set<string>, mode: number): Promise<void> {
  const handle = await open(written, 'wx', mode);
  left.add(written);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The name is taken first, and only when it is free: renaming alone would write over what is there. */
async function takeName({ path, written }: Beside, left: Set<string>, mode: number): Promise<void> {
  await (await open(path, 'wx', mode)).close();
  left.add(path);
  await rename(written, path);
}

async function naming({ path }: Beside, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw notWritten(path, error);
  }
}

/** The system's own words seldom name the file. */
export function notWritten(path: string, error: unknown): WorldFailed {
  const why = error instanceof Error ? error.message : String(error);
  return new WorldFailed(printable(`${path}: cannot be written (${why})`), { cause: error });
}

/** Whether it failed because there is such a file. */
export function isTaken(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
}
