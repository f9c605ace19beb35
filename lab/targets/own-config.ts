/** The user's own configuration under a preset: its text in place of the preset's, with its backend replaced by the upstream of the lab. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { InvalidInput } from '../errors.ts';
import { printable } from '../input/printable.ts';
import type { Target } from './target.ts';

const BYTES_MAX = 4 * 1024 * 1024;

/** Throws InvalidInput for a target that takes none, and for a file in which there is nothing to replace. */
export async function withOwnConfig(target: Target, file: string): Promise<Target> {
  const { config, start, name } = target;
  if (config === undefined) throw new InvalidInput(`--config: ${name} takes no configuration of your own; write a target file instead`);
  let text = await textOf(file);
  for (const { find: expression, with: replacement, about } of config.replace) {
    if (text.match(expression) === null) throw new InvalidInput(printable(`--config ${file}: expected ${about}, found none`));
    text = text.replace(expression, () => replacement);
  }
  // What its answers are labelled with is not known; whence they are shows without it.
  return {
    ...target,
    name: `${name}-own`,
    about: `${name} as ${basename(file)} has it`,
    label: undefined,
    start: { ...start, files: { ...start.files, [config.file]: text } },
  };
}

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > BYTES_MAX) throw new InvalidInput(printable(`--config ${file}: expected at most 4 MiB`));
    return bytes.toString();
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    throw new InvalidInput(printable(`--config ${file}: ${error instanceof Error ? error.message : String(error)}`));
  }
}
