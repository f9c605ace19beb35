/**
 * Builds of a few lines of shell: once before the first start, and nothing is left of one that fails, takes too long or
 * is stopped.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { systemRandom as random } from '../../../services/runtime/random.ts';
import { WorldFailed } from '../../errors.ts';
import { Program } from './program.ts';
import { type BuildOptions, buildProgram } from './program-build.ts';

const WAIT = { timeout: 30_000, interval: 10 } as const;
const SERVER = `
  const { appendFileSync, readFileSync } = require('node:fs');
  appendFileSync('lives', 'one ');
  const built = readFileSync('built', 'utf8');
  require('node:http').createServer((_, answer) => answer.end(built + readFileSync('lives', 'utf8'))).listen(Number(process.env.AT), '127.0.0.1');
`;
const shell = (script: string) => ['/bin/sh', '-c', script];

const textOf = (url: string) =>
  fetch(url).then(
    (answer) => answer.text(),
    () => undefined,
  );

const start = (name: string, build: readonly string[]) =>
  Program.start({
    name,
    spec: ({ port, dir }) => ({
      build,
      command: [process.execPath, '-e', SERVER],
      files: { 'source.txt': `from ${dir}` },
      folders: [],
      environment: { AT: String(port), WORD: 'said' },
      owner: undefined,
    }),
    isUp: async (url) => (await textOf(url)) !== undefined,
    variables: process.env,
    clock,
    random,
    signal: new AbortController().signal,
  });
const leftOf = async (name: string) => (await readdir(tmpdir())).filter((folder) => folder.startsWith(`edgesync-${name}-`));

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'edgesync-build-test-'));
});
afterAll(() => rm(dir, { recursive: true }));

const build = (script: string, options: Partial<BuildOptions> = {}) =>
  buildProgram({
    name: 'mine',
    command: shell(script),
    environment: process.env,
    dir,
    clock,
    signal: new AbortController().signal,
    watch: () => {},
    ...options,
  });

const isThere = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
/** Of what a build has begun beside itself. */
const pidIn = async (file: string) => Number(await readFile(join(dir, file), 'utf8').catch(() => ''));

describe.concurrent('a program that is built', () => {
  it('is built in its folder, with its files and its environment, once for all of its lives', async () => {
    const program = await start('built', shell('cat source.txt >> built; echo " $WORD" >> built'));
    const [folder = ''] = await leftOf('built');
    expect(await textOf(program.url)).toBe(`from ${join(tmpdir(), folder)} said\none `);
    await program.kill();
    await program.startAgain();
    expect(await textOf(program.url)).toBe(`from ${join(tmpdir(), folder)} said\none one `);
    await program.stop();
    expect(await leftOf('built')).toEqual([]);
  });

  it('is not started where its build fails, says what that said, and leaves nothing', async () => {
    // The last of it is said when the first process has ended.
    const script = 'echo begun; (while kill -0 $$ 2>&-; do :; done; echo "no such route" >&2) & exit 3';
    const failed = start('unbuilt', shell(script));
    await expect(failed).rejects.toThrow(WorldFailed);
    await expect(failed).rejects.toThrow(/^unbuilt was not built: it ended \(exit 3\); it said: .*begun.*no such route/s);
    await expect(start('unbuilt', ['no-such-builder'])).rejects.toThrow('unbuilt was not built: no-such-builder is not on this machine');
    expect(await leftOf('unbuilt')).toEqual([]);
  });
});

describe('a build', () => {
  it('that takes too long has failed, and nothing of its group lives', async () => {
    await expect(build('sleep 600 & echo $! > late; wait', { msMax: 500 })).rejects.toThrow('mine was not built within 500 ms');
    const pid = await pidIn('late');
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => isThere(pid), WAIT).toBe(false);
  });

  it('that is stopped rejects with the reason, and nothing of its group lives', async () => {
    const stop = new AbortController();
    const stopped = build('sleep 600 & echo $! > stopped; wait', { signal: stop.signal });
    stopped.catch(() => {});
    await expect.poll(() => pidIn('stopped'), WAIT).toBeGreaterThan(1);
    stop.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    const pid = await pidIn('stopped');
    await expect.poll(() => isThere(pid), WAIT).toBe(false);
  });

  it('is watched while it runs, so that nothing of it outlives the lab', async () => {
    const watched: (number | undefined)[] = [];
    await build('echo $$ > watched', { watch: (pid) => void watched.push(pid) });
    expect(watched).toEqual([await pidIn('watched'), undefined]);
  });

  it('that leaves somebody behind is done, and whoever was left is gone', async () => {
    await build('sleep 600 & echo $! > left');
    const pid = await pidIn('left');
    await expect.poll(() => isThere(pid), WAIT).toBe(false);
  });
});
