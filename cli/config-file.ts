/**
 * The configuration file: `$XDG_CONFIG_HOME/edgesync-lab/config.yaml`. Options by their long names, as they stand when neither a flag
 * nor the environment says otherwise, and the keys of the terminal. A file that is not there says nothing.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { InvalidInput } from '../lab/errors.ts';
import { problemsOf, refusal } from '../lab/problems.ts';
import { parseYaml, readSource, type YamlSource } from '../lab/yaml-source.ts';
import type { CliEnvironment } from './environment.ts';

const text = z.string('expected a text').min(1);
const written = z.union([z.string(), z.number()], 'expected a text or a number').transform(String);
const flag = z.boolean('expected true or false');

/** Every option that may have a default of one's own; not those that say what a single command is to do. */
const schema = z.strictObject({
  backend: text.optional(),
  compose: text.optional(),
  project: text.optional(),
  ports: text.optional(),
  keep: flag.optional(),
  verbose: flag.optional(),
  quiet: flag.optional(),
  seed: written.optional(),
  duration: written.optional(),
  jobs: written.optional(),
  color: flag.optional(),
  ascii: flag.optional(),
  theme: text.optional(),
  'screen-reader': flag.optional(),
  /** What a key does, and the one character that does it from now on. */
  keys: z.record(z.string(), z.string().regex(/^\S$/u, 'expected one character')).optional(),
});

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
  const home = variables['XDG_CONFIG_HOME'] || join(variables['HOME'] || homedir(), '.config');
  const file = join(home, 'edgesync-lab', 'config.yaml');
  if (!existsSync(file)) return NONE;
  const source = parseYaml(await readSource(file), { file });
  if (source.value === null || source.value === undefined) return NONE;
  return toConfig(source);
}

function toConfig(source: YamlSource): ConfigFile {
  const problems = problemsOf(schema, source.value);
  if (problems.length > 0) throw refusal(source, problems);
  const { keys = {}, ...options } = schema.parse(source.value);
  const given = Object.entries(options).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined);
  const where = (...path: readonly string[]) => `${source.file}:${source.lineOf(path)}: ${path.join('.')}`;
  return { options: new Map(given), keys: new Map(Object.entries(keys)), where };
}

/** For whoever finds a key of it wrong. */
export function wrongIn(config: ConfigFile, path: readonly string[], message: string): InvalidInput {
  return new InvalidInput(`${config.where(...path)}: ${message}`);
}
