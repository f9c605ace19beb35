/** A saved history, read back, compressed or not. A last line that a killed lab left half written is left out, and said. */
import { readFile, stat } from 'node:fs/promises';
import type { z } from 'zod';
import { InexactJson, MalformedJson, parseExactJson } from '../../services/protocol/exact-json.ts';
import { InvalidInput } from '../errors.ts';
import { printable } from '../input/printable.ts';
import { problemsOf } from '../input/problems.ts';
import { concreteTarget } from '../system/target.ts';
import { History } from './history.ts';
import { type HistoryHead, type HistoryLine, historyLine, type OtherLine, otherLine } from './history-lines.ts';
import { isRecordKind, RECORDS, type RecordKind, type RecordOf } from './record-kinds.ts';
import type { Operation } from './records.ts';
import { decompressed, isZstd } from './zstd.ts';

/** Above what one run writes in a day. */
const BYTES_MAX = 256 * 1024 * 1024;
const NEWLINE = 0x0a;
/** The same table, typed so that the schema of a kind is known to give a record of that kind, also where the kind is a parameter. */
const SCHEMAS: { readonly [Kind in RecordKind]: z.ZodType<RecordOf<Kind>> } = RECORDS;

export interface SavedHistory {
  readonly history: History;
  readonly head: HistoryHead;
  /** The last line was half written. */
  readonly isTorn: boolean;
}

/** Throws InvalidInput naming file, line and what was expected. `history`: what takes the lines; it must be empty. */
export async function readHistory(file: string, history = new History()): Promise<SavedHistory> {
  const lines = linesOf(await readBytes(file));
  // After the last newline: nothing, or a line that was cut off, perhaps within a character.
  const rest = lines.pop();
  const isTorn = rest !== undefined && rest.length > 0 && !isJson(rest);
  if (rest !== undefined && rest.length > 0 && !isTorn) lines.push(rest);
  for (const [at, line] of lines.entries()) {
    try {
      const parsed = parseLine(line);
      if ((at === 0) !== (parsed.line === 'head')) throw misplaced(at, parsed.line);
      parsed.addTo(history);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      throw new InvalidInput(printable(`${file}:${at + 1}: ${error.message}`), { cause: error });
    }
  }
  const { head } = history;
  if (head === undefined) throw new InvalidInput(printable(`${file}:1: expected the head line of a history, got nothing`));
  return { history, head, isTorn };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > BYTES_MAX) throw new InvalidInput(`expected at most ${BYTES_MAX} bytes, got ${size}`);
    const bytes = await readFile(file);
    return isZstd(bytes) ? await decompressed(bytes, BYTES_MAX) : bytes;
  } catch (error) {
    if (error instanceof InvalidInput) throw new InvalidInput(printable(`${file}: ${error.message}`), { cause: error });
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput(printable(`${file}: expected a history.ndjson that can be read, got ${why}`), { cause: error });
  }
}

/** In bytes: what is not UTF-8 must be found in its line, and not replaced. The last is what follows the last newline. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
    lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return [...lines, bytes.subarray(from)];
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
    if (error instanceof InexactJson) throw new InvalidInput(`${error.path}: ${error.message}`, { cause: error });
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
  return new InvalidInput(`expected ${at === 0 ? 'the head line of a history' : 'one head line, the first'}, got line ${line}`);
}

/** What is no map has no kind. */
function toMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function parseRecord<Kind extends RecordKind>(kind: Kind, record: unknown, value: unknown): ParsedLine {
  const parsed = SCHEMAS[kind].safeParse(record);
  if (!parsed.success) throw refusal(value);
  return { line: kind, addTo: (history) => history.add(kind, parsed.data) };
}

function refusal(value: unknown): InvalidInput {
  const [problem] = problemsOf(historyLine, value);
  return new InvalidInput(`${problem?.path.map(String).join('.') ?? ''}: ${problem?.message ?? 'expected a line of a history'}`);
}

function take(history: History, line: OtherLine): void {
  if (history.endedMs !== undefined) throw new InvalidInput(`expected nothing after the end, got line ${line.line}`);
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

/** Operations that a line has ended: what was sent is not known to be without an end of its own. */
const ENDED = new WeakSet<Operation>();

function takeEnding(history: History, { line: _, id, ...ending }: Extract<OtherLine, { line: 'ended' }>): void {
  const operation = history.operations[id];
  if (operation === undefined) throw new InvalidInput(`id: expected an operation that was sent, got ${id}`);
  if (ENDED.has(operation)) throw new InvalidInput(`id: expected an operation that has not ended, got ${id}`);
  ENDED.add(operation);
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
