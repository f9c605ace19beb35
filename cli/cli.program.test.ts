import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../lab/errors.ts';
import { type LabEvent, labEvent } from '../lab/report/events.ts';
import { alarmsOf, RAN_THROUGH } from '../lab/testing/alarms.ts';
import { childrenOf } from '../lab/testing/children.ts';
import { freePorts } from './testing/free-ports.ts';
import { startProgram, untilGone } from './testing/process.ts';

const SCENARIO = fileURLToPath(new URL('../lab/scenarios/baseline.yaml', import.meta.url));
const COMPOSE = fileURLToPath(new URL('../compose.yaml', import.meta.url));

const SHORT = ['run', 'baseline', '--duration', '1s', '--ports', 'auto'];

function eventsOf(stdout: string): LabEvent[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => labEvent.parse(JSON.parse(line)));
}

describe.concurrent('run', () => {
  it('prints NDJSON and nothing else with --json, every line valid, from Start to Summary, and raises no alarm', async () => {
    const { code, stdout } = await startProgram([...SHORT, '--json', '--seed', '7']).ended;
    const events = eventsOf(stdout);
    expect(RAN_THROUGH).toContain(code);
    expect(events[0]).toMatchObject({ type: 'Start', seed: 7, backend: 'embedded' });
    expect(events.at(-1)).toMatchObject({
      type: 'Summary',
      status: 'completed',
      verdict: code === EXIT.pass ? 'pass' : 'unknown',
      exitCode: code,
      reproduce: expect.stringContaining('--seed 7'),
    });
    expect(events.filter((event) => event.type === 'Phase').map((event) => event.phase)).toEqual([
      'warmup',
      'steady',
      'fault',
      'heal',
      'settle',
      'final',
    ]);
    const summary = events.at(-1);
    if (summary?.type !== 'Summary') throw new Error(`expected a Summary, got ${summary?.type}`);
    expect(alarmsOf(summary)).toEqual([]);
    expect(summary.operations.reads).toBeGreaterThan(150);
  });

  it('says with --details what happens in plain lines, then the verdict', async () => {
    const { code, stdout } = await startProgram([...SHORT, '--details'], { env: { HOT_MS: '40' } }).ended;
    expect(RAN_THROUGH).toContain(code);
    expect(stdout).toMatch(/edge ap-south listening/);
    expect(stdout).toMatch(code === EXIT.pass ? /^PASS /m : /^UNKNOWN /m);
    expect(stdout).toMatch(/^again: HOT_MS=40 npx edgesync-lab run baseline --seed \d+/m);
  });

  it('runs several scenarios, a block each', async () => {
    const { code, stdout } = await startProgram(['run', 'baseline', 'no-such-scenario', '--duration', '500ms', '--ports', 'auto', '--json'])
      .ended;
    const events = eventsOf(stdout);
    expect(events.filter((event) => event.type === 'Start')).toHaveLength(2);
    const [first, second] = events.filter((event) => event.type === 'Summary').map((event) => event.exitCode);
    expect(RAN_THROUGH).toContain(first);
    expect(second).toBe(EXIT.invalidInput);
    expect(code).toBe(104);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stopped by %s with a fault in force heals it, reports what it has, exits 105 and leaves no process',
    async (signal) => {
      const run = startProgram(['run', 'partition-kafka', '--ports', 'auto', '--json']);
      await run.says('"event":"injected"');
      const hosts = await childrenOf(run.child.pid);
      expect(hosts).toHaveLength(1);
      run.child.kill(signal);
      const { code, stdout } = await run.ended;
      const events = eventsOf(stdout);
      const faults = events.flatMap((event) => (event.type === 'Fault' ? [`${event.event}, ${event.effect}`] : []));
      expect(faults).toEqual(['injected, confirmed', 'healed, confirmed']);
      expect(events.at(-1)).toMatchObject({ type: 'Summary', status: 'aborted', exitCode: 105, heal: { clean: true, left: [] } });
      expect(code).toBe(105);
      await untilGone(hosts);
    },
  );

  it('stopped while the world starts leaves no process', async () => {
    const run = startProgram(['run', 'baseline', '--ports', 'auto', '--json']);
    await run.says('"Start"');
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(105);
  });

  it('ends quietly when the reader closes the pipe', async () => {
    const run = startProgram([...SHORT, '--json']);
    await run.says('"Start"');
    run.child.stdout?.destroy();
    const { stderr } = await run.ended;
    expect(stderr).toBe('');
  });

  it('is 107 with a sentence when its output cannot be written', async () => {
    const { code, stderr } = await startProgram([...SHORT, '--json'], { stdout: openSync('/dev/full', 'w') }).ended;
    expect(stderr).toContain('standard output cannot be written');
    expect(code).toBe(107);
  });

  it('is 107 when a port is busy, naming it, before anything starts', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { code, stdout } = await startProgram(['run', 'baseline', '--json'], { env: { ORIGIN_PORT: String(port) } }).ended;
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(107);
    const events = eventsOf(stdout);
    expect(events.at(-1)).toMatchObject({
      type: 'Summary',
      status: 'failed',
      error: expect.stringContaining(`port ${port} (origin) is busy`),
    });
    expect(events.some((event) => event.type === 'Step')).toBe(false);
  });

  it('names what holds the port, and the remedy, when another lab starts at the same moment', { timeout: 180_000 }, async () => {
    const env = await freePorts();
    const labs = [startProgram(['up'], { env }), startProgram(['up'], { env })];
    const first = await Promise.race(labs.map((lab) => lab.ended));
    for (const { child } of labs) child.kill('SIGINT');
    const codes = (await Promise.all(labs.map((lab) => lab.ended))).map(({ code }) => code);
    expect(codes.sort()).toEqual([105, 107]);
    expect(first.code).toBe(107);
    expect(`${first.stdout}${first.stderr}`).toMatch(/ports? .*\(origin\).* (is|are) busy, held by .+\(pid \d+\).*--ports auto/);
    expect(`${first.stdout}${first.stderr}`).not.toContain('EADDRINUSE');
  });

  it('is 104 when compose.yaml configures a service badly, each problem on a line of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
    const compose = join(folder, 'compose.yaml');
    const source = await readFile(COMPOSE, 'utf8');
    await writeFile(
      compose,
      source.replace('PROPAGATION_DELAY: "100"', 'PROPAGATION_DELAY: soon').replace('STRATEGY: eager', 'STRATEGY: maybe'),
    );
    for (const words of [['run', 'baseline'], ['up']]) {
      const { code, stdout, stderr } = await startProgram([...words, '--compose', compose, '--ports', 'auto']).ended;
      expect(code).toBe(104);
      expect(`${stdout}${stderr}`).toMatch(/^ +edge-us-east: PROPAGATION_DELAY: .*"soon"$/m);
      expect(`${stdout}${stderr}`).toMatch(/^ +edge-us-east: INVALIDATION_STRATEGY: .*"maybe"/m);
    }
    await rm(folder, { recursive: true });
  });

  it('leaves no process after kill -9', async () => {
    const run = startProgram(['run', 'baseline', '--ports', 'auto', '--json']);
    await run.says('"phase":"fault"');
    const hosts = await childrenOf(run.child.pid);
    run.child.kill('SIGKILL');
    await run.ended;
    await untilGone(hosts);
  });
});

describe.concurrent('the command line', () => {
  it.each([
    [['run']],
    [['run', 'baseline', '--seed', 'x']],
    [['run', 'baseline', '--seed', '-1']],
    [['run', 'baseline', '--duration', '5']],
    [['run', 'baseline', '--backend', 'mars']],
    [['run', 'baseline', '--nonsense']],
    [['run', 'constructor']],
    [['run', 'partition-kafka', '--duration', '0s']],
    [['run', 'baseline', '--compose', '/nowhere.yaml']],
    [['up', '--ports', 'some']],
    [['fly']],
    [['list', 'fish']],
    [['validate', COMPOSE]],
    [['validate', '/nowhere.yaml']],
    [['--nonsense']],
    // A word too many, of every command that does not take as many as there are.
    ...['up', 'status', 'down', 'heal', 'load', 'sim', 'doctor'].map((name): [string[]] => [[name, 'more']]),
    ...['trace', 'analyze', 'shrink', 'list', 'schema'].map((name): [string[]] => [
      [name, name === 'schema' ? 'scenario' : 'mutants', 'more'],
    ]),
  ])('refuses %j with 104 and says why', async (words) => {
    const { code, stdout, stderr } = await startProgram(words).ended;
    expect(code).toBe(104);
    expect(`${stdout}${stderr}`).not.toMatch(/^\s+at /m);
    expect(`${stdout}${stderr}`.length).toBeGreaterThan(10);
  });

  it.each([
    [['--help']],
    [['run', '--help']],
    [['up', '--help']],
    [['schema', '--help']],
    [['--version']],
    [['schema', 'events']],
    [['schema']],
    [['list']],
    [['list', 'faults']],
    [['list', 'checks', '--json']],
    [['list', 'metrics']],
    [['list', 'mutants']],
    [['list', 'mutants', '--json']],
    [['list', 'targets']],
    [['list', 'races', '--json']],
    [['schema', 'target']],
    [['validate', SCENARIO]],
  ])('answers %j with 0', async (words) => {
    const { code, stdout, stderr } = await startProgram(words).ended;
    expect(code).toBe(0);
    expect(stdout).not.toBe('');
    expect(stderr).toBe('');
  });

  it('up serves until Ctrl-C and leaves no process', async () => {
    const up = startProgram(['up', '--ports', 'auto']);
    await up.says('ready.');
    const hosts = await childrenOf(up.child.pid);
    up.child.kill('SIGINT');
    const { code, stdout } = await up.ended;
    expect(code).toBe(105);
    expect(stdout).toMatch(/us-east\s+http:\/\/127\.0\.0\.1:\d+\s+100 ms\s+eager/);
    await untilGone(hosts);
  });

  it('ends with 107, not with the code of a violation, for an error that nobody caught', async () => {
    const leftOver = `data:text/javascript,setTimeout(() => Promise.reject(new Error('left over')), 500)`;
    const { code, stderr } = await startProgram(['sim', '--seeds', '1..100000'], { execArgv: ['--import', leftOver] }).ended;
    expect(stderr).toContain('edgesync-lab failed: Error: left over');
    expect(code).toBe(107);
  });

  it('says in one sentence that Node is too old, with a command', async () => {
    const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`;
    const { code, stdout, stderr } = await startProgram(['run', 'baseline'], { execArgv: ['--import', pretend] }).ended;
    expect(code).toBe(107);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/needs Node 22\.19 or newer and this is 20\.20\.2.*: npx .*node@24.*bin\.js run baseline/);
  });
});
