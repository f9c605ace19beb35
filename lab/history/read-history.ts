/** A saved history, read back. A last line that a killed lab left half written is left out, and said. */
import { readFile, stat } from 'node:fs/promises';
import { InexactJson, MalformedJson, parseExactJson } from '../../services/protocol/exact-json.ts';
import { InvalidInput } from '../errors.ts';
import { printable } from '../input/printable.ts';
import { problemsOf } from '../input/problems.ts';
import { concreteTarget } from '../system/target.ts';
import { History } from './history.ts';
import { type HistoryHead, type HistoryLine, historyLine } from './history-lines.ts';

/** Above what one run writes in a day. */
const BYTES_MAX = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface SavedHistory {
  readonly history: History;
  readonly head: HistoryHead;
  /** The last line was half written. */
  readonly isTorn: boolean;
}

/** Throws InvalidInput naming file, line and what was expected. */
export async function readHistory(file: string): Promise<SavedHistory> {
  const lines = linesOf(await readBytes(file));
  // After the last newline: nothing, or a line that was cut off, perhaps within a character.
  const rest = lines.pop();
  const isTorn = rest !== undefined && rest.length > 0 && !isJson(rest);
  if (rest !== undefined && rest.length > 0 && !isTorn) lines.push(rest);
  const history = new History();
  for (const [at, line] of lines.entries()) {
    try {
      take(history, parseLine(line), at);
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
    if (size > BYTES_MAX) throw new InvalidInput(printable(`${file}: expected at most ${BYTES_MAX} bytes, got ${size}`));
    return await readFile(file);
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
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

function parseLine(line: Buffer): HistoryLine {
  const value = readLine(line);
  const parsed = historyLine.safeParse(value);
  if (parsed.success) return parsed.data;
  const [problem] = problemsOf(historyLine, value);
  throw new InvalidInput(`${problem?.path.map(String).join('.') ?? ''}: ${problem?.message ?? 'expected a line of a history'}`);
}

function take(history: History, line: HistoryLine, at: number): void {
  if ((at === 0) !== (line.line === 'head'))
    throw new InvalidInput(`expected ${at === 0 ? 'the head line of a history' : 'one head line, the first'}, got line ${line.line}`);
  switch (line.line) {
    case 'head':
      return history.begin(line);
    case 'sent':
      if (line.operation.id !== history.nextId)
        throw new InvalidInput(`operation.id: expected ${history.nextId}, got ${line.operation.id}`);
      history.add(line.operation);
      return;
    case 'ended':
      return takeEnding(history, line);
    case 'fault':
      return takeFault(history, line);
    case 'fault-changed':
      return takeFaultChange(history, line);
    case 'end':
      return history.finish(line.atMs);
    default:
      return takeRecord(history, line);
  }
}

type RecordLine = Exclude<HistoryLine, { line: 'head' | 'sent' | 'ended' | 'fault' | 'fault-changed' | 'end' }>;

function takeRecord(history: History, line: RecordLine): void {
  switch (line.line) {
    case 'origin':
      return history.addOrigin(withoutLine(line));
    case 'delay':
      return history.addDelay(withoutLine(line));
    case 'strategy':
      return history.addStrategy(withoutLine(line));
    case 'stall':
      return history.addStall(withoutLine(line));
    case 'pressure':
      return history.addPressure(withoutLine(line));
    case 'clock':
      return history.addShift(withoutLine(line));
    case 'origin-sample':
      return history.addOriginSample(withoutLine(line));
    case 'edge-sample':
      return history.addEdgeSample(withoutLine(line));
    case 'published':
      return history.addPublished(withoutLine(line));
    case 'applied':
      return history.addApplied(withoutLine(line));
    case 'phase':
      return history.enterPhase(withoutLine(line));
    case 'load':
      return history.planLoad(withoutLine(line));
    case 'abort':
      return history.addAbort(withoutLine(line));
    case 'finding':
      return history.addFinding(withoutLine(line));
  }
}

function withoutLine<Line extends { readonly line: string }>({ line: _, ...rest }: Line): Omit<Line, 'line'> {
  return rest;
}

function takeEnding(history: History, { line: _, id, ...ending }: Extract<HistoryLine, { line: 'ended' }>): void {
  const operation = history.operations[id];
  if (operation === undefined) throw new InvalidInput(`id: expected an operation that was sent, got ${id}`);
  history.end(operation, ending);
}

function takeFault(history: History, { line: _, target, ...fault }: Extract<HistoryLine, { line: 'fault' }>): void {
  history.addFault({ ...fault, target: concreteTarget(target, history.head?.regions ?? []), healedMs: undefined });
}

function takeFaultChange(history: History, { line: _, id, ...change }: Extract<HistoryLine, { line: 'fault-changed' }>): void {
  if (!history.faults.some((fault) => fault.id === id)) throw new InvalidInput(`id: expected a fault that was injected, got ${id}`);
  history.changeFault(id, change);
}
