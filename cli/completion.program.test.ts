/**
 * Completion as a person at a shell has it: each shell in a terminal of its own, Tab pressed, and the line that comes
 * of it.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPty } from '../lab/testing/pty.ts';
import { SHELLS } from './completion/scripts.ts';
import { BIN } from './testing/bundle.ts';
import { shows } from './testing/terminal.ts';

/** Without what its user has set. */
const STARTS = {
  bash: { words: ['--norc', '--noprofile', '-i'], echo: 'edgesync-lab() { echo "got: $*"; }' },
  zsh: { words: ['-f', '-i'], echo: 'edgesync-lab() { echo "got: $*" }' },
  fish: { words: ['--no-config', '-i'], echo: 'function edgesync-lab; echo got: $argv; end' },
} as const;

const CASES = [
  ['a command', 'sche', 'schema'],
  ['a scenario', 'run partition-k', 'run partition-kafka'],
  ['an option', 'run baseline --rerun', 'run baseline --rerun-unknown'],
  ['the value of an option', 'run baseline --backend sim', 'run baseline --backend simulated'],
  ['an option of the program itself', '--scr', '--screen-reader'],
  ['a fault', 'fault isol', 'fault isolate'],
  ['a target', 'races varnish-w', 'races varnish-wait'],
  ['what is listed', 'list mut', 'list mutants'],
  ['a file where one may stand', 'analyze hist', 'analyze history.ndjson'],
  ['a folder where one may stand', 'run baseline --out repo', 'run baseline --out reports'],
] as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-completion-'));
  await writeFile(join(folder, 'history.ndjson'), '');
  await writeFile(join(folder, 'report.txt'), '');
  await mkdir(join(folder, 'reports'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(SHELLS)('%s', (shell) => {
  const isHere = spawnSync(shell, ['-c', 'true']).status === 0;
  if (!isHere && process.env['CI']) throw new Error(`${shell} is missing: CI installs it`);

  it.skipIf(!isHere)('completes what the command line takes', async () => {
    const script = spawnSync(process.execPath, [BIN, 'completion', shell], { encoding: 'utf8' });
    expect(script).toMatchObject({ status: 0, stderr: '' });
    const file = join(folder, shell);
    await writeFile(file, script.stdout);
    const { words, echo } = STARTS[shell];
    const pty = startPty({ command: shell, words, columns: 120, rows: 60, cwd: folder, environment: { HOME: folder, PS1: '$ ' } });
    try {
      pty.press(`source ${file}\r${echo}\recho rea""dy\r`);
      await pty.until(shows(/^ready/), `${shell} is ready`);
      for (const [, typed, completed] of CASES) {
        pty.press(`edgesync-lab ${typed}\t\r`);
        await pty.until(shows(new RegExp(`^got: ${completed}/?\\s*$`)), `${typed} becomes ${completed}`);
      }
    } finally {
      pty.kill('SIGKILL');
      await pty.ended;
    }
  });
});

it('is refused for a shell that there is not, by its name', () => {
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'completion', 'tcsh'], { encoding: 'utf8' });
  expect({ status, stderr }).toMatchObject({ status: 104, stderr: expect.stringContaining('bash, zsh, fish') });
});
