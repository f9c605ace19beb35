/**
 * The configuration file: `$XDG_CONFIG_HOME/edgesync-lab/config.yaml`. Options by their long names, as they stand when
 * neither a flag nor the environment says otherwise, and the keys of the terminal. A file that is not there says
 * nothing.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../lab/errors.ts';
import { configHome } from '../lab/input/places.ts';
import type { ConfigFile } from './config-schema.ts';
import type { CliEnvironment } from './environment.ts';

export const NO_CONFIG: ConfigFile = {
  options: new Map(),
  keys: new Map(),
  colours: new Map(),
  problems: [],
  where: (...path) => path.join('.'),
  refusal: (problems) => new InvalidInput(problems.map(({ message }) => message).join('\n')),
};

/**
 * What is wrong in it is told by its `problems`. Throws InvalidInput with file and line for what cannot be read at all.
 */
export async function readConfigFile({ variables }: Pick<CliEnvironment, 'variables'>): Promise<ConfigFile> {
  const home = configHome(variables);
  const file = home === undefined ? undefined : join(home, 'edgesync-lab', 'config.yaml');
  if (file === undefined || !existsSync(file)) return NO_CONFIG;
  const { readConfig } = await import('./config-schema.ts');
  return (await readConfig(file)) ?? NO_CONFIG;
}
