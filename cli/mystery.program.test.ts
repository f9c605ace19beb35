/**
 * The mystery as a student plays it: keys in a real terminal, the embedded world, the bug named, the answer with its
 * witness.
 */
import { spawnSync } from 'node:child_process';
import { expect, it, vi } from 'vitest';
import { MUTANTS } from '../lab/mutants/mutants.ts';
import { createRandom, pick } from '../services/runtime/random.ts';
import { BIN } from './testing/bundle.ts';
import { type LabTerminal, openLab, shows } from './testing/terminal.ts';

vi.setConfig({ testTimeout: 240_000 });

const SEED = 5;
const HIDDEN = pick(createRandom(SEED), MUTANTS);
const OTHER = MUTANTS.find((mutant) => mutant !== HIDDEN) ?? HIDDEN;
const ESCAPE = '\u001b';

/** The line of commands opens first: what comes in one piece with its key is keys. */
async function say(lab: LabTerminal, words: string): Promise<void> {
  lab.press(':');
  await lab.until(shows(/^:█/), 'the line of commands');
  lab.press(`${words}\r`);
}

it('shows its suspects, takes guesses, and ends with the answer and its witness', async () => {
  const lab = openLab({ columns: 120, rows: 50, words: ['mystery', '--seed', String(SEED), '--ports', 'auto'] });
  await lab.until(shows(`${MUTANTS.length} suspects`), 'the suspects');
  expect(lab.screen().join('\n')).not.toMatch(/The bug is/);
  await say(lab, 'guess nonsense');
  await lab.until(shows('expected one of the suspects (M lists them), got nonsense'), 'a word for nonsense');
  lab.press(ESCAPE);
  await lab.until((screen) => !shows(/^:/)(screen), 'the end of that line');
  await say(lab, `guess ${OTHER.name}`);
  await lab.until(shows('1 wrong guess'), 'a wrong guess');
  // The world goes on behind it.
  lab.press(ESCAPE);
  await lab.until(shows('us-east eager'), 'the overview');
  lab.press('M');
  await lab.until(shows('1 wrong guess'), 'the suspects again');
  await say(lab, `guess ${HIDDEN.name}`);
  await lab.until(shows(`You found it. The bug is ${HIDDEN.name}: `), 'the answer');
  await lab.until(shows(`--mutant ${HIDDEN.name}`), 'the witness');
  lab.press('q');
  const { code, said } = await lab.left();
  expect(said).toMatch(new RegExp(`bug +${HIDDEN.name}: .*found after 1 wrong guess`));
  expect(said.replaceAll('\r\n', '')).toMatch(/witness +[a-z-]+: expected/);
  // What the bug did to the load meanwhile may have been seen.
  expect([0, 1, 2]).toContain(code);
});

it('says that it needs a terminal where there is none', () => {
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'mystery'], { encoding: 'utf8' });
  expect({ status, stderr }).toMatchObject({ status: 104, stderr: expect.stringContaining('mystery is played in a terminal') });
});

it('gives the world the bug: the same checks catch it as in a run with that bug', async () => {
  // A bug that a scenario shows in every seed, in real time too.
  const seed = Array.from({ length: 200 }, (_, at) => at).find((at) => pick(createRandom(at), MUTANTS).name === 'torn-entry') ?? 0;
  const lab = openLab({ columns: 120, rows: 50, words: ['mystery', '--seed', String(seed), '--ports', 'auto'] });
  await lab.until(shows('suspects'), 'the suspects');
  await say(lab, 'run baseline');
  await lab.until(shows(/✗ phantom-version/), 'a check that failed');
  // The scenario alone would run in a world without the bug.
  expect(lab.screen().join(' ')).not.toContain('run baseline --seed');
  lab.press('q');
  expect((await lab.left()).code).toBe(1);
});
