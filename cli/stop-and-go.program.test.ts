/** Stopped and let go on, under a shell with job control: Ctrl-Z, SIGTSTP and SIGSTOP, then `fg`. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { childrenOf } from '../lab/testing/children.ts';
import { type Pty, startPty } from '../lab/testing/pty.ts';
import { sleep, systemClock } from '../services/runtime/clock.ts';
import { BIN } from './testing/bundle.ts';
import { freePorts } from './testing/free-ports.ts';
import { isConnectedToLog, isWhole, shows } from './testing/terminal.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 180_000 });

const SOON_MS = 120_000;
/** Longer than the fault is to last, and long enough to be told. */
const STOPPED_MS = 5_000;

interface Shelled {
  readonly pty: Pty;
  /** Of the lab. */
  readonly pid: number;
  /** Of the edge of us-east. */
  readonly url: string;
}

/** The lab as a job of an interactive shell. */
async function openJob(words: readonly string[] = [], says = 'world is up'): Promise<Shelled> {
  const environment = await freePorts();
  const pty = startPty({
    command: 'bash',
    words: ['--norc', '-i'],
    columns: 80,
    rows: 24,
    environment: { ...environment, PS1: 'shell> ' },
  });
  await pty.until(shows('shell>'), 'the shell');
  pty.press(`'${process.execPath}' '${BIN}' ${words.join(' ')} --backend embedded\r`);
  await pty.until(shows(says), 'the world');
  const [pid = 0] = await childrenOf(pty.pid);
  return { pty, pid, url: `http://127.0.0.1:${environment['EDGE_US_EAST_PORT']}` };
}

async function inject({ pty }: Shelled): Promise<void> {
  pty.press(':');
  await pty.until(shows(/^:/), 'the line');
  pty.press('partition edge:us-east<->kafka for 4s\r');
  await pty.until(shows('edge:us-east<->kafka is cut'), 'the fault');
}

async function untilConnected(url: string): Promise<void> {
  await vi.waitUntil(() => isConnectedToLog(url), { timeout: SOON_MS, interval: 50 });
}

const modesOf = async (pid: number) => (await promisify(execFile)('stty', ['-F', `/proc/${pid}/fd/0`, '-a'])).stdout;

/** What the shell does meanwhile is written over the picture. */
async function inTheShell(pty: Pty): Promise<void> {
  await pty.until(shows(/Stopped/), 'the shell again');
  pty.press('echo for$((1))eign\r');
  await pty.until(shows('for1eign'), 'what the shell does');
  await sleep(systemClock, STOPPED_MS);
}

async function expectGoesOn({ pty, pid, url }: Shelled, columns = 80): Promise<void> {
  await pty.until(
    (lines) => isWhole(lines, columns) && shows('stood still for')(lines),
    'the whole frame, and that it stood still',
    SOON_MS,
  );
  expect(shows(/for1eign|Stopped|shell>/)(pty.screen())).toBe(false);
  expect(await modesOf(pid)).toMatch(/-icanon.*-echo /s);
  await untilConnected(url);
  pty.press('?');
  await pty.until(shows('change one content at the origin'), 'the help: it takes keys again');
  pty.press('q');
  await pty.until(shows('everything healed and stopped'), 'the farewell');
  pty.press('echo code $?; exit\r');
  await pty.until(shows('code 0'), 'its code');
  await pty.ended;
}

describe.concurrent('the terminal, stopped', () => {
  it('by Ctrl-Z gives the screen back, and takes it again after fg, at the size it has then', async () => {
    const job = await openJob();
    await inject(job);
    job.pty.press('\u001a');
    await inTheShell(job.pty);
    expect(shows('EdgeSync Lab')(job.pty.screen())).toBe(false);
    job.pty.resize(100, 30);
    job.pty.press('fg\r');
    await expectGoesOn(job, 100);
  });

  it.each(['SIGTSTP', 'SIGSTOP'] as const)('by %s from elsewhere goes on after fg', async (signal) => {
    const job = await openJob();
    await inject(job);
    process.kill(job.pid, signal);
    await inTheShell(job.pty);
    job.pty.press('fg\r');
    await expectGoesOn(job);
  });

  it('where no shell can let it go on, goes on', async () => {
    const words = [BIN, '--backend', 'embedded', '--ports', 'auto'];
    const pty = startPty({ command: process.execPath, words, columns: 80, rows: 24 });
    await pty.until(shows('world is up'), 'the world');
    pty.press('\u001a');
    await vi.waitUntil(() => pty.written().includes('\u001b[?1049l'), { timeout: SOON_MS });
    pty.press('w');
    await pty.until((lines) => isWhole(lines, 80) && shows(/content:\d+ is version/)(lines), 'what it does then');
    pty.press('q');
    expect(await pty.ended).toMatchObject({ code: 0 });
  });

  it('says lines for a screen reader again after fg, and what is asked', async () => {
    const { pty } = await openJob(['--screen-reader']);
    pty.press('x');
    await pty.until(shows('kill edge:us-east?'), 'the question');
    pty.press('\u001a');
    await inTheShell(pty);
    pty.press('fg\r');
    const questionBelow = (lines: readonly string[]) =>
      lines.findLastIndex((line) => line.includes('kill edge:us-east?')) > lines.findLastIndex((line) => line.startsWith('shell> fg'));
    await pty.until((lines) => questionBelow(lines) && shows('stood still for')(lines), 'the question again');
    pty.press('n');
    await pty.until(shows('cancelled'), 'the answer');
    pty.press('q');
    await pty.until(shows('everything healed and stopped'), 'the farewell');
    pty.press('exit\r');
    await pty.ended;
  });
});

it.concurrent('up, stopped by Ctrl-Z and let go on alone, lets its services go on', async () => {
  const { pty, pid, url } = await openJob(['up'], 'ready.');
  pty.press('\u001a');
  await pty.until(shows(/Stopped/), 'the shell again');
  process.kill(pid, 'SIGCONT');
  await untilConnected(url);
  process.kill(pid, 'SIGTERM');
  pty.press('wait; exit\r');
  await pty.ended;
});
