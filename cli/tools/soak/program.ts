/**
 * The built program as the soak runs it: a process of its own, in a group of its own, so that Ctrl-C reaches it once,
 * from here. One that takes too long is stopped as Ctrl-C would, which heals; one that does not end then is killed.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EXIT, type ExitCode } from '../../../lab/errors.ts';
import { type Clock, sleep } from '../../../services/runtime/clock.ts';

const BIN = fileURLToPath(new URL('../../../dist/bin.js', import.meta.url));
const RUN_MS_MAX = 300_000;
const STOP_MS_MAX = 60_000;

export interface ProgramOptions {
  readonly words: readonly string[];
  readonly clock: Clock;
  /** Aborted: stop and heal. */
  readonly signal: AbortSignal;
}

export interface Program {
  readonly code: ExitCode;
  readonly lines: readonly string[];
}

export async function runProgram({ words, clock, signal }: ProgramOptions): Promise<Program> {
  const child = spawn(process.execPath, [BIN, ...words], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const over = new AbortController();
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  const bounded = stopAfter(RUN_MS_MAX).then(() => stopAfter(STOP_MS_MAX));
  const code = await ended.finally(() => over.abort());
  await bounded;
  return { code: Object.values(EXIT).find((known) => known === code) ?? EXIT.failed, lines };

  /** Or as soon as the soak is stopped. */
  async function stopAfter(ms: number): Promise<void> {
    const isStopping = ms === STOP_MS_MAX;
    await sleep(clock, ms, isStopping ? over.signal : AbortSignal.any([over.signal, signal]));
    if (!over.signal.aborted) child.kill(isStopping ? 'SIGKILL' : 'SIGINT');
  }
}
