/** `compare`: what it takes, how it ends, what it says to a program. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startProgram } from '../testing/process.ts';

const RUN_MS_MAX = 120_000;

let folder = '';
const at = (...path: readonly string[]) => join(folder, ...path);
const compare = (...words: readonly string[]) => startProgram(['compare', ...words]).ended;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-compare-'));
  const scenarios = ['stale-set-race', 'baseline'];
  const run = (out: string, ...words: readonly string[]) =>
    startProgram(['run', ...scenarios, '--backend', 'simulated', '--seed', '3', '--quiet', '--out', at(out), ...words]).ended;
  await Promise.all([run('sound', '--compress'), run('broken', '--mutant', 'unfenced-fill')]);
  await writeFile(at('other.json'), '{"type":"Summary","schemaVersion":7}');
  await writeFile(at('text.json'), 'no JSON');
  await writeFile(at('text.txt'), 'no history');
}, RUN_MS_MAX);
afterAll(() => rm(folder, { recursive: true }));

const comparison = z.object({
  exitCode: z.int(),
  worse: z.int(),
  scenarios: z.array(z.object({ scenario: z.string(), worse: z.int(), quantiles: z.array(z.object({ figure: z.string() })) })),
});

describe.concurrent('compare', () => {
  it('ends with 0 for a run and itself, and with 99 for one with a bug', { timeout: RUN_MS_MAX }, async () => {
    const [same, worse, better] = await Promise.all([
      compare(at('sound'), at('sound'), '--tolerance', '0'),
      compare(at('sound'), at('broken')),
      compare(at('broken'), at('sound'), '--tolerance', '100000'),
    ]);
    expect([same.code, worse.code, better.code]).toEqual([0, 99, 0]);
    expect(same.stdout).toMatch(/^NOT WORSE {2}/);
    expect(worse.stdout).toMatch(/^WORSE {2}/);
    expect(worse.stdout).toContain('stale-set-race: PASS -> FAIL !');
  });

  it('takes a folder, the folder of a scenario, a summary and a history alike', { timeout: RUN_MS_MAX }, async () => {
    const places = [
      at('sound', 'baseline'),
      at('sound', 'baseline', 'summary.json'),
      at('sound', 'baseline', 'history.ndjson.zst'),
      at('broken', 'baseline', 'history.ndjson'),
    ];
    const told = await Promise.all(places.map((place) => compare(place, at('sound', 'baseline', 'summary.json'), '--json')));
    const [ofFolder, ofSummary, ofHistory, ofOther] = told.map(({ stdout }) => comparison.parse(JSON.parse(stdout)).scenarios[0]);
    const figures = (of: typeof ofFolder) => new Set(of?.quantiles.map(({ figure }) => figure));
    expect(figures(ofFolder)).toContain('read duration');
    expect(figures(ofSummary)).not.toContain('read duration');
    expect(figures(ofHistory)).toEqual(figures(ofFolder));
    expect([ofFolder?.scenario, ofSummary?.scenario, ofHistory?.scenario, ofOther?.scenario]).toEqual(Array(4).fill('baseline'));
    expect(told.slice(0, 3).map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  it('tells a program one object, with the exit code in it', { timeout: RUN_MS_MAX }, async () => {
    const { code, stdout, stderr } = await compare(at('sound'), at('broken'), '--json');
    const told = comparison.parse(JSON.parse(stdout));
    expect([code, told.exitCode, stderr]).toEqual([99, 99, '']);
    expect(told.scenarios.map(({ scenario }) => scenario)).toEqual(['baseline', 'stale-set-race']);
    expect(told.worse).toBe(told.scenarios.reduce((sum, { worse }) => sum + worse, 0));
  });

  it.each([
    ['nowhere', /nowhere: expected a summary\.json, a history, or a folder of run --out, got ENOENT/],
    ['other.json', /other\.json: expected a summary\.json of this version, got /],
    ['text.json', /text\.json: expected a summary\.json, got no JSON/],
    ['text.txt', /text\.txt:1: expected /],
    ['.', /expected a folder of run --out, got one without a summary\.json in it/],
  ])('refuses %s with 104, and says what it takes', { timeout: RUN_MS_MAX }, async (name, says) => {
    const { code, stdout, stderr } = await compare(at('sound'), at(name));
    expect([code, stdout, stderr]).toEqual([104, '', expect.stringMatching(says)]);
  });

  it('refuses a tolerance that is no percentage', async () => {
    const { code, stderr } = await compare(at('sound'), at('sound'), '--tolerance', 'much');
    expect([code, stderr]).toEqual([104, expect.stringContaining('Expected a percentage')]);
  });
});
