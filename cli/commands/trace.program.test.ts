import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childrenOf } from '../../lab/testing/children.ts';
import { type Ended, type Running, startProgram, untilGone } from '../testing/process.ts';

const COMPOSE = fileURLToPath(new URL('../../compose.yaml', import.meta.url));
const WRITTEN = 'version 2 is written';

/** compose.yaml with a region that hears of a write so late that a trace is always under way. */
let folder = '';
let lateCompose = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
  lateCompose = join(folder, 'compose.yaml');
  await writeFile(lateCompose, (await readFile(COMPOSE, 'utf8')).replace('PROPAGATION_DELAY: "600"', 'PROPAGATION_DELAY: "600000"'));
});
afterAll(() => rm(folder, { recursive: true }));

const trace = (...words: string[]): Running => startProgram(['trace', ...words, '--ports', 'auto']);

/** Stopped while ap-south waits, by what is done to the program or to the process of its services. */
async function stoppedUnderWay(stop: (running: Running, host: number) => void, ...words: string[]): Promise<Ended> {
  const running = trace('1', '--compose', lateCompose, ...words);
  await running.says(WRITTEN);
  const hosts = await childrenOf(running.child.pid);
  expect(hosts).toHaveLength(1);
  stop(running, hosts[0] ?? Number.NaN);
  const ended = await running.ended;
  await untilGone(hosts);
  return ended;
}

describe.concurrent('trace', () => {
  it('prints a line for each of the ten steps, and what each region served, and exits 0', async () => {
    const { code, stdout } = await trace('content:1').ended;
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^content:1 at version 2: the PUT was answered after \d+ ms, its event is [0-9a-f-]{36}$/);
    expect(lines[1]).toMatch(/^ms since the PUT was sent +once +us-east +eu-west +ap-south$/);
    expect(lines.slice(2, 12).map((line) => Number(line.slice(0, 2)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(lines[5]).toMatch(/^ 4 {2}publish, then mark sent +services\/origin\/relay\.ts +\d+$/);
    expect(lines[8]).toMatch(/^ 7 {2}apply with its offset +services\/edge\/cache +\d+ +\d+ +\d+$/);
    expect(lines[12]).toBe('pass: 3 of 3 keys equal the origin');
    expect(lines[13]).toMatch(
      /^served: us-east 1, 2 from the origin at \d+ · eu-west 1, 1 stale at \d+, 2 at \d+ · ap-south 1, 1 stale at/,
    );
    expect(lines).toHaveLength(14);
  });

  it('prints one JSON object and nothing else with --json', async () => {
    const { code, stdout, stderr } = await trace('2', '--json').ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ key: 'content:2', version: 2, complete: true, verdict: 'pass', steps: { length: 10 } });
    expect(stderr).toContain(WRITTEN);
  });

  it.each([
    ['7', 'expected the id of a content there is (1, 2, 3), got 7'],
    ['tag:7', 'expected a key such as 7 or content:7, got "tag:7"'],
  ])('refuses %s with 104 and says what it may be', async (key, sentence) => {
    const { code, stdout, stderr } = await trace(key).ended;
    expect({ code, stdout }).toEqual({ code: 104, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  it('stopped by Ctrl-C exits 105 with the trace as far as it got, and leaves no process', async () => {
    const { code, stdout, stderr } = await stoppedUnderWay(({ child }) => child.kill('SIGINT'));
    expect(code).toBe(105);
    expect(stdout).toMatch(/^ 8 {2}GET .* -$/m);
    expect(stderr).toMatch(/not seen.*: .*8 GET \/api\/content\/1 in .*ap-south/);
  });

  it('is 107 when its world is lost, and says so, with the trace as far as it got', async () => {
    const { code, stdout, stderr } = await stoppedUnderWay((_running, host) => process.kill(host, 'SIGKILL'), '--json');
    expect(code).toBe(107);
    expect(stderr).toContain('the process of the services ended (SIGKILL)');
    expect(JSON.parse(stdout)).toMatchObject({ version: 2, complete: false, verdict: 'unknown' });
  });

  it('stopped while its world starts exits 105 and leaves no process', async () => {
    const running = trace('1');
    await running.says('postgres ready');
    const hosts = await childrenOf(running.child.pid);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(105);
    await untilGone(hosts);
  });
});
