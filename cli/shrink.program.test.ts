/**
 * From a run that fails to the smallest scenario that fails the same way, by what the commands leave for each other.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProgram } from './testing/process.ts';

const MUTANT = 'sleep-serially';
const MS_MAX = 120_000;

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-shrink-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const run = (...words: readonly string[]) => startProgram(words).ended;

/** The history of a failing run in virtual time, its lines changed. */
async function failingHistory(folder: string, change: (head: Record<string, unknown>) => unknown = (head) => head): Promise<string> {
  const words = ['--backend', 'simulated', '--seed', '3', '--duration', '3s', '--mutant', MUTANT, '--out', join(folder, 'out')];
  expect((await run('run', 'baseline', ...words)).code).toBe(1);
  const [head = '', ...rest] = (await readFile(join(folder, 'out', 'baseline', 'history.ndjson'), 'utf8')).split('\n');
  const file = join(folder, 'history.ndjson');
  await writeFile(file, [JSON.stringify(change(JSON.parse(head))), ...rest].join('\n'));
  return file;
}

const HEAD = {
  line: 'head',
  historyVersion: 1,
  tool: 'edgesync-lab',
  version: '1.2.3',
  backend: 'simulated',
  seed: 1,
  scenario: 'mine',
  regions: ['us-east', 'eu-west'],
  staleness: 'adjusted',
  checks: ['divergence'],
  startedAt: '2026-01-01T00:00:00.000Z',
  written: {
    version: 1,
    title: 'mine',
    system: { regions: { 'eu-west': { delay: '1s' } } },
    workload: { duration: '2s', reads: '9/s', writes: '1/s', keys: 2 },
  },
};

const RESET = [{ at: '1s', fault: 'reset', target: 'origin->kafka' }];

/** Deleted content goes on being served, whatever chance has it. */
const DELETED = {
  mutant: 'delete-as-stale',
  written: {
    version: 1,
    title: 'deletions',
    workload: { duration: '4s', reads: '60/s', writes: '6/s', keys: 3, deletes: '40%' },
    settle: '1s',
    checks: ['resurrection'],
  },
};

/** The command that `shrink` says shows it again. */
function againOf(stdout: string): readonly string[] {
  return /^again: npx edgesync-lab (.*)$/m.exec(stdout)?.[1]?.split(' ') ?? [];
}

describe.concurrent('shrink', () => {
  it('takes the history that sim leaves of its first failing seed', { timeout: MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const out = join(folder, 'out');
      const sim = await run('sim', '--seeds', '1..50', '--mutant', MUTANT, '--jobs', '2', '--out', out);
      const [seed = ''] = await readdir(out);
      expect([sim.code, await readdir(join(out, seed))]).toEqual([
        1,
        ['history.ndjson', 'junit.xml', 'report.html', 'summary.json', 'summary.md'],
      ]);
      expect(sim.stdout).toContain(`again: npx edgesync-lab sim --seeds ${seed.slice('seed-'.length)} --mutant ${MUTANT}`);
      expect(await readFile(join(out, seed, 'summary.json'), 'utf8')).toContain(`sim --seeds ${seed.slice('seed-'.length)} --mutant`);
      const history = join(out, seed, 'history.ndjson');
      expect((await run('analyze', history)).code).toBe(1);
      const file = join(folder, 'shrunk.yaml');
      const shrunk = await run('shrink', history, '--no-embedded', '--out', file);
      expect([shrunk.code, againOf(shrunk.stdout)]).toEqual([1, ['run', file, '--backend', 'simulated', '--mutant', MUTANT]]);
      expect((await run(...againOf(shrunk.stdout), '--quiet')).code).toBe(1);
    });
  });

  it('takes the history of a run in virtual time', { timeout: MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'shrunk.yaml');
      const shrunk = await run('shrink', await failingHistory(folder), '--no-embedded', '--out', file);
      expect(shrunk.stdout).toMatch(/0 faults, 1 s, \d+ keys?/);
      const again = await run(...againOf(shrunk.stdout));
      const anomaly = shrunk.stdout.split('\n')[0] ?? '';
      expect([again.code, again.stdout.includes(anomaly)]).toEqual([1, true]);
    });
  });

  it('tries the scenario of a real world in virtual time, and takes what shows the same', { timeout: MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const history = await failingHistory(folder, (head) => ({ ...head, backend: 'embedded' }));
      const { code, stdout } = await run('shrink', history, '--no-embedded', '--out', join(folder, 'shrunk.yaml'));
      expect(stdout).toMatch(/^again: /m);
      expect(code).toBe(1);
    });
  });

  it('says when virtual time does not show what a real world did', { timeout: MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const history = await failingHistory(folder, ({ mutant: _, ...head }) => ({ ...head, backend: 'embedded' }));
      const { code, stdout } = await run('shrink', history, '--no-embedded');
      expect(stdout).toMatch(/in virtual time 20 seeds of its scenario did not show [a-z-]+/);
      expect(code).toBe(2);
    });
  });

  it.each([
    ['of before the scenario was kept', { written: undefined }, ':1: written: expected the scenario of the run'],
    ['with a scenario that is none', { written: { version: 1 } }, ':1: title: missing, expected a string'],
    [
      'with a fault that virtual time does not have',
      { written: { ...HEAD.written, method: RESET } },
      ':1: method.0.fault: reset needs a world of',
    ],
    ['with a mutant that there is not', { mutant: 'sleep-serialy' }, 'did you mean sleep-serially'],
    ['with regions that its scenario does not have', { regions: ['us-east'] }, 'system.regions.eu-west'],
  ])('refuses a history %s with 104', { timeout: MS_MAX }, async (_what, change, said) => {
    await withFolder(async (folder) => {
      const history = join(folder, 'history.ndjson');
      await writeFile(history, `${JSON.stringify({ ...HEAD, ...change })}\n`);
      const { code, stderr } = await run('shrink', history, '--no-embedded');
      expect(stderr).toContain(said);
      expect(code).toBe(104);
    });
  });

  it('says that the embedded world shows it, too', { timeout: MS_MAX }, async () => {
    await withFolder(async (folder) => {
      const history = join(folder, 'history.ndjson');
      await writeFile(history, `${JSON.stringify({ ...HEAD, regions: ['us-east', 'eu-west', 'ap-south'], ...DELETED })}\n`);
      const { code, stdout } = await run('shrink', history, '--out', join(folder, 'shrunk.yaml'));
      expect(stdout).toMatch(/^resurrection /m);
      expect(stdout).toContain('embedded: shows resurrection, too');
      expect(code).toBe(1);
    });
  });

  it('refuses to write over a file before it begins', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'mine.yaml');
      await writeFile(file, 'mine');
      const { code, stderr } = await run('shrink', '1', '--mutant', MUTANT, '--out', file);
      expect([code, stderr]).toEqual([104, `${file}: expected no such file yet, got one; name another with --out\n`]);
      expect(await readFile(file, 'utf8')).toBe('mine');
    });
  });
});

describe.concurrent('sim --out', () => {
  it.each(['--mutants', '--check-determinism'])('is refused with %s', async (other) => {
    await withFolder(async (folder) => {
      const { code, stderr } = await run('sim', '--seeds', '1', other, '--out', join(folder, 'out'));
      expect(stderr).toContain('--out: cannot be combined with');
      expect(code).toBe(104);
    });
  });

  it('leaves the history of a single seed though it passes', async () => {
    await withFolder(async (folder) => {
      expect((await run('sim', '--seeds', '1', '--jobs', '1', '--out', join(folder, 'out'))).code).toBe(0);
      expect(await readdir(join(folder, 'out'))).toEqual(['seed-1']);
    });
  });
});
