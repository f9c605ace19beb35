/** Sequences that a slow connection splits: no part of them is a command. */
import { describe, expect, it, vi } from 'vitest';
import { sleep, systemClock } from '../services/runtime/clock.ts';
import { openBare, shows } from './testing/terminal.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 180_000 });

const SPLIT: readonly (readonly [what: string, pieces: readonly string[]])[] = [
  ['a paste, in the marker of its begin', ['\u001b[20', '0~qqcxb\u001b[201~']],
  ['a paste, behind the ESC of its begin', ['\u001b', '[200~qqcxb\u001b[201~']],
  ['a paste, in the marker of its end', ['\u001b[200~qqcxb\u001b[2', '01~']],
  ['an arrow, behind its bracket', ['\u001b[', 'B', '\u001b[', 'A']],
  ['an arrow, behind its ESC', ['\u001b', '[B', '\u001b', '[A']],
  ['the focus', ['\u001b[', 'I', '\u001b[', 'O']],
  ['a report of the mouse', ['\u001b[<0;1', '0;5M\u001b[<0;10;5', 'm']],
  ['an old report of the mouse', ['\u001b[M', 'bcx', '\u001b[Mb', 'cq']],
];

describe.concurrent.each([20, 60, 100, 300])('a sequence split by %i ms', (gapMs) => {
  it('is no command, wherever it is split', async () => {
    const pty = openBare();
    await pty.until(shows('world is up'), 'the world');
    for (const [, pieces] of SPLIT) {
      for (const piece of pieces) {
        pty.press(piece);
        await sleep(systemClock, gapMs);
      }
    }
    pty.press('w');
    // None of the keys in them did anything: the only thing that happened is the write.
    const screen = await pty.until(shows(/content:\d+ is version/), 'the write of the key after them');
    expect(screen[0]).toContain('no faults');
    const happened = screen.filter((line) => /\d:\d\d /.test(line) && !/world is up|content:\d+ is version|stood still/.test(line));
    expect(happened.slice(1)).toEqual([]);
    pty.press('q');
    expect(await pty.ended).toMatchObject({ code: 0 });
  });
});
