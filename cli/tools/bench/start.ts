/** How long a stranger waits: for the world, for a whole baseline, and for `npx` from the packed tarball. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Figure } from './figure.ts';

const run = promisify(execFile);
const BIN = 'dist/bin.js';
const DEADLINE_MS = 120_000;

/** Time until standard output first says `text`, and until the process has ended. */
function timed(
  command: string,
  words: readonly string[],
  text: string | undefined,
  cwd?: string,
): Promise<{ saidMs: number; endedMs: number }> {
  const begunAt = performance.now();
  const child = spawn(command, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: DEADLINE_MS,
    ...(cwd === undefined ? {} : { cwd }),
  });
  let said = '';
  let saidMs = Number.NaN;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
    if (Number.isNaN(saidMs) && (text === undefined || said.includes(text))) saidMs = performance.now() - begunAt;
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      if (code === 0) resolve({ saidMs, endedMs: performance.now() - begunAt });
      else reject(new Error(`${command} ${words.join(' ')} ended with ${code}`));
    });
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

async function fromTarball(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-bench-'));
  try {
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
    const tarball = join(folder, stdout.trim().split('\n').at(-1) ?? '');
    const words = [
      '--yes',
      '--package',
      tarball,
      '--',
      'edgesync-lab',
      'run',
      'baseline',
      '--backend',
      'embedded',
      '--ports',
      'auto',
      '--duration',
      '1s',
    ];
    await timed('npx', words, undefined, folder);
    return (await timed('npx', words, undefined, folder)).saidMs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function start(): Promise<readonly Figure[]> {
  const baseline = await timed(process.execPath, [BIN, 'run', 'baseline', '--backend', 'embedded', '--ports', 'auto'], 'warmup');
  const bare = await timed(process.execPath, ['-e', 'console.log(0)'], undefined);
  const version = await timed(process.execPath, [BIN, '--version'], undefined);
  return [
    { what: 'world ready, from the start of the program', measured: seconds(baseline.saidMs), promised: '5 s' },
    { what: 'run baseline, whole', measured: seconds(baseline.endedMs), promised: '30 s' },
    {
      what: 'first output of the program, against a bare node',
      measured: `${(version.saidMs / bare.saidMs).toFixed(1)} x`,
      promised: '(none)',
    },
    { what: 'npx from the packed tarball, cache warm, to first output', measured: seconds(await fromTarball()), promised: '5 s' },
  ];
}
