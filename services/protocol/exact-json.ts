/**
 * JSON that others wrote, read so that nothing in it is changed without a word. `JSON.parse` keeps the last of two
 * values under one key and rounds a number that no double holds; a text with half a surrogate pair becomes another one
 * as soon as it is written as UTF-8. All three are legal JSON whose reading nobody can rely on (RFC 8259, sections 4, 6
 * and 8.2), and I-JSON forbids them (RFC 7493, section 2). Here they are refused, with the path to the place.
 */

/** No JSON, or not in UTF-8. */
export class MalformedJson extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MalformedJson';
  }
}

/** JSON that would be changed by being read. */
export class InexactJson extends Error {
  /** Steps with dots between; empty for the whole. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = 'InexactJson';
    this.path = path;
  }
}

const PATH_LENGTH_MAX = 200;
/** What is longer may be nested too deep to be written. */
const WRITTEN_LENGTH_MAX = 2_048;
const SHOWN_LENGTH_MAX = 60;

/** A number in JSON, or in YAML, which may have a plus and leave out the digits on one side of the point. */
const DECIMAL = /^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;
/** Decimals so short are exact, whatever their digits: a double holds any 15. Minus zero is left to the long way. */
const SHORT = /^-?[1-9]\d{0,6}\.\d{1,7}$|^-?[1-9]\d{0,14}$|^0(?:\.\d{1,14})?$/;

/** Throws MalformedJson or InexactJson. A byte order mark is no JSON (RFC 8259, section 8.1). */
export function parseExactJson(source: string | Uint8Array): unknown {
  const text = typeof source === 'string' ? source : decode(source);
  if (text.startsWith(BYTE_ORDER_MARK)) throw new MalformedJson('expected JSON, got a byte order mark before it');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MalformedJson('expected JSON', error);
  }
  if (!isUnchanged(text, value)) new Scan(text).run();
  return value;
}

/**
 * Whether writing it gives the text back, letter by letter: then reading has changed nothing. What programs write is
 * mostly so, and this costs less than the scan. Half a surrogate pair is written as the escape that it may have been
 * read from.
 */
function isUnchanged(text: string, value: unknown): boolean {
  return text.length <= WRITTEN_LENGTH_MAX && JSON.stringify(value) === text && !text.includes('\\u') && text.isWellFormed();
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new MalformedJson('expected JSON in UTF-8, got other bytes', error);
  }
}

/**
 * Whether a decimal number is the same after JavaScript has read and written it: its value, not its spelling (`1.0`,
 * `1e2`).
 */
export function isExactDecimal(literal: string): boolean {
  if (SHORT.test(literal)) return true;
  const read = Number(literal);
  const written = String(read);
  return written === literal || (Number.isFinite(read) && inParts(literal) === inParts(written));
}

/** Sign, the digits from the first to the last that is not zero, and the power of ten of the latter. */
function inParts(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(literal) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  const minus = sign === '-' ? '-' : '';
  // Minus zero is written as zero.
  if (end === 0) return `${minus}0`;
  return `${minus}${digits.slice(0, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}

/** An object or a list that has begun and not ended. */
interface Open {
  /** The keys said so far; undefined of a list. */
  readonly keys: Set<string> | undefined;
  /** Where in it we are. */
  step: string | number;
}

const BYTE_ORDER_MARK = '\ufeff';
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Of a number: a digit or one of `+-.Ee`. */
function isNumeral(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e || code === 0x2b || code === 0x65 || code === 0x45;
}

/** Goes once through a text that is JSON. Level by level on a list of its own, so that no depth is too deep. */
class Scan {
  readonly #text: string;
  readonly #open: Open[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** Throws InexactJson at the first place that would be changed. */
  run(): void {
    for (let at = 0; at < this.#text.length; at = this.#take(at));
  }

  /** Takes in what begins at `at`; answers where it ends. */
  #take(at: number): number {
    const code = this.#text.charCodeAt(at);
    if (code === QUOTE) return this.#takeString(at);
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return this.#takeNumber(at);
    if (code === OBJECT) this.#open.push({ keys: new Set(), step: '' });
    else if (code === LIST) this.#open.push({ keys: undefined, step: 0 });
    else if (code === OBJECT_END || code === LIST_END) this.#open.pop();
    else if (code === COMMA) {
      const inside = this.#open.at(-1);
      if (typeof inside?.step === 'number') inside.step += 1;
    }
    return at + 1;
  }

  #takeNumber(at: number): number {
    let end = at + 1;
    while (isNumeral(this.#text.charCodeAt(end))) end += 1;
    const literal = this.#text.slice(at, end);
    if (!isExactDecimal(literal)) throw this.#flaw(`expected a number that a double holds exactly, got ${clip(literal)}. Send it as text`);
    return end;
  }

  /** A text with a colon after it is a key. */
  #takeString(at: number): number {
    const end = endOfString(this.#text, at);
    const inside = this.#open.at(-1);
    const isKey = inside?.keys !== undefined && this.#hasColon(end);
    const written = this.#text.slice(at, end);
    const text: string = written.includes('\\') ? JSON.parse(written) : written.slice(1, -1);
    if (isKey) inside.step = text;
    if (!text.isWellFormed()) throw this.#flaw('expected text without half a surrogate pair');
    if (isKey && inside.keys?.has(text)) throw this.#flaw(`expected each key once, got ${clip(JSON.stringify(text))} again`);
    if (isKey) inside.keys?.add(text);
    return end;
  }

  #hasColon(from: number): boolean {
    let at = from;
    while (isSpace(this.#text.charCodeAt(at))) at += 1;
    return this.#text.charCodeAt(at) === COLON;
  }

  #flaw(message: string): InexactJson {
    return new InexactJson(clip(this.#open.map(({ step }) => step).join('.'), PATH_LENGTH_MAX), message);
  }
}

/** Behind the quote that ends it: the first one with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 0) return at + 1;
  }
}

function clip(text: string, lengthMax = SHOWN_LENGTH_MAX): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}
