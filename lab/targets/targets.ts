/** The targets that come with the program: our own edge, and a file for each cache of others. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../input/nearest.ts';
import { type AnyTarget, OWN_TARGETS } from './own-targets.ts';
import { asStarted, readTarget, type StartedTarget } from './target.ts';

const EXTENSION = '.yaml';

/** By their names, ours first. `folder`: where the files are. */
export async function presetNames(folder: string): Promise<readonly string[]> {
  return [...OWN_TARGETS.map(({ name }) => name), ...(await namesOfFiles(folder))];
}

async function namesOfFiles(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(EXTENSION));
  return files.map((file) => basename(file, EXTENSION)).sort();
}

/** Those that have a file, by their names. */
export async function readPresets(folder: string): Promise<readonly StartedTarget[]> {
  const names = await namesOfFiles(folder);
  const read = async (name: string) => asStarted(await readTarget(join(folder, `${name}${EXTENSION}`)));
  return Promise.all(names.map(read));
}

/** A preset by its name, or a file. Throws InvalidInput. */
export async function findTarget(word: string, folder: string): Promise<AnyTarget> {
  const own = OWN_TARGETS.find(({ name }) => name === word);
  if (own !== undefined) return own;
  if (word.endsWith(EXTENSION) || word.endsWith('.yml') || word.includes('/')) return readTarget(word);
  const names = await presetNames(folder);
  if (!names.includes(word))
    throw new InvalidInput(
      `expected a target (${names.join(', ')}) or a file such as my-cache.yaml, got ${JSON.stringify(word)}${didYouMean(word, names)}`,
    );
  return readTarget(join(folder, `${word}${EXTENSION}`));
}
