/** The targets that come with the program: our own edge, and a file for each cache of others. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../input/nearest.ts';
import { asStarted, readTarget, type StartedTarget, type Target } from './target.ts';

/** Our own edge. It has no file: it runs in this process. */
export const OWN_TARGET = 'edgesync';
export const OWN_ABOUT = 'our own edge, eager, which hears of writes by the log';

const EXTENSION = '.yaml';

/** By their names, ours first. `folder`: where the files are. */
export async function presetNames(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(EXTENSION));
  return [OWN_TARGET, ...files.map((file) => basename(file, EXTENSION)).sort()];
}

/** Those that have a file, by their names. */
export async function readPresets(folder: string): Promise<readonly StartedTarget[]> {
  const names = await presetNames(folder);
  const read = async (name: string) => asStarted(await readTarget(join(folder, `${name}${EXTENSION}`)));
  return Promise.all(names.filter((name) => name !== OWN_TARGET).map(read));
}

/** A preset by its name, or a file. Throws InvalidInput. */
export async function findTarget(word: string, folder: string): Promise<Target | typeof OWN_TARGET> {
  if (word === OWN_TARGET) return OWN_TARGET;
  if (word.endsWith(EXTENSION) || word.endsWith('.yml') || word.includes('/')) return readTarget(word);
  const names = await presetNames(folder);
  if (!names.includes(word))
    throw new InvalidInput(
      `expected a target (${names.join(', ')}) or a file such as my-cache.yaml, got ${JSON.stringify(word)}${didYouMean(word, names)}`,
    );
  return readTarget(join(folder, `${word}${EXTENSION}`));
}
