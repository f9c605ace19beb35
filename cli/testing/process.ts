/**
 * The program as its users run it: a process of its own, with what it said and how it ended. Embedded unless a test
 * says otherwise, on any machine.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { BIN } from './bundle.ts';

const GONE_MS_MAX = 30_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard output or error contains the text; rejects when it ends without. */
  says(text: string): Promise<void>;
}

export interface StartProgramOptions {
  readonly execArgv?: readonly string[];
  /** A file descriptor instead of a pipe. */
  readonly stdout?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Where it is started. */
  readonly cwd?: string;
}

export function startProgram(words: readonly string[], options: StartProgramOptions = {}): Running {
  const child = spawn(process.execPath, [...(options.execArgv ?? []), BIN, ...words], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
    // Whatever this machine has of Docker; and commands are shown as npx would run them.
    env: { ...process.env, EDGESYNC_BACKEND: 'embedded', npm_command: 'exec', ...options.env },
  });
  const text = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((resolve) => void child.once('close', (code) => resolve({ code, ...text })));
  const says = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => void (`${text.stdout}${text.stderr}`.includes(wanted) && resolve());
      listeners.add(look);
      look();
      child.once('close', () => reject(new Error(`ended before it said ${wanted}: ${text.stdout}${text.stderr}`)));
    });
  return { child, ended, says };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function untilGone(pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + GONE_MS_MAX;
  while (pids.some(isAlive)) {
    if (performance.now() > deadline) throw new Error(`still alive: ${pids.filter(isAlive).join(', ')}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
