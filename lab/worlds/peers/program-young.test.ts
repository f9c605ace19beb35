/**
 * Programs that are told to end before they listen to it: what they have of the machine outside their folder they give
 * back all the same.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { systemRandom as random } from '../../../services/runtime/random.ts';
import { Keeper } from './keeper.ts';
import { Program } from './program.ts';

const WAIT = { timeout: 30_000, interval: 5 } as const;
/** As Squid does: it takes shared memory, and only then hears of signals. Nobody but itself gives that back. */
const SERVER = `
  const { rmSync, writeFileSync } = require('node:fs');
  writeFileSync(process.env.TAKEN, '');
  setTimeout(() => {
    process.once('SIGTERM', () => { rmSync(process.env.TAKEN); process.exit(0); });
    require('node:http').createServer((_, answer) => answer.end()).listen(Number(process.env.AT), '127.0.0.1');
  }, 100);
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-young-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

it('of a start that is stopped', async () => {
  const taken = join(folder, 'stopped');
  const stop = new AbortController();
  const starting = Program.start({
    name: 'young',
    spec: ({ port }) => ({
      command: [process.execPath, '-e', SERVER],
      files: {},
      folders: [],
      environment: { AT: String(port), TAKEN: taken },
      owner: undefined,
    }),
    isUp: answers,
    variables: process.env,
    clock,
    random,
    signal: stop.signal,
  });
  await vi.waitFor(() => expect(existsSync(taken)).toBe(true), WAIT);
  stop.abort(new Error('enough'));
  await expect(starting).rejects.toThrow('enough');
  expect(existsSync(taken)).toBe(false);
});

it('of a lab that is no more', async () => {
  const taken = join(folder, 'killed');
  const program = spawn(process.execPath, ['-e', SERVER], { detached: true, stdio: 'ignore', env: { AT: '0', TAKEN: taken } });
  onTestFinished(() => void program.kill('SIGKILL'));
  const keeper = new Keeper(await mkdtemp(join(folder, 'kept-')));
  keeper.watch(program.pid, { isStarting: true });
  await vi.waitFor(() => expect(existsSync(taken)).toBe(true), WAIT);
  await keeper.end();
  expect(existsSync(taken)).toBe(false);
});
