/**
 * A saved history, read back, compressed or not. A last line that a killed lab left half written is left out, and said.
 */
import { open } from 'node:fs/promises';
import type { z } from 'zod';
import { InexactJson, MalformedJson, parseExactJson } from '../../services/protocol/exact-json.ts';
import { InvalidInput } from '../errors.ts';
import { printable } from '../input/printable.ts';
import { problemsOf } from '../input/problems.ts';
import { concreteTarget } from '../system/target.ts';
import { History } from './history.ts';
import { type HistoryHead, type HistoryLine, historyLine, type OtherLine, otherLine } from './history-lines.ts';
import { isRecordKind, RECORDS, type RecordKind, type RecordOf } from './record-kinds.ts';
import { decompressed, isZstd, ZSTD_MAGIC_BYTES } from './zstd.ts';

/** Of a compressed history, which is in memory while it is read. */
const COMPRESSED_BYTES_MAX = 1024 * 1024 * 1024;
/** Far above every line that a run writes. */
const LINE_BYTES_MAX = 8 * 1024 * 1024;
const NEWLINE = 0x0a;
/**
 * The same table, typed so that the schema of a kind is known to give a record of that kind, also where the kind is a
 * parameter.
 */
const SCHEMAS: { readonly [Kind in RecordKind]: z.ZodType<RecordOf<Kind>> } = RECORDS;

export interface SavedHistory {
  readonly history: History;
  readonly head: HistoryHead;
  /** The last line was half written. */
  readonly isTorn: boolean;
}

/** Throws InvalidInput naming file, line and what was expected. `history`: what takes the lines; it must be empty. */
export async function readHistory(file: string, history = new History()): Promise<SavedHistory> {
  const lines = new Lines();
  const take = (line: Buffer) => located(lines.number, () => takeLine(history, line, lines.number));
  let isTorn = false;
  try {
    for await (const chunk of chunksOf(file)) for (const line of lines.add(chunk)) take(line);
    // After the last newline: nothing, or a line that was cut off, perhaps within a character.
    const rest = lines.end();
    isTorn = rest !== undefined && !isJson(rest);
    if (rest !== undefined && !isTorn) take(rest);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(printable(`${file}:${error.message}`), { cause: error });
  }
  const { head } = history;
  if (head === undefined) throw new InvalidInput(printable(`${file}:1: expected the head line of a history, got nothing`));
  return { history, head, isTorn };
}

function takeLine(history: History, line: Buffer, number: number): void {
  const parsed = parseLine(line);
  if ((number === 1) !== (parsed.line === 'head')) throw misplaced(number, parsed.line);
  parsed.addTo(history);
}

/** Whatever InvalidInput it throws says of which line. */
function located(number: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(`${number}: ${error.message}`, { cause: error });
  }
}

/** Throws InvalidInput where the file cannot be read, or is damaged. */
async function* chunksOf(file: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    const opened = await open(file);
    try {
      yield* plain(opened.createReadStream({ autoClose: false }));
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (error instanceof InvalidInput) throw new InvalidInput(` ${error.message}`, { cause: error });
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput(` expected a history.ndjson that can be read, got ${why}`, { cause: error });
  }
}

/** From its first bytes on, in their order: it may be a pipe. */
async function* plain(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const chunks = stream[Symbol.asyncIterator]();
  let begun = Buffer.alloc(0);
  while (begun.length < ZSTD_MAGIC_BYTES) {
    const { done, value } = await chunks.next();
    if (done) break;
    begun = Buffer.concat([begun, value]);
  }
  const rest = { [Symbol.asyncIterator]: () => chunks };
  if (isZstd(begun)) return yield* decompressed(await wholeOf(begun, rest));
  yield begun;
  yield* rest;
}

async function wholeOf(begun: Buffer, rest: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts = [begun];
  let bytes = begun.length;
  for await (const part of rest) {
    bytes += part.length;
    if (bytes > COMPRESSED_BYTES_MAX)
      throw new InvalidInput(`expected at most ${COMPRESSED_BYTES_MAX} bytes compressed, got more: zstd -d`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** In bytes: what is not UTF-8 must be found in its line, and not replaced. */
class Lines {
  #parts: Buffer[] = [];
  #bytes = 0;
  #number = 0;

  /** Of the line that was given last, from 1. */
  get number(): number {
    return this.#number;
  }

  /** Those that end in it, without their newlines. Throws InvalidInput for one that is too long. */
  *add(chunk: Buffer): Generator<Buffer, void, undefined> {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, to));
      from = to + 1;
      yield this.#taken();
    }
    this.#keep(chunk.subarray(from));
  }

  /** What follows the last newline; undefined: nothing. */
  end(): Buffer | undefined {
    return this.#bytes === 0 ? undefined : this.#taken();
  }

  #keep(part: Buffer): void {
    if (part.length > 0) this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes <= LINE_BYTES_MAX) return;
    throw new InvalidInput(`${this.#number + 1}: expected at most ${LINE_BYTES_MAX} bytes in a line, got more`);
  }

  #taken(): Buffer {
    const [first = Buffer.alloc(0), ...others] = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    this.#number += 1;
    return others.length === 0 ? first : Buffer.concat([first, ...others]);
  }
}

function isJson(line: Buffer): boolean {
  try {
    parseExactJson(line);
    return true;
  } catch (error) {
    return !(error instanceof MalformedJson);
  }
}

function readLine(line: Buffer): unknown {
  try {
    return parseExactJson(line);
  } catch (error) {
    if (error instanceof MalformedJson) throw new InvalidInput(error.message.replace('JSON', 'a line of JSON'), { cause: error });
    if (error instanceof InexactJson) throw new InvalidInput(placed(error.path, error.message), { cause: error });
    throw error;
  }
}

/** A line that has the shape of its kind. */
interface ParsedLine {
  readonly line: HistoryLine['line'];
  /** Throws InvalidInput when the history so far does not allow it. */
  addTo(history: History): void;
}

function parseLine(line: Buffer): ParsedLine {
  const value = readLine(line);
  const { line: kind, ...record } = toMap(value);
  if (isRecordKind(kind)) return parseRecord(kind, record, value);
  const parsed = otherLine.safeParse(value);
  if (!parsed.success) throw refusal(value);
  return { line: parsed.data.line, addTo: (history) => take(history, parsed.data) };
}

/** The head is the first line, and no other. */
function misplaced(at: number, line: HistoryLine['line']): InvalidInput {
  return new InvalidInput(`expected ${at === 1 ? 'the head line of a history' : 'one head line, the first'}, got line ${line}`);
}

/** What is no map has no kind. */
function toMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function parseRecord<Kind extends RecordKind>(kind: Kind, record: unknown, value: unknown): ParsedLine {
  const parsed = SCHEMAS[kind].safeParse(record);
  if (!parsed.success) throw refusal(value);
  return {
    line: kind,
    addTo: (history) => {
      refuseAfterEnd(history, kind);
      history.add(kind, parsed.data);
    },
  };
}

function refusal(value: unknown): InvalidInput {
  const [problem] = problemsOf(historyLine, value);
  return new InvalidInput(placed(problem?.path.map(String).join('.') ?? '', problem?.message ?? 'expected a line of a history'));
}

/** What is wrong with the whole line has no place in it. */
function placed(path: string, message: string): string {
  return path === '' ? message : `${path}: ${message}`;
}

function refuseAfterEnd({ endedMs }: History, line: HistoryLine['line']): void {
  if (endedMs !== undefined) throw new InvalidInput(`expected nothing after the end, got line ${line}`);
}

function take(history: History, line: OtherLine): void {
  refuseAfterEnd(history, line.line);
  switch (line.line) {
    case 'head':
      return history.begin(line);
    case 'sent':
      return takeOperation(history, line);
    case 'ended':
      return takeEnding(history, line);
    case 'fault':
      return takeFault(history, line);
    case 'fault-changed':
      return takeFaultChange(history, line);
    case 'end':
      return history.finish(line.atMs);
  }
}

function takeOperation(history: History, { operation }: Extract<OtherLine, { line: 'sent' }>): void {
  if (operation.id !== history.nextId) throw new InvalidInput(`operation.id: expected ${history.nextId}, got ${operation.id}`);
  const { regions = [] } = history.head ?? {};
  if (operation.kind === 'read' && !regions.includes(operation.region))
    throw new InvalidInput(`operation.region: expected one of the head (${regions.join(', ')}), got ${printable(operation.region)}`);
  history.addOperation(operation);
}

function takeEnding(history: History, { line: _, id, ...ending }: Extract<OtherLine, { line: 'ended' }>): void {
  if (id >= history.nextId) throw new InvalidInput(`id: expected an operation that was sent, got ${id}`);
  const operation = history.openOperation(id);
  if (operation === undefined) throw new InvalidInput(`id: expected an operation that has not ended, got ${id}`);
  if (ending.endMs < operation.startMs) throw new InvalidInput(`endMs: expected ${operation.startMs} or later, got ${ending.endMs}`);
  history.endOperation(operation, ending);
}

function takeFault(history: History, { line: _, target, ...fault }: Extract<OtherLine, { line: 'fault' }>): void {
  history.addFault({ ...fault, target: concreteTarget(target, history.head?.regions ?? []), healedMs: undefined });
}

function takeFaultChange(history: History, { line: _, id, ...change }: Extract<OtherLine, { line: 'fault-changed' }>): void {
  if (!history.faults.some((fault) => fault.id === id)) throw new InvalidInput(`id: expected a fault that was injected, got ${id}`);
  history.changeFault(id, change);
}
