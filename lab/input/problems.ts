/**
 * What is wrong with a file, in words: expected X, got Y, and the known word nearest to Y. Problems are found by path,
 * all of them, and told by line.
 */
import { z } from 'zod';
import { InvalidInput } from '../errors.ts';
import { didYouMean } from './nearest.ts';
import { printable } from './printable.ts';
import type { Path, YamlSource } from './yaml-source.ts';

export interface Problem {
  readonly path: Path;
  readonly message: string;
}

const PROBLEMS_MAX = 20;
/** To find a line is to search a map: of the 20,000 unknown keys of a file made to hurt, these are put in order. */
const LOCATED_MAX = 500;
const SHOWN_LENGTH_MAX = 60;
const PATH_LENGTH_MAX = 120;
const MESSAGE_LENGTH_MAX = 400;

function clip(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}

/** A value as a message shows it: never long, always on one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return clip(typeof value === 'number' ? String(value) : JSON.stringify(value), SHOWN_LENGTH_MAX);
}

/** A line for each problem, in the order of the file: `file.yaml:9: method.0.fault: expected …`. */
export function refusal({ file, lineOf }: YamlSource, problems: readonly Problem[]): InvalidInput {
  const lines = problems
    .slice(0, LOCATED_MAX)
    .map(({ path, message }) => ({ line: lineOf(path), key: clip(path.map(String).join('.'), PATH_LENGTH_MAX), message }))
    .sort((one, other) => one.line - other.line)
    .map(({ line, key, message }) => printable(`${file}:${line}: ${key === '' ? '' : `${key}: `}${clip(message, MESSAGE_LENGTH_MAX)}`));
  const rest = problems.length - PROBLEMS_MAX;
  return new InvalidInput([...lines.slice(0, PROBLEMS_MAX), ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n'));
}

/** Where a schema refuses a value. */
export function problemsOf(schema: z.ZodType, value: unknown): readonly Problem[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: messageOf(issue, valueAt(value, issue.path)) }];
    const known = keysAt(schema, issue.path).map(({ name }) => name);
    // Only some are ever shown; to look for the nearest word of 20,000 keys takes a second.
    return issue.keys.map((key, at) => ({
      path: [...issue.path, key],
      message: at < LOCATED_MAX ? unknownKey(key, known) : 'no such key',
    }));
  });
}

export function unknownKey(key: string, known: readonly string[]): string {
  const there = known.length === 0 ? 'no keys are allowed here' : `known keys: ${known.join(', ')}`;
  return `no such key (${there})${didYouMean(key, known)}`;
}

export interface Key {
  readonly name: string;
  readonly required: boolean;
}

/** The keys a schema knows at a path: those of its maps, also below lists and under free names. */
export function keysAt(schema: z.ZodType, path: Path): readonly Key[] {
  let at: z.core.JSONSchema._JSONSchema | undefined = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  for (const step of path) {
    if (typeof at !== 'object') return [];
    const items: unknown = at.items;
    at = asMap(at.properties?.[String(step)] ?? (typeof step === 'number' && isSchema(items) ? items : at.additionalProperties));
  }
  if (typeof at !== 'object') return [];
  const { properties = {}, required = [] } = at;
  return Object.keys(properties).map((name) => ({ name, required: required.includes(name) }));
}

/** Of what may be written in more than one way, the way that has keys. */
function asMap(schema: z.core.JSONSchema._JSONSchema | undefined): z.core.JSONSchema._JSONSchema | undefined {
  if (typeof schema !== 'object' || schema.anyOf === undefined) return schema;
  return schema.anyOf.find((way) => typeof way === 'object' && way.properties !== undefined) ?? schema;
}

function isSchema(value: unknown): value is z.core.JSONSchema._JSONSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (parent, step) => (typeof parent === 'object' && parent !== null ? Reflect.get(parent, step) : undefined),
    value,
  );
}

const IN_WORDS: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function messageOf(issue: z.core.$ZodIssue, got: unknown): string {
  if (issue.code === 'invalid_key') return `${issue.issues[0]?.message}, got ${shown(issue.path.at(-1))}`;
  const expected = expectedOf(issue);
  if (got === undefined) return `missing, ${expected}`;
  const word = issue.code === 'invalid_value' && typeof got === 'string' ? didYouMean(got, issue.values.map(String)) : '';
  return expected.includes(', got ') ? expected : `${expected}, got ${shown(got)}${word}`;
}

/** Our own message where the schema has one; the library's start with what went wrong and a capital. */
function expectedOf(issue: z.core.$ZodIssue): string {
  if (!/^[A-Z]/.test(issue.message)) return issue.message;
  if (issue.code === 'invalid_type') return `expected ${IN_WORDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
  return issue.message.replace(/^[^:]*: /, '');
}
