/**
 * Races in the terminal, driven by keys in a real pseudo-terminal, with our own edge and real Varnish. Nothing is left
 * of one that is left in the middle.
 */
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { childrenOf } from '../lab/testing/children.ts';
import { untilGone } from './testing/process.ts';
import { hasServer } from './testing/servers.ts';
import { type LabTerminal, openLab, shows, type TerminalOptions } from './testing/terminal.ts';

vi.setConfig({ testTimeout: 240_000 });

const ESCAPE = '\u001b';
const CTRL_C = '\u0003';
const CACHES_MAX = 30;
const START_MS_MAX = 60_000;
const hasVarnish = await hasServer('/usr/sbin/varnishd');
const WAIT = { timeout: START_MS_MAX } as const;
const isOfVarnish = (folder: string) => folder.startsWith('edgesync-varnish-');
const isReady = shows('› Space next');

/** In a folder for temporary files of its own, which others may enter: Varnish gives up being root. */
async function withTerminal(
  use: (lab: LabTerminal, left: () => Promise<readonly string[]>) => Promise<void>,
  options: TerminalOptions = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-races-screen-'));
  await chmod(folder, 0o755);
  const lab = openLab({ ...options, environment: { TMPDIR: folder } });
  try {
    await lab.until(shows('the embedded world is up'), 'the world');
    lab.press('R');
    await lab.until(shows('of 1'), 'the list of races', START_MS_MAX);
    await use(lab, () => readdir(folder, { recursive: true }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Says what is left, where it stays. */
async function untilEmpty(left: () => Promise<readonly string[]>): Promise<void> {
  await vi.waitUntil(async () => (await left()).length === 0, WAIT).catch(async () => expect(await left()).toEqual([]));
}

async function choose(lab: LabTerminal, cache: string): Promise<void> {
  for (let at = 0; !shows(`◂ ${cache} `)(lab.screen()); at += 1) {
    if (at > CACHES_MAX) throw new Error(`no ${cache} in the list`);
    const [before = ''] = /\d+ of \d+ on this machine/.exec(lab.screen().join('\n')) ?? [];
    lab.press('l');
    await lab.until((screen) => !shows(before)(screen), 'the next cache');
  }
}

/** A key for each step, up to the one that the outcome comes with. */
async function playThrough(lab: LabTerminal, outcome: string): Promise<readonly string[]> {
  for (let step = 1; ; step += 1) {
    const screen = await lab.until((now) => isReady(now) || shows('r once more')(now), `step ${step}`, START_MS_MAX);
    if (shows('r once more')(screen)) break;
    lab.press(' ');
    await lab.until(shows(new RegExp(`step ${step}\\b`)), `what step ${step} shows`);
  }
  return lab.until(shows(outcome), outcome);
}

describe.concurrent('a race in the terminal', () => {
  it('of our own edge is played by a key for each step, and is right', () =>
    withTerminal(async (lab, left) => {
      lab.press('\r');
      const end = await playThrough(lab, '✓ ok');
      expect(end.filter((line) => line.includes('v1 held'))).toHaveLength(1);
      lab.press(ESCAPE);
      await lab.until(shows('play a race step by step'), 'the list');
      lab.press(ESCAPE);
      await lab.until(shows(/[╭┏]/), 'the overview, as it was');
      lab.press('q');
      expect(await lab.left()).toMatchObject({ code: 0 });
      expect(await left()).toEqual([]);
    }));

  it.runIf(hasVarnish)('of Varnish is kept, and with its recipe waits', () =>
    withTerminal(
      async (lab, left) => {
        await choose(lab, 'varnish');
        lab.press('\r');
        const kept = await playThrough(lab, '✗ kept');
        expect(shows('m the same race with varnish-wait')(kept)).toBe(true);
        lab.press('m');
        await lab.until(shows('in-head of varnish-wait'), 'the recipe');
        await playThrough(lab, '✓ waits');
        lab.press('q');
        expect(await lab.left()).toMatchObject({ code: 0 });
        expect(await left()).toEqual([]);
      },
      { columns: 160, rows: 45 },
    ),
  );
});

const [STARTS, WAITS] = ['› varnish starts', 'Space next:'] as const;

/** Where somebody leaves, and how. */
const LEFT: readonly (readonly [what: string, says: string, code: number, leave: (lab: LabTerminal) => unknown])[] = [
  ['Ctrl-C twice while it starts', STARTS, 105, (lab) => lab.press(CTRL_C + CTRL_C)],
  ['SIGTERM while it starts', STARTS, 105, async (lab) => process.kill(await lab.labPid, 'SIGTERM')],
  ['q before a step', WAITS, 0, (lab) => lab.press('q')],
  ['Ctrl-C before a step', WAITS, 105, (lab) => lab.press(CTRL_C)],
  ['Ctrl-C twice before a step', WAITS, 105, (lab) => lab.press(CTRL_C + CTRL_C)],
];

describe.runIf(hasVarnish).concurrent('a race of Varnish that is left', () => {
  it.each(LEFT)('by %s leaves no process and no folder', (_what, says, code, leave) =>
    withTerminal(async (lab, left) => {
      await choose(lab, 'varnish');
      lab.press('\r');
      await lab.until(shows(says), says, START_MS_MAX);
      await vi.waitUntil(async () => (await left()).some(isOfVarnish), WAIT);
      const pids = await childrenOf(await lab.labPid);
      await leave(lab);
      expect(await lab.left()).toMatchObject({ code });
      await untilGone(pids);
      await untilEmpty(left);
    }),
  );

  it('by Esc leaves no process and no folder, and the terminal goes on', () =>
    withTerminal(async (lab, left) => {
      await choose(lab, 'varnish');
      const before = await childrenOf(await lab.labPid);
      lab.press('\r');
      await lab.until(shows('Space next:'), 'a step that waits', START_MS_MAX);
      const pids = (await childrenOf(await lab.labPid)).filter((pid) => !before.includes(pid));
      expect(pids.length).toBeGreaterThan(0);
      lab.press(ESCAPE);
      await lab.until(shows('play a race step by step'), 'the list');
      await untilGone(pids);
      await vi.waitUntil(async () => !(await left()).some(isOfVarnish), WAIT);
      lab.press('q');
      expect(await lab.left()).toMatchObject({ code: 0 });
      expect(await left()).toEqual([]);
    }));
});
