/**
 * A YAML file that somebody else wrote (JSON is a part of YAML): read up to a bound, parsed to plain values, with the
 * line of every key. The only file that knows the yaml library; what reads such files gets plain values and reports by
 * path.
 *
 * A bad file is refused in a sentence and soon, whatever is in it. Two habits of the library take a minute on 256 KiB
 * made to hurt, and are off: quoting the source in every error (it is counted in 100,000s) and comparing each key with
 * every other.
 */
import { createReadStream } from 'node:fs';
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  stringify,
  type YAMLError,
} from 'yaml';
import { isExactDecimal } from '../../services/protocol/exact-json.ts';
import { InvalidInput } from '../errors.ts';
import { printable } from './printable.ts';

const SOURCE_BYTES_MAX = 256 * 1024;
const ALIASES_MAX = 100;
const NESTING_MAX = 32;

/** From the root of a file to a value in it. */
export type Path = readonly PropertyKey[];

export interface YamlSource {
  /** As the user named it. */
  readonly file: string;
  readonly value: unknown;
  /** Of the key at the path, or of the nearest one above it when it is not there. */
  lineOf(path: Path): number;
}

export interface ParseYamlOptions {
  readonly file: string;
  /** `<<` merges a map into another, as in Compose files. */
  readonly merge?: boolean;
}

/** Plain values as YAML. */
export function stringifyYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}

/**
 * Throws InvalidInput naming the file. The bound is on bytes and comes before parsing, so that an endless file is no
 * trap either.
 */
export async function readSource(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(file, { end: SOURCE_BYTES_MAX })) chunks.push(chunk);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? error.code : error;
    throw new InvalidInput(`${printable(file)}: cannot be read (${String(why)})`);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > SOURCE_BYTES_MAX) throw new InvalidInput(`${printable(file)}: expected at most ${SOURCE_BYTES_MAX} bytes, got more`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInput(`${printable(file)}: expected text in UTF-8, got other bytes`);
  }
}

/** Throws InvalidInput naming file and line. */
export function parseYaml(text: string, { file, merge = false }: ParseYamlOptions): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge, prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const refuse = (offset: number | undefined, message: string) => {
    const line = offset === undefined ? '' : `:${lines.linePos(offset).line}`;
    return new InvalidInput(printable(`${file}${line}: ${message}`));
  };
  const problem = document.errors[0];
  if (problem !== undefined) throw refuse(problem.pos[0], inWords(problem));
  const odd = oddityOf(document);
  if (odd !== undefined) throw refuse(odd.offset, odd.message);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    throw refuse(undefined, error instanceof RangeError ? TOO_DEEP : error instanceof Error ? error.message : String(error));
  }
  if (isTooDeep(value)) throw refuse(undefined, TOO_DEEP);
  return { file, value, lineOf: (path) => lines.linePos(offsetOf(document, path)).line };
}

const TOO_DEEP = `expected at most ${NESTING_MAX} levels of nesting, got more`;

function inWords({ code, message }: YAMLError): string {
  // What the library says when its own recursion reached the end of the stack.
  return code === 'RESOURCE_EXHAUSTION' ? TOO_DEEP : (message.split('\n')[0] ?? code);
}

/**
 * What is allowed in YAML and would silently lose something here: a key said twice, `__proto__`, digits; and too many
 * aliases.
 */
function oddityOf(document: Document): { readonly offset: number | undefined; readonly message: string } | undefined {
  const waiting: unknown[] = [document.contents];
  let aliases = 0;
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isAlias(node)) aliases += 1;
    if (aliases > ALIASES_MAX) return { offset: undefined, message: `expected at most ${ALIASES_MAX} aliases, got more` };
    if (isScalar(node) && !isExactNumber(node))
      return { offset: node.range?.[0], message: `expected a number that a double holds exactly, got ${node.source}` };
    if (isPair(node)) waiting.push(node.key ?? undefined, node.value ?? undefined);
    if (!isCollection(node)) continue;
    for (const item of node.items) waiting.push(item);
    const seen = new Set<string>();
    for (const key of isMap(node) ? node.items.map((pair) => pair.key) : []) {
      if (!isScalar(key)) continue;
      const name = String(key.value);
      const at = { offset: key.range?.[0] };
      if (seen.has(name)) return { ...at, message: `expected each key once, got ${JSON.stringify(name)} again` };
      if (name === '__proto__') return { ...at, message: `no such key as ${JSON.stringify(name)}` };
      seen.add(name);
    }
  }
  return undefined;
}

/** In base 8 and 16 every digit counts; `.inf` and `.nan` have none. */
function isExactNumber({ value, source = '' }: Scalar): boolean {
  if (typeof value !== 'number' || /^[+-]?\.(?:inf|nan)$/i.test(source)) return true;
  return /^[+-]?0[xo]/.test(source) ? Number.isSafeInteger(value) : isExactDecimal(source);
}

/**
 * Level by level, each object once a level: aliases cannot make it long, and one inside what it names never comes to an
 * end.
 */
function isTooDeep(value: unknown): boolean {
  let level = new Set<unknown>([value]);
  for (let depth = 0; depth < NESTING_MAX && level.size > 0; depth += 1) {
    const below = [...level].flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    level = new Set(below.filter((one) => typeof one === 'object' && one !== null));
  }
  return level.size > 0;
}

function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step)) : undefined;
    const found = pair?.key ?? (isSeq(parent) ? parent.items[Number(step)] : undefined);
    if (typeof found !== 'object' || found === null) break;
    if ('range' in found && Array.isArray(found.range)) offset = Number(found.range[0]);
    node = pair === undefined ? found : pair.value;
  }
  return offset;
}
