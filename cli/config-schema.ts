/** What the configuration file may say: loaded only where there is one. */
import { z } from 'zod';
import type { InvalidInput } from '../lab/errors.ts';
import { type Problem, problemsOf, refusal } from '../lab/input/problems.ts';
import { parseYaml, readSource, type YamlSource } from '../lab/input/yaml-source.ts';
import { COLOUR, NAMED_COLOURS, ROLES, type Role } from './view/draw/colours.ts';

export interface ConfigFile {
  /** By the option's long name, without dashes. */
  readonly options: ReadonlyMap<string, string | boolean>;
  /** Key of the terminal by what it does. */
  readonly keys: ReadonlyMap<string, string>;
  /** Colour of the terminal by what it means. */
  readonly colours: ReadonlyMap<Role, string>;
  /** Of its keys and values by themselves. Options and keys have no value here that has one. */
  readonly problems: readonly Problem[];
  /** `config.yaml:3: theme`, for errors. */
  readonly where: (...path: readonly string[]) => string;
  /** All of them, by line. */
  readonly refusal: (problems: readonly Problem[]) => InvalidInput;
}

const text = z.string('expected a text').min(1);
const written = z.union([z.string(), z.number()], 'expected a text or a number').transform(String);
const flag = z.boolean('expected true or false');
const colour = z.string().regex(COLOUR, `expected #rrggbb, or ${Object.keys(NAMED_COLOURS).join(', ')}`);

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
  /** Of the terminal, by what they mean. */
  colors: z.strictObject(Object.fromEntries(ROLES.map((role) => [role, colour.optional()]))).optional(),
  /** What a key does, and the one character that does it from now on. */
  keys: z.record(z.string(), z.string().regex(/^\S$/u, 'expected one character')).optional(),
});

/** undefined: it says nothing. Throws InvalidInput with file and line for what is no map in YAML. */
export async function readConfig(file: string): Promise<ConfigFile | undefined> {
  const source = parseYaml(await readSource(file), { file });
  return source.value === null || source.value === undefined ? undefined : toConfig(source);
}

/** Each entry of a map is right or wrong by itself: what else is in it is looked at, too. */
function without(value: unknown, problems: readonly Problem[]): Readonly<Record<string, unknown>> {
  const isWrong = (...path: readonly string[]) =>
    problems.some((problem) => path.every((key, at) => problem.path[at] === key) && problem.path.length <= path.length);
  const entries = Object.entries(Object(value) as Record<string, unknown>).filter(([key]) => !isWrong(key));
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      key,
      isMap(inner) ? Object.fromEntries(Object.entries(inner).filter(([name]) => !isWrong(key, name))) : inner,
    ]),
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toConfig(source: YamlSource): ConfigFile {
  const problems = problemsOf(configFileSchema, source.value);
  // What is wrong as a whole has nothing that is right.
  if (problems.some(({ path }) => path.length === 0)) throw refusal(source, problems);
  const { keys = {}, colors = {}, ...options } = configFileSchema.parse(without(source.value, problems));
  const given = Object.entries(options).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined);
  return {
    options: new Map(given),
    keys: new Map(Object.entries(keys)),
    colours: new Map(Object.entries(colors) as [Role, string][]),
    problems,
    where: (...path) => `${source.file}:${source.lineOf(path)}: ${path.join('.')}`,
    refusal: (all) => refusal(source, all),
  };
}
