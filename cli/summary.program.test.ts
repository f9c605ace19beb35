/** What `run --out` leaves of all its scenarios together. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOMParser, onErrorStopParsing } from '@xmldom/xmldom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram } from './testing/process.ts';

const RUN_MS_MAX = 120_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-all-'));
  const load = 'workload: { duration: 4s, reads: 20/s, writes: 2/s, keys: 5 }';
  await writeFile(join(folder, 'short.yaml'), `version: 1\ntitle: Short\n${load}\n`);
  await writeFile(join(folder, 'wrong.yaml'), `version: 1\ntitle: Wrong\n${load}\nfaluts: []\n`);
  await writeFile(join(folder, 'late.yaml'), `version: 1\ntitle: Late\n${load}\n`);
  await writeFile(join(folder, 'long.yaml'), `version: 1\ntitle: Long\n${load.replace('4s', '60s')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const scenario = (name: string) => join(folder, `${name}.yaml`);

interface Left {
  readonly names: readonly string[];
  readonly markdown: string;
  /** Of each suite, its name and how many cases are failures and errors. */
  readonly suites: readonly (readonly (string | null)[])[];
}

async function leftIn(out: string): Promise<Left> {
  const [names, markdown, junit] = await Promise.all([
    readdir(out),
    readFile(join(out, 'summary.md'), 'utf8'),
    readFile(join(out, 'junit.xml'), 'utf8'),
  ]);
  const document = new DOMParser({ onError: onErrorStopParsing }).parseFromString(junit, 'application/xml');
  const suites = Array.from(document.getElementsByTagName('testsuite'), (suite) =>
    ['name', 'failures', 'errors'].map((name) => suite.getAttribute(name)),
  );
  return { names: names.sort(), markdown, suites };
}

describe.concurrent('of all scenarios of a run', () => {
  it('one junit.xml and one summary.md tell, also of those that were refused', { timeout: RUN_MS_MAX }, async () => {
    const out = join(folder, 'refused');
    const words = ['run', scenario('short'), scenario('wrong'), scenario('late'), '--backend', 'simulated', '--seed', '1', '--quiet'];
    const { code } = await startProgram([...words, '--out', out]).ended;
    const { names, markdown, suites } = await leftIn(out);
    expect([code, names]).toEqual([104, ['junit.xml', 'late', 'short', 'summary.md']]);
    expect(suites).toEqual([
      ['short', '0', '0'],
      [scenario('wrong'), '0', '1'],
      ['late', '0', '0'],
    ]);
    expect(markdown).toMatch(/^# ❔ 2 of 3 scenarios passed\n/);
    expect(markdown.match(/^\| short \| ✅ Pass .*$/m)).not.toBeNull();
    expect(markdown).toContain('## ❔ Refused: ');
    expect(markdown).toContain('faluts');
  });

  it('they name what a signal kept from beginning', { timeout: RUN_MS_MAX }, async () => {
    const out = join(folder, 'stopped');
    const words = ['run', scenario('short'), scenario('long'), scenario('late'), '--ports', 'auto', '--backend', 'embedded', '--json'];
    const run = startProgram([...words, '--out', out]);
    await run.says('"title":"Long"');
    await run.says('"phase":"fault"');
    run.child.kill('SIGINT');
    const { code } = await run.ended;
    const { markdown, suites } = await leftIn(out);
    expect(suites.map(([name]) => name)).toEqual(['short', 'long', scenario('late')]);
    expect(suites.at(-1)).toEqual([scenario('late'), '0', '1']);
    expect(markdown).toContain('The command was stopped before these scenarios began: ');
    expect(markdown).toContain('| long | ❔ Stopped ');
    expect([1, 2, 105]).toContain(code);
  });

  it('of a single one summary.md is the same as its own, to the byte for the same seed', { timeout: RUN_MS_MAX }, async () => {
    const texts = ['one', 'other'].map(async (name) => {
      const out = join(folder, name);
      await startProgram(['run', scenario('short'), '--backend', 'simulated', '--seed', '1', '--quiet', '--out', out]).ended;
      return Promise.all([join(out, 'summary.md'), join(out, 'short', 'summary.md')].map((file) => readFile(file, 'utf8')));
    });
    const [one = [], other] = await Promise.all(texts);
    expect(one).toEqual(other);
    expect(one[0]).toBe(one[1]);
  });
});
