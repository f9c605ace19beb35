import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../services/runtime/clock.ts';
import { edgeSample, fault, operationsOf, origin, purge, read, write } from '../checks/testing/history.ts';
import { History } from './history.ts';
import { HistoryFile, toText } from './history-file.ts';
import { HISTORY_VERSION, type HistoryHead, type HistoryLine } from './history-lines.ts';
import { readHistory } from './read-history.ts';
import { isRecordKind, RECORDS } from './record-kinds.ts';

const HEAD: HistoryHead = {
  line: 'head',
  historyVersion: HISTORY_VERSION,
  tool: 'edgesync-lab',
  version: '1.2.3',
  backend: 'embedded',
  seed: 7,
  scenario: 'baseline',
  regions: ['us-east', 'eu-west'],
  staleness: 'adjusted',
  checks: ['divergence'],
  startedAt: '2026-01-01T00:00:00.000Z',
};

async function withFile(use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-history-'));
  try {
    await use(join(folder, 'history.ndjson'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A bit of everything. */
function fill(history: History): void {
  history.begin(HEAD);
  history.add('delay', { region: 'eu-west', atMs: 0, delayMs: 300 });
  history.add('strategy', { region: 'eu-west', atMs: 0, strategy: 'lazy' });
  const { endMs: _, outcome: __, error: ___, version, key, ...sent } = write(2, 1_000.125, { id: 0, kind: 'create' });
  const written = history.addOperation(sent);
  history.addFault({ ...fault('latency', 'origin->edge:eu-west', { fromMs: 900 }), effect: 'unconfirmed' });
  history.endOperation(written, { endMs: 1_000.125, outcome: 'ok', version: version ?? 0, key: key ?? '' });
  history.changeFault('f1', { effect: 'confirmed' });
  history.addOperation(read(2, 1_300, { id: 1, cachedMs: 1_200, writer: 0, error: 'x' }));
  history.changeFault('f1', { healedMs: 1_500 });
  history.addOperation(purge(1_600, { id: 2 }));
  const { endMs: ____, outcome: _____, ...underWay } = read(2, 1_700, { id: 3 });
  history.addOperation(underWay);
  history.add('stall', { dueMs: 1, lateMs: 60 });
  history.add('stall', { dueMs: 1, lateMs: 60, overMs: 90, of: 'edge:eu-west' });
  history.add('pressure', { of: 'lab', atMs: 1_000, overMs: 1_000, waitedMs: 400, someMs: 900, fullMs: 0 });
  history.add('pressure', { of: 'origin', atMs: 1_000, overMs: 1_000, waitedMs: 400 });
  history.add('clock', { atMs: 5, shiftMs: -7 });
  history.add('origin-sample', { atMs: 6, pending: 1 });
  history.add('origin-sample', { atMs: 6, pending: 1, clock: { fromMs: 4, toMs: 6, nowMs: -3 } });
  history.add('edge-sample', edgeSample(7, { lag: null, applied: { '0': 4 } }));
  history.add('edge-sample', edgeSample(7, { clock: { fromMs: 4, toMs: 6, nowMs: -3 } }));
  history.add('published', { event: 'e', target: 'content:7', version: null, sentMs: 8 });
  history.add('applied', { event: 'e', region: 'eu-west', target: 'content:7', version: 2, mode: 'soft', appliedMs: 9 });
  history.add('origin', origin(2, { deleted: true }));
  history.finish(2_000);
}

function linesOf(): readonly HistoryLine[] {
  const lines: HistoryLine[] = [];
  // What is told is changed later.
  fill(new History({ onLine: (line) => lines.push(structuredClone(line)) }));
  return lines;
}

function dump(history: History) {
  const { head, endedMs, faults } = history;
  const operations = operationsOf(history);
  const records = Object.keys(RECORDS)
    .filter(isRecordKind)
    .map((kind) => history.of(kind));
  return JSON.parse(JSON.stringify({ head, endedMs, operations, faults, records }));
}

describe('a saved history', () => {
  it('is read back as it was, and is only its owner’s', async () => {
    await withFile(async (file) => {
      const saved = await HistoryFile.create({ path: file, clock: systemClock });
      const history = new History({ onLine: (line) => saved.write(line) });
      fill(history);
      await saved.close();
      const found = await readHistory(file);
      expect(dump(found.history)).toEqual(dump(history));
      expect(found).toMatchObject({ head: HEAD, isTorn: false });
      expect((await stat(file)).mode & 0o777).toBe(0o666 & ~process.umask());
    });
  });

  it('of an older lab, which wrote down no strategies, is read without any', async () => {
    await withFile(async (file) => {
      const older = linesOf().filter(({ line }) => line !== 'strategy');
      await writeFile(file, older.map(toText).join(''));
      const { history } = await readHistory(file);
      expect(history.of('strategy')).toEqual([]);
      expect(history.of('delay')).toHaveLength(1);
    });
  });

  it('is on disk within a second, without being closed', async () => {
    await withFile(async (file) => {
      const saved = await HistoryFile.create({ path: file, clock: systemClock });
      saved.write(HEAD);
      await expect.poll(() => readFile(file, 'utf8'), { timeout: 1_000 }).toBe(toText(HEAD));
      await saved.close();
    });
  });

  it('is not written over', async () => {
    await withFile(async (file) => {
      await writeFile(file, 'mine');
      await expect(HistoryFile.create({ path: file, clock: systemClock })).rejects.toThrow('EEXIST');
    });
  });

  it('cut off at any byte is read up to its last whole line, which is said', async () => {
    const lines = linesOf().map(toText);
    const text = Buffer.from(lines.join(''));
    /** How many lines are whole at so many bytes, with or without the last newline. */
    const boundaries = new Map<number, number>();
    for (let [at, bytes] = [0, 0]; at < lines.length; at += 1) {
      bytes += Buffer.byteLength(lines[at] ?? '');
      boundaries.set(bytes - 1, at + 1).set(bytes, at + 1);
    }
    const isSent = (line: string) => line.startsWith('{"line":"sent"');
    const first = Buffer.byteLength(lines[0] ?? '');
    await withFile(async (file) => {
      for (let bytes = first; bytes <= text.length; bytes += 3) {
        await writeFile(file, text.subarray(0, bytes));
        const { history, isTorn } = await readHistory(file);
        const whole = text.subarray(0, bytes).toString().split('\n').slice(0, -1).length;
        const isWhole = boundaries.has(bytes);
        expect([bytes, isTorn]).toEqual([bytes, !isWhole]);
        expect(operationsOf(history)).toHaveLength(lines.slice(0, isWhole ? boundaries.get(bytes) : whole).filter(isSent).length);
        expect(history.head).toEqual(HEAD);
      }
    });
  });

  const SENT = toText({ line: 'sent', operation: read(2, 1, { id: 0, outcome: undefined, endMs: undefined }) });
  const ENDED = toText({ line: 'ended', id: 0, endMs: 3, outcome: 'ok' });
  it.each([
    ['nothing', '', /:1: expected the head line of a history, got nothing$/],
    ['text', 'hello\nworld\n', /:1: expected a line of JSON$/],
    ['another first line', SENT, /:1: expected the head line of a history, got line sent$/],
    ['two heads', toText(HEAD).repeat(2), /:2: expected one head line, the first, got line head$/],
    ['a line of an unknown kind', `${toText(HEAD)}{"line":"seen"}\n`, /:2: line: expected a kind of line that a history has, got "seen"$/],
    ['a line that is no map', `${toText(HEAD)}[]\n`, /:2: expected a kind of line that a history has, got \[\]$/],
    ['a line that is a number too long', `${toText(HEAD)}0.12345678901234567890\n`, /:2: expected a number that a double holds exactly/],
    ['a missing field', `${toText(HEAD)}{"line":"stall","dueMs":1}\n`, /:2: lateMs: missing, expected a number/],
    ['a field too many', `${toText(HEAD)}{"line":"stall","dueMs":1,"lateMs":2,"x":3}\n`, /:2: x: no such key/],
    ['another format', toText(HEAD).replace('"historyVersion":1', '"historyVersion":2'), /:1: historyVersion: expected 1, got 2/],
    [
      'an end of nothing',
      `${toText(HEAD)}{"line":"ended","id":0,"endMs":1,"outcome":"ok"}\n`,
      /:2: id: expected an operation that was sent, got 0/,
    ],
    ['two ends of one operation', toText(HEAD) + SENT + ENDED + ENDED, /:4: id: expected an operation that has not ended, got 0/],
    ['an end before the beginning', toText(HEAD) + SENT + ENDED.replace('"endMs":3', '"endMs":0'), /:3: endMs: expected 1 or later, got 0/],
    ['a line after the end', `${toText(HEAD)}{"line":"end","atMs":5}\n${SENT}`, /:3: expected nothing after the end, got line sent/],
    [
      'a read in a region that the head does not have',
      toText(HEAD) + SENT.replace('"region":"eu-west"', '"region":"mars"'),
      /:2: operation\.region: expected one of the head \(.*\), got mars/,
    ],
    ['an operation out of order', toText(HEAD) + SENT.replace('"id":0', '"id":5'), /:2: operation\.id: expected 0, got 5/],
    [
      'a heal of nothing',
      `${toText(HEAD)}{"line":"fault-changed","id":"f1","healedMs":1}\n`,
      /:2: id: expected a fault that was injected, got f1/,
    ],
    [
      'a key twice',
      `${toText(HEAD)}{"line":"stall","dueMs":1,"lateMs":2,"dueMs":3}\n`,
      /:2: dueMs: expected each key once, got "dueMs" again$/,
    ],
    [
      'a key twice deep inside',
      toText({ ...HEAD, written: {} }).replace('"written":{}', '"written":{"load":[{"rate":1,"rate":2}]}'),
      /:1: written\.load\.0\.rate: expected each key once/,
    ],
    [
      'a number no double holds',
      `${toText(HEAD)}{"line":"stall","dueMs":1,"lateMs":0.12345678901234567890}\n`,
      /:2: lateMs: expected a number that a double holds exactly, got 0\.12345678901234567890/,
    ],
    [
      'a seed above 2^53',
      toText(HEAD).replace('"seed":7', '"seed":9007199254740993'),
      /:1: seed: expected a number that a double holds exactly, got 9007199254740993/,
    ],
    [
      'half a surrogate pair',
      toText(HEAD).replace('"baseline"', '"base\\ud800line"'),
      /:1: scenario: expected text without half a surrogate pair/,
    ],
    ['a time that is none', toText(HEAD).replace('2026-01-01T00:00:00.000Z', 'last Friday'), /:1: startedAt: /],
    ['a byte order mark', `\ufeff${toText(HEAD)}`, /:1: expected a line of JSON, got a byte order mark before it$/],
    ['a torn line in the middle', `${toText(HEAD)}{"line":"sta\n${SENT}`, /:2: expected a line of JSON$/],
  ])('of %s is refused, naming file, line and what was expected', async (_what, text, message) => {
    await withFile(async (file) => {
      await writeFile(file, text);
      await expect(readHistory(file)).rejects.toThrow(message);
      await expect(readHistory(file)).rejects.toThrow(file);
    });
  });

  it.each([
    ['a byte of no character', [0xff]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['an overlong form', [0xc0, 0xaf]],
  ])('that is no text in UTF-8 is refused with its line, at %s', async (_what, bytes) => {
    const [before, after] = toText({ line: 'finding', check: 'c', verdict: 'pass', reason: 'at | here' })
      .split('|')
      .map((part) => Buffer.from(part));
    if (before === undefined || after === undefined) throw new Error('expected two halves of a line');
    await withFile(async (file) => {
      await writeFile(file, Buffer.concat([Buffer.from(toText(HEAD)), before, Buffer.from(bytes), after, before, after]));
      await expect(readHistory(file)).rejects.toThrow(/:2: expected a line of JSON in UTF-8, got other bytes$/);
    });
  });

  it('is read whatever its text, also cut off within a character', async () => {
    const reason = 'é \u2028 \u{1f600} \0 "';
    const lines = Buffer.from(toText(HEAD) + toText({ line: 'finding', check: 'c', verdict: 'pass', reason }));
    await withFile(async (file) => {
      await writeFile(file, lines);
      expect((await readHistory(file)).history.of('finding')).toEqual([{ check: 'c', verdict: 'pass', reason }]);
      await writeFile(file, lines.subarray(0, lines.indexOf('é') + 1));
      expect(await readHistory(file)).toMatchObject({ isTorn: true, head: HEAD });
    });
  });

  it('that is not there is refused by name', async () => {
    await expect(readHistory('/nowhere/history.ndjson')).rejects.toThrow(
      /^\/nowhere\/history.ndjson: expected a history.ndjson that can be read/,
    );
  });
});
