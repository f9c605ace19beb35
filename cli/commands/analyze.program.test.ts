/** What a run leaves with --out, and what is made of it again: after its end, after Ctrl-C, after kill -9. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CHECKS } from '../../lab/checks/checks.ts';
import { BIN } from '../testing/bundle.ts';
import { type Ended, startProgram } from '../testing/process.ts';

/** The embedded world takes its time on a machine that does other things too. */
const RUN_MS_MAX = 120_000;
/** From its first phase to its first answer. */
const LOADED_MS_MAX = 20_000;

const checks = z.array(z.object({ check: z.string(), verdict: z.string(), reason: z.string(), anomalies: z.int() }));
const summary = z.object({ verdict: z.string(), exitCode: z.int(), checks });
const analysis = z.object({ verdict: z.string(), isTorn: z.boolean(), checks });

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-analyze-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const READS_MANY = 300_000;

/** A history of one write and so many reads of it, which takes its time to judge. */
function manyReads(count: number): string {
  const head = { line: 'head', historyVersion: 1, tool: 'edgesync-lab', version: '1', backend: 'embedded', seed: 1, scenario: 'x' };
  const rest = { regions: ['us-east'], staleness: 'adjusted', checks: Object.keys(CHECKS), startedAt: '2026-01-01T00:00:00.000Z' };
  const write = { id: 0, phase: 'fault', slot: 'lab-0', startMs: 1, kind: 'update', key: 'content:7' };
  const read = (id: number) => ({ ...write, id, startMs: id + 10, kind: 'read', region: 'us-east', final: false });
  const answer = { version: 2, source: 'cache', status: 'fresh', found: true, cachedMs: 5, outcome: 'ok' };
  const lines = [
    { ...head, ...rest },
    { line: 'delay', region: 'us-east', atMs: 0, delayMs: 100 },
    { line: 'sent', operation: write },
    { line: 'ended', id: 0, version: 2, outcome: 'ok', endMs: 2 },
    ...Array.from({ length: count }, (_, at) => [
      { line: 'sent', operation: read(at + 1) },
      { line: 'ended', id: at + 1, ...answer, endMs: at + 12 },
    ]).flat(),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function runBaseline(folder: string, ...words: readonly string[]) {
  return startProgram(['run', 'baseline', '--seed', '3', '--ports', 'auto', '--out', folder, ...words]);
}

async function analyze(file: string): Promise<Ended & { readonly analysis: z.infer<typeof analysis> }> {
  const ended = await startProgram(['analyze', file, '--json']).ended;
  return { ...ended, analysis: analysis.parse(JSON.parse(ended.stdout)) };
}

describe.concurrent('analyze', () => {
  it('gives what the run gave: every check, verdict, reason and exit code', { timeout: RUN_MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const run = await runBaseline(folder, '--duration', '6s').ended;
      const own = join(folder, 'baseline');
      expect((await readdir(own)).sort()).toEqual(['history.ndjson', 'junit.xml', 'report.html', 'summary.json', 'summary.md']);
      for (const name of await readdir(own)) expect((await stat(join(own, name))).mode & 0o777).toBe(0o666 & ~process.umask());
      expect(await readFile(join(own, 'report.html'), 'utf8')).toContain(`<dt>Node</dt><dd>${process.versions.node}</dd>`);
      const said = summary.parse(JSON.parse(await readFile(join(own, 'summary.json'), 'utf8')));
      const again = await analyze(join(own, 'history.ndjson'));
      expect(again.analysis).toEqual({ verdict: said.verdict, isTorn: false, checks: said.checks });
      expect([again.code, run.code]).toEqual([said.exitCode, said.exitCode]);
      // So short a load has no deletion for sure, and its edges have no lease.
      const judged = Object.keys(CHECKS).filter((name) => name !== 'resurrection' && name !== 'fresh-beyond-lease');
      expect(said.checks.map(({ check }) => check)).toEqual(expect.arrayContaining(judged));
    });
  });

  it('writes the reports of a history anew with --out, for whom the umask says', { timeout: RUN_MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const run = ['run', 'partition-kafka', '--backend', 'simulated', '--seed', '3', '--quiet', '--out', join(folder, 'run')];
      await startProgram(run).ended;
      const own = join(folder, 'run', 'partition-kafka');
      const again = join(folder, 'again');
      const { code } = await startProgram(['analyze', join(own, 'history.ndjson'), '--out', again]).ended;
      expect([code, (await readdir(again)).sort()]).toEqual([0, ['junit.xml', 'report.html', 'summary.json', 'summary.md']]);
      for (const name of await readdir(again)) expect((await stat(join(again, name))).mode & 0o777).toBe(0o666 & ~process.umask());
      // All that is drawn comes from the history: only what names scenario and command may differ.
      const drawn = async (of: string) => /<section id="versions">.*<footer>/s.exec(await readFile(join(of, 'report.html'), 'utf8'))?.[0];
      expect(await drawn(again)).toBe(await drawn(own));
      expect(await drawn(own)).toContain('edge:eu-west&lt;-&gt;kafka');
      // In virtual time the same seed leaves the same on every machine.
      expect(await readFile(join(own, 'report.html'), 'utf8')).not.toContain('<dt>host</dt>');
    });
  });

  it('reads a history that --compress made smaller as it reads the plain one', { timeout: RUN_MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const run = ['run', 'baseline', '--backend', 'simulated', '--seed', '3', '--quiet', '--out'];
      await startProgram([...run, join(folder, 'plain')]).ended;
      await startProgram([...run, join(folder, 'small'), '--compress']).ended;
      const files = [join(folder, 'plain', 'baseline', 'history.ndjson'), join(folder, 'small', 'baseline', 'history.ndjson.zst')];
      const [plain, small] = await Promise.all(files.map(async (file) => ({ ...(await analyze(file)), ...(await stat(file)) })));
      expect(small?.analysis).toEqual(plain?.analysis);
      expect(small?.size).toBeLessThan((plain?.size ?? 0) / 5);
    });
  });

  it('there is nothing to compress without --out', async () => {
    const { code, stderr } = await startProgram(['run', 'baseline', '--compress']).ended;
    expect([code, stderr]).toEqual([104, expect.stringContaining('--compress needs --out DIR')]);
  });

  it('writes the same reports to the byte for the same seed in virtual time', { timeout: RUN_MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const reports = async (out: string) => {
        await startProgram(['run', 'baseline', '--backend', 'simulated', '--seed', '3', '--quiet', '--out', join(folder, out)]).ended;
        const own = join(folder, out, 'baseline');
        return Promise.all(['junit.xml', 'report.html', 'summary.json', 'summary.md'].map((name) => readFile(join(own, name), 'utf8')));
      };
      expect(await reports('one')).toEqual(await reports('other'));
    });
  });

  it.each(['SIGKILL', 'SIGINT'] as const)(
    'judges what is there after %s, and does not pass it',
    { timeout: RUN_MS_MAX },
    async (signal) => {
      await withFolder(async (folder) => {
        const run = runBaseline(folder, '--duration', '60s', '--details');
        const file = join(folder, 'baseline', 'history.ndjson');
        await run.says('  fault');
        const isLoaded = async () => /"phase":"fault".*\n.*"line":"ended"/s.test(await readFile(file, 'utf8'));
        await vi.waitUntil(isLoaded, { timeout: LOADED_MS_MAX, interval: 50 });
        run.child.kill(signal);
        await run.ended;
        // Whoever was killed reported nothing; whoever was stopped reports what there is, as an error.
        const junit = await readFile(join(folder, 'baseline', 'junit.xml'), 'utf8').catch(() => undefined);
        expect(junit?.includes('<error type="aborted"')).toBe(signal === 'SIGINT' ? true : undefined);
        const { code, analysis: found } = await analyze(file);
        expect([code, found.verdict]).toEqual([2, 'unknown']);
        expect(found.checks).toContainEqual({
          check: 'history',
          verdict: 'unknown',
          reason: 'the run did not reach its end',
          anomalies: 0,
        });
        expect(found.checks).toContainEqual({ check: 'divergence', verdict: 'unknown', reason: 'no key was written', anomalies: 0 });
        expect(found.checks.find(({ check }) => check === 'phantom-version')?.verdict).toBe('pass');
      });
    },
  );

  it('says in plain lines that the last line is half written', { timeout: RUN_MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'history.ndjson');
      const head = { line: 'head', historyVersion: 1, tool: 'edgesync-lab', version: '1', backend: 'embedded', seed: 1, scenario: 'x' };
      const rest = { regions: ['us-east'], staleness: 'adjusted', checks: ['divergence'], startedAt: '2026-01-01T00:00:00.000Z' };
      await writeFile(file, `${JSON.stringify({ ...head, ...rest })}\n{"line":"sta`);
      const { code, stdout, stderr } = await startProgram(['analyze', file]).ended;
      expect(stderr).toBe(`${file}: the last line is incomplete and was left out\n`);
      expect([code, stdout.split('  ')[0]]).toEqual([2, 'UNKNOWN']);
    });
  });

  it('names --details where it shows some of the anomalies, and not where it has been given', { timeout: RUN_MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const failing = ['stale-set-race', '--backend', 'simulated', '--seed', '7', '--mutant', 'unfenced-fill'];
      await startProgram(['run', ...failing, '--out', join(folder, 'out')]).ended;
      const history = join(folder, 'out', 'stale-set-race', 'history.ndjson');
      const [some, all] = await Promise.all([
        startProgram(['analyze', history]).ended,
        startProgram(['analyze', history, '--details']).ended,
      ]);
      expect(some.stdout).toContain('3 of 55 anomalies shown; --details prints all of them');
      expect(all.stdout).toContain('3 of 55 anomalies shown; all of them are below');
      expect(all.stdout.split('\n').filter((line) => line.startsWith('purge-ignored '))).toHaveLength(55);
    });
  });

  it('reads a pipe', { timeout: RUN_MS_MAX }, async () => {
    await withFolder(async (folder) => {
      await startProgram(['run', 'baseline', '--backend', 'simulated', '--seed', '3', '--quiet', '--out', folder, '--compress']).ended;
      const file = join(folder, 'baseline', 'history.ndjson.zst');
      const words = [process.execPath, BIN, 'analyze', '/dev/stdin'].map((word) => `'${word}'`).join(' ');
      const { stdout } = await promisify(execFile)('sh', ['-c', `cat '${file}' | ${words}`]);
      expect(stdout).toMatch(/^PASS {2}/);
    });
  });

  it('hears a signal while it judges, and writes nothing then', { timeout: RUN_MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'history.ndjson');
      await writeFile(file, manyReads(READS_MANY));
      const running = startProgram(['analyze', file, '--out', join(folder, 'out')]);
      await running.says('judging 300,001 operations');
      running.child.kill('SIGINT');
      const { code, stdout, stderr } = await running.ended;
      expect([code, stdout, stderr]).toEqual([105, '', expect.stringContaining('SIGINT: stopping everything')]);
      await expect(readdir(join(folder, 'out'))).rejects.toThrow('ENOENT');
    });
  });

  it('is 104 for what is no history, naming file and line', { timeout: RUN_MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'history.ndjson');
      await writeFile(file, 'hello\n');
      const { code, stdout, stderr } = await startProgram(['analyze', file]).ended;
      expect([code, stdout, stderr]).toEqual([104, '', `${file}:1: expected a line of JSON\n`]);
    });
  });
});

describe('--out', () => {
  it('is 104 for a folder with something in it, which stays as it was', { timeout: RUN_MS_MAX }, async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'mine'), 'mine');
      const { code, stdout, stderr } = await runBaseline(folder).ended;
      expect([code, stdout]).toEqual([104, '']);
      expect(stderr).toBe(`--out ${folder}: expected an empty folder, got one with 1 entry; name another folder\n`);
      expect(await readdir(folder)).toEqual(['mine']);
    });
  });
});
