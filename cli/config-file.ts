/**
 * The configuration file: `$XDG_CONFIG_HOME/edgesync-lab/config.yaml`. Options by their long names, as they stand when neither a flag
 * nor the environment says otherwise, and the keys of the terminal. A file that is not there says nothing.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../lab/errors.ts';
import { configHome } from '../lab/input/places.ts';
import type { ConfigFile } from './config-schema.ts';
import type { CliEnvironment } from './environment.ts';

const NONE: ConfigFile = { options: new Map(), keys: new Map(), where: (...path) => path.join('.') };

/** Throws InvalidInput with file and line. */
export async function readConfigFile({ variables }: Pick<CliEnvironment, 'variables'>): Promise<ConfigFile> {
  const home = configHome(variables);
  const file = home === undefined ? undefined : join(home, 'edgesync-lab', 'config.yaml');
  if (file === undefined || !existsSync(file)) return NONE;
  const { readConfig } = await import('./config-schema.ts');
  return (await readConfig(file)) ?? NONE;
}

/** For whoever finds a key of it wrong. */
export function wrongIn(config: ConfigFile, path: readonly string[], message: string): InvalidInput {
  return new InvalidInput(`${config.where(...path)}: ${message}`);
}
