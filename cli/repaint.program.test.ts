/** The screen, whatever others write on it and whatever size the terminal says it has. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { startPty } from '../lab/testing/pty.ts';
import { BIN } from './testing/bundle.ts';
import { isWhole, openBare, shows } from './testing/terminal.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 180_000 });

it.concurrent('Ctrl-L draws everything again over what somebody else wrote, in its own colours', async () => {
  const pty = openBare();
  await pty.until(shows('world is up'), 'the world');
  // As `wall` does it, and something worse: from the middle on, in red, with a part of the screen that scrolls by
  // itself.
  const foreign = '\\033[5;10H\\033[31mBroadcast message\\033[3;9r\\033[9;1H\\n\\n\\nshutting down\\033(0';
  await promisify(execFile)('sh', ['-c', `printf '${foreign}' > /proc/${pty.pid}/fd/1`]);
  await pty.until(shows('shutting down'), 'what is foreign');
  pty.press('\u000c');
  const screen = await pty.until((lines) => isWhole(lines, 80) && !shows(/Broadcast|shutting/)(lines), 'the frame again');
  expect(screen[0]).toMatch(/^EdgeSync Lab/);
  pty.press('q');
  expect(await pty.ended).toMatchObject({ code: 0 });
});

it.concurrent('a terminal that says it is 0x0 has the size of the environment, or 80x24', async () => {
  for (const [columns, rows, variables] of [
    [80, 24, ''],
    [100, 30, 'COLUMNS=100 LINES=30'],
    [80, 24, 'COLUMNS=0 LINES=x'],
  ] as const) {
    const program = `stty rows 0 cols 0; exec env ${variables} '${process.execPath}' '${BIN}' --backend embedded --ports auto`;
    const pty = startPty({ command: 'sh', words: ['-c', program], columns, rows, environment: { COLUMNS: undefined, LINES: undefined } });
    await pty.until((lines) => shows('world is up')(lines) && isWhole(lines, columns), `a frame of ${columns}x${rows}`);
    pty.press('q');
    expect(await pty.ended).toMatchObject({ code: 0 });
  }
});

it.concurrent('a terminal that says it is 0x0 is spoken to all the same', async () => {
  const program = `stty rows 0 cols 0; exec '${process.execPath}' '${BIN}' --backend embedded --ports auto --screen-reader`;
  const pty = startPty({ command: 'sh', words: ['-c', program], columns: 80, rows: 24 });
  await pty.until(shows('world is up'), 'the world');
  pty.press('x');
  await pty.until(shows('kill edge:us-east?'), 'the question');
  pty.press('\u0003');
  expect(await pty.ended).toMatchObject({ code: 105 });
});
