/** What the configuration file may say: loaded only where there is one. */
import { z } from 'zod';
import { problemsOf, refusal } from '../lab/input/problems.ts';
import { parseYaml, readSource, type YamlSource } from '../lab/input/yaml-source.ts';

export interface ConfigFile {
  /** By the option's long name, without dashes. */
  readonly options: ReadonlyMap<string, string | boolean>;
  /** Key of the terminal by what it does. */
  readonly keys: ReadonlyMap<string, string>;
  /** `config.yaml:3: theme`, for errors. */
  readonly where: (...path: readonly string[]) => string;
}

const text = z.string('expected a text').min(1);
const written = z.union([z.string(), z.number()], 'expected a text or a number').transform(String);
const flag = z.boolean('expected true or false');

/** Every option that may have a default of one's own; not those that say what a single command is to do. */
export const configFileSchema = z.strictObject({
  backend: text.optional(),
  compose: text.optional(),
  project: text.optional(),
  ports: text.optional(),
  keep: flag.optional(),
  verbose: flag.optional(),
  quiet: flag.optional(),
  details: flag.optional(),
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

/** undefined: it says nothing. Throws InvalidInput with file and line. */
export async function readConfig(file: string): Promise<ConfigFile | undefined> {
  const source = parseYaml(await readSource(file), { file });
  return source.value === null || source.value === undefined ? undefined : toConfig(source);
}

function toConfig(source: YamlSource): ConfigFile {
  const problems = problemsOf(configFileSchema, source.value);
  if (problems.length > 0) throw refusal(source, problems);
  const { keys = {}, ...options } = configFileSchema.parse(source.value);
  const given = Object.entries(options).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined);
  const where = (...path: readonly string[]) => `${source.file}:${source.lineOf(path)}: ${path.join('.')}`;
  return { options: new Map(given), keys: new Map(Object.entries(keys)), where };
}
