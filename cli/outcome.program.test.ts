/** How a run ends: its exit code for each way, and what it says then. In virtual time where it can be. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LabEvent } from '../lab/report/events.ts';
import { childrenOf } from '../lab/testing/children.ts';
import { METRIC_NAMES } from '../lab/thresholds/metrics.ts';
import { startProgram, untilGone } from './testing/process.ts';

const HEAD = 'version: 1\ntitle: t\n';
const LOAD = 'workload: { duration: 3s, reads: 40/s, writes: 4/s, keys: 5 }\n';
const CUT = "method:\n  - { at: 500ms, fault: partition, target: 'edge:one<->kafka', for: 1s }\n";

const LONG = `${HEAD}${LOAD.replace('3s', '60s')}method:\n  - { at: 500ms, fault: partition, target: 'edge:eu-west<->kafka' }\n`;

/** By the names of their files. */
const SCENARIOS = {
  held: `${HEAD}${LOAD}${CUT}thresholds: { 'edge_reads{phase:fault}': [count==120], edge_error_ratio: [rate<0.01] }\n`,
  crossed: `${HEAD}${LOAD}thresholds: { edge_reads: [count<10] }\n`,
  unmeasured: `${HEAD}${LOAD}thresholds: { 'origin_write_duration{phase:heal}': [max<1000] }\n`,
  // Too few for the time there is.
  unread: `${HEAD}${LOAD.replace('reads: 40/s', 'reads: 0.1/s')}`,
  unwritten: `${HEAD}${LOAD.replace('writes: 4/s', 'writes: 0.1/s')}`,
  aborted: `${HEAD}${LOAD.replace('3s', '30s')}${CUT}thresholds:\n  edge_read_duration: [{ threshold: max<0, abortOnFail: true, delayAbortEval: 4s }]\n`,
  unsteady: `${HEAD}${LOAD}steady-state-hypothesis: { title: impossible, probes: [{ p99: '< 0.001' }] }\n${CUT}`,
  steady: `${HEAD}${LOAD}steady-state-hypothesis: { title: possible, probes: [{ converged: true }, { error-ratio: '< 0.01' }] }\n${CUT}`,
  overdrawn: `${HEAD}${LOAD.replace('keys: 5', 'keys: 5, creates: 60%, deletes: 60%')}`,
  wrong: `${HEAD}${LOAD}thresholds: { edge_raeds: [count<10] }\n`,
  long: LONG,
  longcrossed: `${LONG}thresholds: { edge_reads: [count<1] }\n`,
} as const;
/** To give up on a heal takes 15 s, to insist that the services end 8. */
const HEAL_MS_MAX = 90_000;
type Name = keyof typeof SCENARIOS;

let folder = '';
let events: z.ZodType = z.never();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
  for (const [name, text] of Object.entries(SCENARIOS)) await writeFile(join(folder, `${name}.yaml`), text);
  events = z.fromJSONSchema(JSON.parse((await startProgram(['schema', 'events']).ended).stdout));
});
afterAll(() => rm(folder, { recursive: true }));

const files = (names: readonly Name[]) => names.map((name) => join(folder, `${name}.yaml`));

/** Every line is what `schema events` says. */
function eventsOf(stdout: string): LabEvent[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => events.parse(JSON.parse(line)) as LabEvent);
}

async function run(names: readonly Name[], ...words: readonly string[]) {
  const { code, stdout, stderr } = await startProgram(['run', ...files(names), '--backend', 'simulated', '--seed', '1', '--json', ...words])
    .ended;
  const all = eventsOf(stdout);
  const summaries = all.flatMap((event) => (event.type === 'Summary' ? [event] : []));
  return { code, events: all, stderr, summaries, summary: summaries[0] };
}

describe.concurrent('a run', () => {
  it('whose thresholds and hypothesis hold ends with 0 and says what was measured', async () => {
    const { code, summaries, events: all } = await run(['held', 'steady']);
    expect(summaries[0]).toMatchObject({
      verdict: 'pass',
      exitCode: 0,
      thresholds: [
        { metric: 'edge_reads{phase:fault}', threshold: 'count==120', ok: true, value: 120, samples: 120 },
        { metric: 'edge_error_ratio', ok: true, value: 0 },
      ],
    });
    expect(summaries[1]?.checks).toContainEqual({
      check: 'steady-state',
      verdict: 'pass',
      reason: 'possible: before the faults and after the heal',
      anomalies: 0,
    });
    expect(code).toBe(0);
    expect(all.filter(({ type }) => type === 'Metric').length).toBe(2 * METRIC_NAMES.length);
    expect(all.some((event) => event.type === 'Point' && event.metric === 'origin_fetches')).toBe(true);
  });

  it('with a known bug ends with 1, also where it reaches no steady state', async () => {
    const { code, summary } = await run(['held'], '--mutant', 'torn-entry');
    expect(summary).toMatchObject({ verdict: 'fail', exitCode: 1 });
    expect(code).toBe(1);
  });

  it.each([
    ['a threshold without samples', 'unmeasured', 'thresholds', /^there are no samples of origin_write_duration\{phase:heal\} max<1000$/],
    ['no reads', 'unread', 'load', /^the load sent no read/],
    ['no writes', 'unwritten', 'load', /^the load sent no write/],
    ['no steady state', 'unsteady', 'steady-state', /^impossible: p99 is .*, not < 0\.001 10000 ms after warm-up.*nothing was broken$/],
  ] as const)('with %s ends with 2 and the reason', async (_what, name, check, reason) => {
    const { code, summary, events: all } = await run([name]);
    expect(summary).toMatchObject({ verdict: 'unknown', exitCode: 2 });
    expect(summary?.checks.find((found) => found.check === check)).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringMatching(reason),
    });
    expect(all.some(({ type }) => type === 'Fault')).toBe(false);
    expect(code).toBe(2);
  });

  it('that crosses a threshold ends with 99, its checks having passed', async () => {
    const { code, summary } = await run(['crossed']);
    expect(summary).toMatchObject({ status: 'completed', verdict: 'fail', exitCode: 99 });
    expect(summary?.thresholds).toMatchObject([{ metric: 'edge_reads', threshold: 'count<10', ok: false }]);
    expect(summary?.checks.every(({ verdict }) => verdict === 'pass')).toBe(true);
    expect(code).toBe(99);
  });

  it('ends its load early where a threshold says so, heals, reads everything, and ends with 99', async () => {
    const { code, summary, events: all } = await run(['aborted']);
    const phases = new Map(all.flatMap((event) => (event.type === 'Phase' ? [[event.phase, event.t]] : [])));
    const loadMs = (phases.get('heal') ?? 0) - (phases.get('fault') ?? 0);
    expect(loadMs).toBeGreaterThanOrEqual(4_000);
    expect(loadMs).toBeLessThan(8_000);
    expect(phases.has('final')).toBe(true);
    expect(summary).toMatchObject({ status: 'completed', exitCode: 99, heal: { clean: true } });
    expect(summary?.checks.find(({ check }) => check === 'load')).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringMatching(/^the load ended after 4/),
    });
    expect(code).toBe(99);
  });

  it.each([
    [['crossed', 'unmeasured'], [99, 2], 99],
    [['crossed', 'wrong', 'held'], [99, 104, 0], 104],
    [['held', 'unmeasured'], [0, 2], 2],
  ] as const)('of several ends with the worst: %j', async (names, codes, worst) => {
    const { code, summaries, stderr } = await run(names);
    expect(summaries.map(({ exitCode }) => exitCode)).toEqual(codes);
    expect(code).toBe(worst);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it(
    'that cannot heal ends with 111, lists what is left, and leaves no process',
    async () => {
      const program = startProgram(['run', ...files(['long']), '--ports', 'auto', '--json', '--seed', '1']);
      await program.says('"event":"injected"');
      const hosts = await childrenOf(program.child.pid);
      // The services stand still: nothing that is asked of them is done.
      for (const host of hosts) process.kill(host, 'SIGSTOP');
      program.child.kill('SIGINT');
      const { code, stdout } = await program.ended;
      expect(eventsOf(stdout).at(-1)).toMatchObject({
        type: 'Summary',
        status: 'aborted',
        exitCode: 111,
        heal: { clean: false, left: [expect.stringContaining('eu-west')] },
      });
      expect(code).toBe(111);
      await untilGone(hosts);
    },
    HEAL_MS_MAX,
  );

  it(
    'stopped by a signal heals and judges what it has: 99 goes before 105',
    async () => {
      const program = startProgram(['run', ...files(['longcrossed']), '--ports', 'auto', '--json', '--seed', '1']);
      await program.says('"event":"injected"');
      program.child.kill('SIGINT');
      const { code, stdout } = await program.ended;
      const summary = eventsOf(stdout).at(-1);
      const [crossed] = summary?.type === 'Summary' ? summary.thresholds : [];
      expect(crossed).toMatchObject({ metric: 'edge_reads', ok: false });
      // Where the machine stood still, nothing is crossed for certain: that is said, and the signal is what is left.
      expect(crossed?.doubt ?? 'the machine stood still').toContain('the machine stood still');
      const exitCode = crossed?.doubt === undefined ? 99 : 105;
      expect(summary).toMatchObject({ status: 'aborted', exitCode, heal: { clean: true } });
      expect(summary).toMatchObject({
        checks: expect.arrayContaining([expect.objectContaining({ check: 'history', verdict: 'unknown' })]),
      });
      expect(code).toBe(exitCode);
    },
    HEAL_MS_MAX,
  );

  it('is judged the same again from its history', async () => {
    const out = join(folder, 'out');
    const { summaries } = await run(['crossed', 'unmeasured', 'aborted'], '--out', out);
    for (const [at, name] of (['crossed', 'unmeasured', 'aborted'] as const).entries()) {
      const { code, stdout } = await startProgram(['analyze', join(out, name, 'history.ndjson'), '--json']).ended;
      const { checks, thresholds, verdict, exitCode } = summaries[at] ?? {};
      expect(JSON.parse(stdout)).toMatchObject({ checks, thresholds, verdict });
      expect(code).toBe(exitCode);
    }
  });
});

describe.concurrent('run --dry-run', () => {
  it('tells what the run then does, from the seed, and starts nothing', async () => {
    const planned = await run(['held'], '--dry-run', '--out', join(folder, 'never'));
    expect(planned.code).toBe(0);
    expect(planned.events.map(({ type }) => type)).toEqual(['Start', 'Plan']);
    const plan = planned.events.find((event) => event.type === 'Plan');
    const { events: all, summary } = await run(['held']);
    const injected = all.flatMap((event) => (event.type === 'Fault' && event.event === 'injected' ? [event.target] : []));
    expect(plan?.faults).toEqual([{ atMs: 500, fault: 'partition', target: injected[0], parameters: {}, lasts: true, healMs: 1_500 }]);
    expect(plan?.load).toMatchObject({ reads: 120, updates: 12 });
    expect(plan?.checks).toEqual(summary?.checks.map(({ check }) => check));
    const { stdout } = await startProgram(['run', ...files(['held']), '--dry-run', '--seed', '1']).ended;
    expect(stdout).toContain(`at 0.5 s  partition ${injected[0]}, healed at 1.5 s`);
    expect(stdout).toMatch(/^threshold {2}edge_error_ratio rate<0\.01$/m);
  });

  it('ends with 104, as the run and its validation do, when the shares of the writes are above 100 % in all', async () => {
    for (const words of [
      ['run', ...files(['overdrawn']), '--backend', 'simulated'],
      ['run', ...files(['overdrawn']), '--dry-run'],
      ['validate', ...files(['overdrawn'])],
    ]) {
      const { code, stdout, stderr } = await startProgram(words).ended;
      expect(`${stdout}${stderr}`).toMatch(
        /overdrawn\.yaml:3: workload: expected creates, deletes and purges to be at most 100 % .*got 120 %/,
      );
      expect(code).toBe(104);
    }
  });

  it('ends with 104 for a file that is wrong', async () => {
    const { code, summary } = await run(['wrong'], '--dry-run');
    expect(summary?.error).toMatch(/wrong\.yaml:4: thresholds\.edge_raeds: expected a metric .*did you mean edge_reads\?$/);
    expect(code).toBe(104);
  });
});

describe.concurrent('a file made to hurt', () => {
  it.each([
    ['10 MB', 'x'.repeat(10 * 1024 * 1024)],
    ['an alias bomb', `${HEAD}a: &a [x, x]\nb: &b [${'*a, '.repeat(90)}]\nc: [${'*b, '.repeat(90)}]\n`],
    ['lists in lists', '['.repeat(200_000)],
    ['NUL bytes', '\0'.repeat(1_000)],
    ['half a file', SCENARIOS.held.slice(0, 60)],
  ])('of %s is refused by the command with 104, in a few lines', async (what, text) => {
    const file = join(folder, `${what}.yaml`);
    await writeFile(file, text);
    for (const words of [
      ['validate', file],
      ['run', file, '--dry-run'],
    ]) {
      const { code, stdout, stderr } = await startProgram(words).ended;
      expect(code).toBe(104);
      expect(`${stdout}${stderr}`).not.toMatch(/^\s+at /m);
      expect(`${stdout}${stderr}`.length).toBeLessThan(5_000);
    }
  });
});
