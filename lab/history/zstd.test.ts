import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../services/runtime/clock.ts';
import { read, write } from '../checks/testing/history.ts';
import { History } from './history.ts';
import { HistoryFile, toText } from './history-file.ts';
import type { HistoryLine } from './history-lines.ts';
import { readHistory } from './read-history.ts';
import { decompressed, isZstd } from './zstd.ts';

const READS = 400;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-zstd-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The lines of a history whose file is closed at its end. */
async function save(path: string): Promise<readonly HistoryLine[]> {
  const file = await HistoryFile.create({ path, clock: systemClock, isCompressed: true });
  const lines: HistoryLine[] = [];
  const onLine = (line: HistoryLine) => {
    lines.push(line);
    file.write(line);
  };
  const history = new History({ onLine });
  history.begin({
    ...{ line: 'head', historyVersion: 1, tool: 'edgesync-lab', version: '1.2.3', backend: 'embedded', seed: 7, scenario: 'baseline' },
    ...{ regions: ['us-east', 'eu-west'], staleness: 'adjusted', checks: ['divergence'], startedAt: '2026-01-01T00:00:00.000Z' },
  });
  history.add('delay', { region: 'eu-west', atMs: 0, delayMs: 300 });
  history.addOperation(write(2, 1_000, { id: 0 }));
  for (let id = 1; id <= READS; id += 1) history.addOperation(read(2, 1_000 + id, { id, writer: 0 }));
  history.finish(9_000);
  await file.close();
  return lines;
}

describe('a compressed history', () => {
  it('is read back as it was, is only its owner’s, and is smaller', async () => {
    const path = join(folder, 'history.ndjson.zst');
    const lines = await save(path);
    const bytes = await readFile(path);
    expect(isZstd(bytes)).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o666 & ~process.umask());
    const text = lines.map(toText).join('');
    expect(await textOf(bytes)).toBe(text);
    expect(bytes.length).toBeLessThan(text.length / 5);
    const { history, isTorn } = await readHistory(path);
    expect([isTorn, history.nextId, history.endedMs]).toEqual([false, READS + 1, 9_000]);
  });

  it('of a lab that was killed is read as far as it had been handed over', async () => {
    const path = join(folder, 'history.ndjson.zst');
    const file = await HistoryFile.create({ path, clock: systemClock, isCompressed: true });
    for (const line of await save(join(folder, 'whole.zst'))) file.write(line);
    // Nobody closes it.
    await expect.poll(async () => (await stat(path)).size).toBeGreaterThan(0);
    const { history } = await readHistory(path);
    expect(history.nextId).toBe(READS + 1);
    await file.close();
  });

  it('cut off at any byte is read up to its last whole line', async () => {
    const path = join(folder, 'history.ndjson.zst');
    const whole = (await save(path)).map(toText).join('');
    const bytes = await readFile(path);
    for (let end = 4; end < bytes.length; end += 1) {
      const text = await textOf(bytes.subarray(0, end));
      expect(whole.startsWith(text), `${end} bytes`).toBe(true);
    }
  });

  it('that another program wrote as several frames is read to the end of the last', async () => {
    const path = join(folder, 'history.ndjson.zst');
    const text = (await save(join(folder, 'whole.zst'))).map(toText).join('');
    const middle = Math.floor(text.length / 2);
    await writeFile(path, Buffer.concat([zstdCompressSync(text.slice(0, middle)), zstdCompressSync(text.slice(middle))]));
    expect((await readHistory(path)).history.endedMs).toBe(9_000);
    await writeFile(path, Buffer.concat([zstdCompressSync(text), Buffer.from('rest')]));
    await expect(readHistory(path)).rejects.toThrow(`${path}: expected zstd data, got damaged data (`);
  });

  it('that is damaged is refused by its name', async () => {
    const path = join(folder, 'history.ndjson.zst');
    await save(path);
    const bytes = await readFile(path);
    for (const at of [4, 20, bytes.length / 2]) bytes.writeUInt8(255 - bytes.readUInt8(Math.floor(at)), Math.floor(at));
    await writeFile(path, bytes);
    await expect(readHistory(path)).rejects.toThrow(`${path}: expected zstd data, got damaged data (`);
  });

  it('of a line that does not end is refused, before all of it is there', async () => {
    const path = join(folder, 'history.ndjson.zst');
    const text = (await save(join(folder, 'whole.zst'))).slice(0, 1).map(toText).join('');
    await writeFile(path, zstdCompressSync(Buffer.concat([Buffer.from(text), Buffer.alloc(64 * 1024 * 1024)])));
    await expect(readHistory(path)).rejects.toThrow(`${path}:2: expected at most 8388608 bytes in a line, got more`);
  });
});

async function textOf(bytes: Buffer): Promise<string> {
  return Buffer.concat(await Array.fromAsync(decompressed(bytes))).toString();
}
