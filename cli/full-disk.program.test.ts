/**
 * What commands leave on a disk that is full: everything, or nothing that looks like a verdict, and a sentence that
 * names the file. The disk is real, a few pages of memory mounted where only the command sees it.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labEvent } from '../lab/report/events.ts';
import { BIN } from './testing/bundle.ts';
import { startProgram } from './testing/process.ts';

const SCENARIO = 'version: 1\ntitle: t\nworkload: { duration: 3s, reads: 40/s, writes: 4/s, keys: 5 }\n';
const FILES_AFTER = '-- files:';
const MS_MAX = 300_000;

/** Runs a command with DISK mounted, then lists what is on it: bytes and name. */
const ON_DISK = `
mount -t tmpfs -o "size=\${SIZE}k" edgesync "$DISK" || exit 90
head -c "\${FILLED}k" /dev/zero > "$DISK/filler"
"$@"; code=$?
rm -f "$DISK/filler"
echo '${FILES_AFTER}'
cd "$DISK" && find . -type f -printf '%s %P\\n' | sort -k2
exit $code`;

/** To mount is root's, and Linux's. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

interface OnDisk {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes by name. */
  readonly files: ReadonlyMap<string, number>;
  /** Of all scenarios together: what stands in `out` itself. */
  readonly ofAll: readonly string[];
}

let folder = '';
let disk = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-disk-'));
  disk = join(folder, 'disk');
  await mkdir(disk);
  await writeFile(join(folder, 'short.yaml'), SCENARIO);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Disk {
  readonly sizeKiB: number;
  readonly filledKiB?: number;
}

const onDisk = (of: Disk, ...words: readonly string[]) => nodeOnDisk(of, BIN, ...words);

function nodeOnDisk({ sizeKiB, filledKiB = 0 }: Disk, ...words: readonly string[]) {
  const env = { ...process.env, EDGESYNC_BACKEND: 'embedded', DISK: disk, SIZE: String(sizeKiB), FILLED: String(filledKiB) };
  return new Promise<OnDisk>((resolve) => {
    execFile('unshare', ['-m', 'bash', '-c', ON_DISK, 'disk', process.execPath, ...words], { env }, (error, stdout, stderr) => {
      const [said = '', listed = ''] = stdout.split(`${FILES_AFTER}\n`);
      const rows = listed.split('\n').filter(Boolean);
      const paths = rows.map((row) => ({ path: row.slice(row.indexOf(' ') + 1), bytes: Number.parseInt(row, 10) }));
      const isOfAll = ({ path }: { readonly path: string }) => words.includes('run') && dirname(path) === 'out';
      const files = new Map(paths.filter((file) => !isOfAll(file)).map(({ path, bytes }) => [basename(path), bytes]));
      const ofAll = paths.filter(isOfAll).map(({ path }) => basename(path));
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout: said, stderr, files, ofAll });
    });
  });
}

const REPORTS = ['junit.xml', 'report.html', 'summary.json', 'summary.md'];
const summaryOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => labEvent.parse(JSON.parse(line)))
    .at(-1);

describe.skipIf(!canMount()).concurrent('on a disk that is full (needs root and unshare -m)', () => {
  const run = (sizeKiB: number) =>
    onDisk({ sizeKiB }, 'run', join(folder, 'short.yaml'), '--backend', 'simulated', '--seed', '1', '--json', '--out', join(disk, 'out'));

  it('a run leaves all of its reports or none, whichever does not fit, and says which file it was', { timeout: MS_MAX }, async () => {
    const { code, files, ofAll } = await run(4_096);
    expect([code, [...files.keys()], ofAll]).toEqual([0, ['history.ndjson', ...REPORTS], ['junit.xml', 'summary.md']]);
    const pages = (name: string) => 4 * Math.ceil((files.get(name) ?? 0) / 4_096);
    const [history, html] = [pages('history.ndjson'), pages('report.html')];
    for (const [sizeKiB, file] of [
      [history - 4, 'history.ndjson'],
      [history + html - 4, 'report.html'],
      [history + html, 'junit.xml'],
      [history + html + 4, 'summary.md'],
      [history + html + 8, 'summary.json'],
    ] as const) {
      const full = await run(sizeKiB);
      expect(full.code, file).toBe(107);
      expect([...full.files.keys()], file).toEqual(['history.ndjson']);
      // Both or none.
      expect([0, 2], file).toContain(full.ofAll.length);
      const path = join(disk, 'out', 'short', file);
      expect(full.stderr).toContain(`${path}: cannot be written (ENOSPC: no space left on device`);
      const told = { type: 'Summary', status: 'failed', verdict: 'unknown', exitCode: 107, error: expect.stringContaining(path) };
      expect(summaryOf(full.stdout), file).toMatchObject(told);
    }
  });

  it('analyze leaves all of its reports or none', { timeout: MS_MAX }, async () => {
    const saved = join(folder, 'saved');
    await startProgram(['run', join(folder, 'short.yaml'), '--backend', 'simulated', '--seed', '1', '--out', saved]).ended;
    const analyze = (sizeKiB: number) => onDisk({ sizeKiB }, 'analyze', join(saved, 'short', 'history.ndjson'), '--out', join(disk, 'out'));
    const { code, files } = await analyze(4_096);
    expect([code, [...files.keys()]]).toEqual([0, REPORTS]);
    const html = 4 * Math.ceil((files.get('report.html') ?? 0) / 4_096);
    for (const sizeKiB of [html - 4, html + 4]) {
      const full = await analyze(sizeKiB);
      expect(full.code).toBe(107);
      expect([...full.files.keys()]).toEqual([]);
      expect(full.stdout).not.toMatch(/^PASS/m);
      expect(full.stderr).toMatch(/out\/(report\.html|summary\.md|summary\.json): cannot be written \(ENOSPC/);
    }
  });

  it('sim that cannot save its seed has failed, and says so in its summary', { timeout: MS_MAX }, async () => {
    const words = ['sim', '--seeds', '1', '--jobs', '1', '--json', '--out', join(disk, 'out')];
    const { code, stdout, stderr, files } = await onDisk({ sizeKiB: 64 }, ...words);
    expect(summaryOf(stdout)).toMatchObject({
      status: 'failed',
      verdict: 'unknown',
      exitCode: 107,
      error: expect.stringContaining('history.ndjson'),
    });
    expect(stderr).toContain('history.ndjson: cannot be written (ENOSPC');
    expect([...files.keys()]).toEqual(['history.ndjson']);
    expect(code).toBe(107);
  });

  it('shrink leaves no half of a scenario', { timeout: MS_MAX }, async () => {
    const words = ['shrink', '1', '--mutant', 'missing-as-error', '--duration', '10s', '--no-embedded', '--out', join(disk, 'small.yaml')];
    const { code, stderr, files } = await onDisk({ sizeKiB: 4, filledKiB: 4 }, ...words);
    expect(stderr).toContain(`${join(disk, 'small.yaml')}: cannot be written (ENOSPC`);
    expect([...files.keys()]).toEqual([]);
    expect(code).toBe(107);
  });

  it('a lock and a journal leave no half of themselves, and say which file it was', { timeout: MS_MAX }, async () => {
    const program = `
      const { takeLock } = await import(${JSON.stringify(fileURLToPath(new URL('../lab/journal/lock.ts', import.meta.url)))});
      const { Journal } = await import(${JSON.stringify(fileURLToPath(new URL('../lab/journal/journal.ts', import.meta.url)))});
      const says = (error) => console.log(error.message);
      await takeLock(process.env.DISK, 'p').catch(says);
      const journal = await Journal.open(process.env.DISK);
      await journal.write({ id: 'k', says: 'kafka is killed', undo: { do: 'start', container: 'c' } }).catch(says);`;
    const { stdout, files } = await nodeOnDisk({ sizeKiB: 4, filledKiB: 4 }, '--input-type=module', '--eval', program);
    expect(stdout).toContain(`${join(disk, 'lock')}: cannot be written (ENOSPC`);
    expect(stdout).toContain(`${join(disk, 'journal.json')}: cannot be written (ENOSPC`);
    expect([...files.keys()]).toEqual([]);
  });
});
