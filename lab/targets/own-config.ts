/**
 * The user's own configuration under a preset: its text in place of the preset's, with its backend replaced by the
 * upstream of the lab.
 */
import { basename } from 'node:path';
import { InvalidInput } from '../errors.ts';
import { printable } from '../input/printable.ts';
import { readSource } from '../input/yaml-source.ts';
import type { StartedTarget } from './target.ts';

/** Throws InvalidInput for a target that takes none, and for a file in which there is nothing to replace. */
export async function withOwnConfig(target: StartedTarget, file: string): Promise<StartedTarget> {
  const { config, start, name } = target;
  if (config === undefined) throw new InvalidInput(`--config: ${name} takes no configuration of your own; write a target file instead`);
  let text = await readSource(file);
  for (const { find: expression, with: replacement, about } of config.replace) {
    if (text.match(expression) === null)
      throw new InvalidInput(printable(`--config ${file}, under ${name}: expected ${about}, found none`));
    text = text.replace(expression, () => replacement);
  }
  // What its answers are labelled with is not known; whence they are shows without it.
  return {
    ...target,
    name: `${name}-own`,
    about: `${name} as ${basename(file)} has it`,
    label: undefined,
    start: { ...start, files: { ...start.files, [config.file]: config.append === undefined ? text : `${text}\n${config.append}` } },
  };
}
