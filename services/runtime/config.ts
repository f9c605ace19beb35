/**
 * Configuration of a process: one table of settings, read once from the environment, frozen, all bad values reported
 * together. No other file reads `process.env`.
 */
import { z } from 'zod';

export interface Setting<T> {
  /** From the variable's text; what it refuses is the user's to mend. */
  readonly schema: z.ZodType<T, string>;
  /** Absent: the variable must be set. */
  readonly fallback?: T;
  readonly unit?: string;
  /** The fallback as the variable says it, where that is no text. */
  readonly fallbackText?: string;
  /** It may hold secrets: what was set is in no message. */
  readonly isSecret?: true;
  /** One sentence for the table in docs/configuration.md. */
  readonly about: string;
}

export type SettingTable = Readonly<Record<string, Setting<unknown>>>;

export type ConfigOf<Table extends SettingTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer T> ? T : never;
};

/** Exit code for bad configuration: EX_CONFIG of sysexits.h. */
export const EXIT_BAD_CONFIG = 78;

export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`bad configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads each setting of the table; an empty variable counts as not set. Throws one ConfigError that lists every
 * problem.
 */
export function readConfig<Table extends SettingTable>(
  table: Table,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigOf<Table> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(table)) {
    const text = environment[key];
    if (text === undefined || text === '') {
      if (setting.fallback === undefined) problems.push(`${key}: required, not set (${setting.about})`);
      else values[key] = setting.fallback;
      continue;
    }
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) values[key] = parsed.data;
    else problems.push(`${key}: ${parsed.error.issues[0]?.message ?? 'not valid'}${setting.isSecret ? '' : gotOf(text)}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(values) as ConfigOf<Table>;
}

function gotOf(text: string): string {
  return `, got ${JSON.stringify(withoutSecrets(text))}`;
}

/** What a URL may carry that no log should: the part before its last @, and parameters named like a secret. */
function withoutSecrets(text: string): string {
  return text.replace(/\/\/\S*@/, '//***@').replace(/((?:password|secret|token)=)[^&\s]*/gi, '$1***');
}

/** A whole number in plain decimal, within bounds. */
export function integerSetting(min: number, max: number): z.ZodType<number, string> {
  const message = `expected a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/**
 * Scheme, host and port of an HTTP server: paths are the caller's, so a path, a query or a user in it would be lost.
 */
export const baseUrlSetting: z.ZodType<string, string> = z
  .string()
  .refine(isBaseUrl, 'expected an http: or https: URL with nothing after host and port, such as http://localhost:4000');

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && `${url.origin}/` === url.href;
}

/** Which of several servers a port talks to, by the scheme of its URL; `own` stands for the one inside this process. */
export function serverUrlSetting(own: string, schemes: readonly string[], example: string): z.ZodType<string, string> {
  const message = `expected ${own} or a URL such as ${example}`;
  return z.string().refine((text) => text === own || isServerUrl(text, schemes), message);
}

function isServerUrl(text: string, schemes: readonly string[]): boolean {
  const url = URL.parse(text);
  return url !== null && schemes.includes(url.protocol) && url.hostname !== '';
}

/** Names separated by commas, at least one. */
export const listSetting: z.ZodType<readonly string[], string> = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )
  .refine((names) => names.length > 0, 'expected names separated by commas');

export function choiceSetting<const Choice extends string>(...choices: readonly Choice[]): z.ZodType<Choice, string> {
  return z
    .string()
    .refine((text): text is Choice => (choices as readonly string[]).includes(text), `expected ${choices.join(' or ')}`)
    .transform((text) => text as Choice);
}

export const textSetting: z.ZodString = z.string();
