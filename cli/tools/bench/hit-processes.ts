/** Processes of `hit`: kept on a core, and asked what they took of it. Linux tells; elsewhere there is neither. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { isProgramHere } from '../../../lab/worlds/peers/program.ts';
import { systemClock as clock, sleep } from '../../../services/runtime/clock.ts';
import { processorMsIn } from '../../../services/runtime/process-stat.ts';

const run = promisify(execFile);

const READY_MS_MAX = 20_000;
const POLL_MS = 50;

export interface Core {
  readonly server: readonly string[];
  /** The load, and whatever else works beside the server. */
  readonly rest: readonly string[];
}

export function isHere(program: string): Promise<boolean> {
  return isProgramHere(program, process.env);
}

/** What is put before a command. */
export async function coresOf(): Promise<Core> {
  if (cpus().length < 2 || !(await isHere('taskset'))) return { server: [], rest: [] };
  return { server: ['taskset', '-c', '0'], rest: ['taskset', '-c', '1'] };
}

export function start(words: readonly string[], variables: Readonly<Record<string, string>> = {}): ChildProcess {
  const [command = '', ...rest] = words;
  return spawn(command, rest, { stdio: ['ignore', 'ignore', 'ignore'], env: { ...process.env, ...variables } });
}

export async function runOf(words: readonly string[]): Promise<string> {
  const [command = '', ...rest] = words;
  return (await run(command, rest)).stdout;
}

/** Rejects when it is not there in time, or has ended. */
export async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  for (const untilMs = clock.monotonicMs() + READY_MS_MAX; clock.monotonicMs() < untilMs; ) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`);
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await sleep(clock, POLL_MS);
  }
  throw new Error(`${child.spawnargs.join(' ')} does not answer ${url}`);
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(clock, READY_MS_MAX).then(() => child.kill('SIGKILL'))]);
}

/** Of a process and those it started, in user and system mode, ms. */
export async function processorMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const own = processorMsIn(stat) ?? Number.NaN;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const theirs = await Promise.all(children.split(' ').filter(Boolean).map(Number).map(processorMsOf));
  return theirs.reduce((sum, ms) => sum + ms, own);
}
