/** `run` from its words to its exit code, as far as its faults go: nothing is told after the Summary, which is true. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LabEvent, labEvent, type Summary } from '../../lab/report/events.ts';
import { childrenOf } from '../../lab/testing/children.ts';
import { type Ended, type Running, startProgram } from '../testing/process.ts';

const LONG_MS = 120_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-run-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(method: readonly string[], ...words: readonly string[]): Promise<Running> {
  const file = join(await mkdtemp(join(folder, 'one-')), 'scenario.yaml');
  const load = 'workload: { duration: 8s, reads: 20/s, writes: 2/s, keys: 5 }';
  await writeFile(file, ['version: 1', 'title: Faults', load, 'method:', ...method.map((step) => `  - { ${step} }`), ''].join('\n'));
  return startProgram(['run', file, '--json', '--ports', 'auto', ...words]);
}

interface Told {
  readonly events: readonly LabEvent[];
  readonly summary: Summary;
  /** `injected kill edge:us-east`. */
  readonly faults: readonly string[];
}

/** The Summary is the last thing said, and its exit code the program's. */
function toldBy({ code, stdout }: Ended): Told {
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => labEvent.parse(JSON.parse(line)));
  const summary = events.at(-1);
  if (summary?.type !== 'Summary') throw new Error(`expected a Summary at the end, got ${JSON.stringify(summary)}`);
  expect(code).toBe(summary.exitCode);
  const faults = events.flatMap((event) => (event.type === 'Fault' ? [`${event.event} ${event.fault} ${event.target}`] : []));
  return { events, summary, faults };
}

function expectHealed({ summary, faults }: Told): void {
  expect(summary.heal).toEqual({ clean: true, left: [] });
  const injected = faults.filter((line) => line.startsWith('injected')).map((line) => line.replace('injected', 'healed'));
  expect(faults.filter((line) => line.startsWith('healed')).sort()).toEqual(injected.sort());
}

const DRAWN = [
  'at: 1s, fault: kill, target: edge:us-east',
  'at: 2s, fault: pause, target: edge:one',
  'at: 2300ms, fault: partition, target: edge:eu-west<->kafka',
];

describe.concurrent('faults of a run', () => {
  it('that are drawn go where no other is', async () => {
    for (const seed of ['1', '2', '3', '4']) {
      const told = toldBy(await (await run(DRAWN, '--backend', 'simulated', '--seed', seed)).ended);
      expect(told.summary).toMatchObject({ status: 'completed', verdict: 'pass', exitCode: 0 });
      expect(told.faults.filter((line) => line.startsWith('injected'))).toHaveLength(3);
      expectHealed(told);
    }
  });

  it('are all healed before its Summary, in the embedded world too', { timeout: LONG_MS }, async () => {
    const told = toldBy(await (await run(DRAWN, '--seed', '2')).ended);
    expect(told.summary.status).toBe('completed');
    expectHealed(told);
  });

  it('that is stopped are healed, those on their way too, and it ends with 105', { timeout: LONG_MS }, async () => {
    const method = ['redis:us-east', 'edge:eu-west', 'origin', 'edge:ap-south'].map(
      (node, at) => `at: ${at}s, fault: pause, target: '${node}'`,
    );
    const running = await run(method);
    await running.says('"event":"injected"');
    running.child.kill('SIGINT');
    const told = toldBy(await running.ended);
    expect(told.summary).toMatchObject({ status: 'aborted', exitCode: 105 });
    expectHealed(told);
  });

  it('whose world is lost under them end with it: 107, and nothing more is injected', { timeout: LONG_MS }, async () => {
    const running = await run(['at: 0s, fault: pause, target: origin', 'at: 3s, fault: kill, target: redis:us-east']);
    await running.says('"event":"injected"');
    const [services] = await childrenOf(running.child.pid ?? 0);
    process.kill(services ?? 0, 'SIGKILL');
    const told = toldBy(await running.ended);
    expect(told.summary).toMatchObject({ status: 'failed', exitCode: 107 });
    expect(told.faults.filter((line) => line.includes('redis'))).toEqual([]);
  });

  it.each([['embedded'], ['simulated']])('that exclude each other are refused by line before anything starts: %s', async (backend) => {
    const method = [
      'at: 1s, fault: pause, target: origin',
      'at: 2s, fault: partition, target: origin<->kafka',
      'at: 3s, fault: kill, target: origin',
    ];
    const ended = await (await run(method, '--backend', backend)).ended;
    const told = toldBy(ended);
    expect(told.events.map(({ type }) => type)).toEqual(['Start', 'Summary']);
    expect(told.summary).toMatchObject({ status: 'failed', exitCode: 104 });
    expect(ended.stderr).toContain(
      'scenario.yaml:7: method.2.target: pause origin is still in force at 3000 ms: that fault lasts until everything is healed',
    );
  });
});
