/** What a person finds out from the first frame by a few keys. */
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { startPty } from '../lab/testing/pty.ts';
import { BIN } from './testing/bundle.ts';
import { openBare, shows } from './testing/terminal.ts';

vi.setConfig({ testTimeout: 240_000 });

const RUN_MS_MAX = 120_000;
const SEEN_MS_MAX = 60_000;
/** Columns of the three panels at 80 columns. */
const PANELS = [
  [0, 26],
  [27, 53],
  [54, 80],
] as const;
const ROWS_OF_TABLE = /^[│┃]\d+\*? +/;

/** What stands in a panel. */
function panel(screen: readonly string[], at: 0 | 1 | 2): string {
  return screen
    .filter((line) => /^[╭┏│┃╰┗]/.test(line))
    .map((line) => line.slice(...PANELS[at]))
    .join('\n');
}

/** Versions. */
function mostBehind(text: string): number {
  return Math.max(0, ...[...text.matchAll(/◂(\d+)/g)].map(([, count]) => Number(count)));
}

describe.concurrent('with a few keys', () => {
  it('which region is old is seen with none, cutting and healing takes two, why a fill was refused one', async () => {
    const pty = openBare();
    await pty.until(shows('the embedded world is up'), 'the world');
    await pty.until((screen) => screen.some((line) => ROWS_OF_TABLE.test(line)), 'the versions');

    pty.press('c');
    pty.press('b');
    // In the others a write may be under way, for as long as their delay.
    const isOldAlone = (screen: readonly string[]) =>
      mostBehind(panel(screen, 0)) > 2 && Math.max(mostBehind(panel(screen, 1)), mostBehind(panel(screen, 2))) <= 1;
    const old = await pty.until(isOldAlone, 'one that is old', SEEN_MS_MAX);
    expect(panel(old, 0)).toMatch(/kafka ✗/);
    expect(panel(old, 0)).toContain('fresh!');
    pty.press('c');
    await pty.until((screen) => shows('no faults')(screen) && mostBehind(panel(screen, 0)) <= 1, 'the heal', SEEN_MS_MAX);

    // A fill that is under way while its content is written is refused: with a long way to the origin there are many.
    pty.press(':');
    await pty.until(shows(/^:/), 'the line');
    pty.press('latency edge:us-east<->origin latency=400ms\r');
    await pty.until(shows('slow us-east / origin'), 'the fault');
    pty.press('b');
    pty.press('z');
    const refused = await pty.until(shows(/refused, by reason:/), 'why fills were refused', SEEN_MS_MAX);
    const at = refused.findIndex((line) => line.includes('refused, by reason:'));
    expect(refused[at + 1]).toMatch(/ [a-z][a-z -]+ +[1-9]\d*$/);
    pty.press('q');
    expect(await pty.ended).toMatchObject({ code: 0 });
  });

  it('that reads are refused, and why, is said where the origin is cut off, and closely with one more', async () => {
    const pty = openBare();
    await pty.until(shows('the embedded world is up'), 'the world');
    await pty.until((screen) => screen.some((line) => ROWS_OF_TABLE.test(line)), 'the versions');
    pty.press('o');
    pty.press('b');
    const told = await pty.until(shows(/us-east refuses reads: 503/), 'what is refused', SEEN_MS_MAX);
    expect(told.join(' ').replaceAll(/\s+/g, ' ')).toContain('503: not cached, and the origin does not answer');
    const counted = await pty.until((screen) => /\d refused/.test(panel(screen, 0)), 'how many', SEEN_MS_MAX);
    expect(panel(counted, 1)).not.toContain('refused');
    pty.press('z');
    await pty.until(shows(/\d+ reads refused in 10 s: 503: not cached/), 'why, closely', SEEN_MS_MAX);
    pty.press('o');
    await pty.until(shows('no faults'), 'the heal', SEEN_MS_MAX);
    pty.press('e');
    await pty.until(shows('us-east answers every read again'), 'the end of it', SEEN_MS_MAX);
    pty.press('q');
    expect(await pty.ended).toMatchObject({ code: 0 });
  });

  it('a scenario runs with two, shows the regions meanwhile, says what stood and what failed, and is saved with one more', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-few-keys-'));
    try {
      const words = [BIN, '--backend', 'embedded', '--ports', 'auto'];
      const pty = startPty({ command: process.execPath, words, columns: 80, rows: 24, cwd: folder });
      await pty.until(shows('the embedded world is up'), 'the world');
      pty.press('r');
      await pty.until(shows(/^› baseline /), 'the scenarios', SEEN_MS_MAX);
      pty.press('\r');
      const running = await pty.until(shows(/load [\d.]+ m?s of/), 'the run', RUN_MS_MAX);
      for (const region of ['1 us-east', '2 eu-west', '3 ap-south']) expect(running.join('\n')).toContain(region);
      const report = await pty.until(shows(/[✓✗!] (pass|fail|unknown) +exit code \d/), 'the verdict', RUN_MS_MAX);
      expect(report.at(-1)).toMatch(/s save/);
      // A machine that is too busy may make it fail; then it is said by name, beside the verdict.
      if (!shows('✓ pass')(report)) expect(report.join('\n')).toMatch(/failed: \S+|unknown: \S+|not judged/);
      pty.press('s');
      const saved = await pty.until(shows(/report\.html/), 'where it is saved', SEEN_MS_MAX);
      const [, path = ''] = /the report is *(.*?report\.html)/s.exec(saved.map((line) => line.trim()).join('')) ?? [];
      await access(path);
      pty.press('q');
      await pty.ended;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
