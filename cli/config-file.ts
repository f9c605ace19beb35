/**
 * The configuration file: `$XDG_CONFIG_HOME/edgesync-lab/config.yaml`. Options by their long names, as they stand when neither a flag
 * nor the environment says otherwise, and the keys of the terminal. A file that is not there says nothing.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../lab/errors.ts';
import { configHome } from '../lab/places.ts';
import type { CliEnvironment } from './environment.ts';

export interface ConfigFile {
  /** By the option's long name, without dashes. */
  readonly options: ReadonlyMap<string, string | boolean>;
  /** Key of the terminal by what it does. */
  readonly keys: ReadonlyMap<string, string>;
  /** `config.yaml:3: theme`, for errors. */
  readonly where: (...path: readonly string[]) => string;
}

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
