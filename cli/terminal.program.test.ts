/** The terminal, driven as a person drives it: keys into a real pseudo-terminal, the picture read from an emulator. */
import { describe, expect, it, vi } from 'vitest';
import { childrenOf } from '../lab/testing/children.ts';
import { untilGone } from './testing/process.ts';
import { isWhole, type LabTerminal, openLab, shows, type TerminalOptions } from './testing/terminal.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 180_000 });

const open = (options: Partial<TerminalOptions> = {}): LabTerminal => openLab({ ...options });
const isUp = shows('the embedded world is up');

/** Nothing of the lab is left on the terminal: modes as before, cursor shown, pastes not marked, the normal screen. */
async function expectTidy(lab: LabTerminal, code: number): Promise<string> {
  const left = await lab.left();
  expect(left).toMatchObject({ code, after: left.before });
  const modes = ['?1049', '?25', '?2004'].map((mode) =>
    lab
      .written()
      .match(new RegExp(`\\x1b\\[\\${mode}[hl]`, 'g'))
      ?.at(-1),
  );
  expect(modes).toEqual(['\u001b[?1049l', '\u001b[?25h', '\u001b[?2004l']);
  return left.said;
}

/** One header, and something in the last line: nothing scrolled, nothing left over. */
function isFilled(screen: readonly string[]): boolean {
  const headers = screen.filter((line) => line.startsWith('EdgeSync Lab'));
  return headers.length === 1 && (screen[0] ?? '').startsWith('EdgeSync Lab') && screen.at(-1) !== '';
}

describe.concurrent('the terminal', () => {
  it('shows a region fall behind when it is cut off, catch up when it is healed, and leaves everything as it was', async () => {
    const lab = open();
    expect(isWhole(await lab.until(isUp, 'the world'), 80)).toBe(true);
    lab.press('2');
    lab.press('c');
    await lab.until(shows('cut eu-west / kafka'), 'the fault');
    await lab.until(shows(/kafka ✗/), 'the link, cut');
    lab.press('b');
    await lab.until(shows('eu-west hears nothing from the log'), 'that eu-west is silent');
    const isBehind = (screen: readonly string[], [from, to]: readonly [number, number]) =>
      screen.some((line) => line.slice(from, to).includes('◂'));
    const [usEast, euWest] = [
      [0, 26],
      [27, 53],
    ] as const;
    const behind = await lab.until((screen) => isBehind(screen, euWest) && !isBehind(screen, usEast), 'versions behind in eu-west alone');
    expect(isWhole(behind, 80)).toBe(true);
    lab.press('c');
    await lab.until(shows('healed: partition edge:eu-west<->kafka'), 'the heal');
    await lab.until(shows('eu-west has caught up'), 'eu-west at the end of the log');
    await lab.until((screen) => shows('no faults')(screen) && screen.filter((line) => line.includes('lag 0')).length > 0, 'the calm');
    lab.press('q');
    const said = await expectTidy(lab, 0);
    expect(said).toMatch(/1 fault injected: partition edge:eu-west<->kafka for \d+ s/);
    expect(said).toContain('no violation seen');
    expect(said).toContain('everything healed and stopped');
    expect(lab.scrollback()).toEqual([]);
  });

  it('shows its first frame with the steps of the start while the world is not up', async () => {
    const lab = open();
    const first = await lab.until(shows('starting: the origin'), 'the first frame');
    expect(isUp(first)).toBe(false);
    expect(first.at(-1)).toMatch(/q quit$/);
    await lab.until(shows(/✓ postgres ready/), 'a step');
    lab.press('q');
    await expectTidy(lab, 0);
  });

  it('follows resizes, says when it is too small, and comes back', async () => {
    const lab = open();
    await lab.until(isUp, 'the world');
    lab.press('b');
    for (const [columns, rows] of [
      [120, 40],
      [61, 17],
      [200, 60],
      [90, 20],
      [100, 30],
      [60, 16],
      [160, 45],
      [250, 70],
      [80, 24],
    ] as const) {
      lab.resize(columns, rows);
      await lab.until((screen) => screen.length === rows && isWhole(screen, columns), `the frame of ${columns}x${rows}`);
    }
    lab.resize(40, 10);
    await lab.until(shows('needs 60x16, has 40x10; q quits'), 'that it is too small');
    lab.resize(80, 24);
    await lab.until((screen) => isWhole(screen, 80), 'the frame again');
    lab.press('q');
    await expectTidy(lab, 0);
    // Neither the screen nor what has scrolled off it is ever cleared: that is somebody's work.
    for (const clear of ['[2J', '[3J']) expect(lab.written()).not.toContain(`\u001b${clear}`);
  });

  it('opens help from the table of keys, and Esc closes it', async () => {
    const lab = open({ columns: 100, rows: 30 });
    await lab.until(isUp, 'the world');
    lab.press('?');
    await lab.until((screen) => shows('change one content at the origin')(screen) && shows('Esc close')(screen), 'the help');
    lab.press('x');
    lab.press('\u001b');
    const after = await lab.until(shows(/╭|┏/), 'the panels');
    expect(shows('no faults')(after)).toBe(true);
    lab.press('q');
    await expectTidy(lab, 0);
  });

  it('draws every screen whole at every size, with two faults in force, and clears nothing', async () => {
    const lab = open({ columns: 100, rows: 30 });
    await lab.until(isUp, 'the world');
    lab.press('c');
    lab.press('2');
    lab.press('P');
    await lab.until(shows('2 faults in force'), 'both faults');
    await lab.until(shows('redis:eu-west is paused'), 'their effects');
    const screens = [
      ['z', /how old answers are/],
      ['f', /what to break/],
      ['t', /ms since the write was sent|no trace|waits until/],
      [':', /^:/],
      ['/', /^\//],
      ['?', /change one content at the origin/],
    ] as const;
    for (const [columns, rows] of [
      [80, 24],
      [100, 30],
      [160, 45],
      [250, 70],
    ] as const) {
      lab.resize(columns, rows);
      await lab.until((screen) => isWhole(screen, columns), `the overview at ${columns}x${rows}`);
      for (const [key, says] of screens) {
        lab.press(key);
        // The picture comes in pieces: what lay below is gone when all of it is there.
        const isDrawn = (screen: readonly string[]) => key === ':' || key === '/' || !shows(/^[╭┏╰┗]/)(screen);
        await lab.until((screen) => shows(says)(screen) && isFilled(screen) && isDrawn(screen), `${key} at ${columns}x${rows}`);
        lab.press('\u001b');
        await lab.until((screen) => isWhole(screen, columns), `the overview after ${key}`);
      }
    }
    lab.press('q');
    expect(await expectTidy(lab, 0)).toContain('2 faults injected');
    for (const clear of ['[2J', '[3J']) expect(lab.written()).not.toContain(`\u001b${clear}`);
  });

  it('asks before it kills, and Enter alone cancels', async () => {
    const lab = open();
    await lab.until(isUp, 'the world');
    lab.press('x');
    await lab.until(shows('kill edge:us-east?'), 'the question');
    lab.press('\r');
    await lab.until(shows('cancelled'), 'that nothing was done');
    lab.press('x');
    await lab.until(shows('[Cancel]'), 'the question again');
    lab.press('y');
    await lab.until(shows('edge:us-east is killed'), 'the kill');
    lab.press('u');
    await lab.until(shows('healed: kill edge:us-east'), 'the heal');
    lab.press('q');
    await expectTidy(lab, 0);
  });

  it('takes commands in words, completes them, and heals by itself what was for a time', async () => {
    const lab = open();
    await lab.until(isUp, 'the world');
    lab.press(':');
    await lab.until(shows(/^:/), 'the line');
    lab.press('parti\tedge:ap\t for 1s');
    await lab.until(shows(':partition edge:ap-south<->kafka for 1s'), 'the command');
    lab.press('\r');
    await lab.until(shows('edge:ap-south<->kafka is cut'), 'the fault');
    await lab.until(shows('healed: partition edge:ap-south<->kafka'), 'its end');
    lab.press(':');
    await lab.until(shows(/^:/), 'the line again');
    lab.press('brust 3\r');
    await lab.until(shows('did you mean burst?'), 'the remedy');
    lab.press('\u001b');
    await lab.until((screen) => isWhole(screen, 80), 'the overview');
    lab.press('q');
    await expectTidy(lab, 0);
  });

  it('says lines instead of drawing frames for a screen reader, and takes the same keys', async () => {
    const lab = open({ words: ['--ports', 'auto', '--screen-reader'] });
    await lab.until(isUp, 'the world');
    lab.press('c');
    await lab.until(shows('edge:us-east<->kafka is cut'), 'the fault');
    expect(shows(/[╭│┃]/)(lab.screen())).toBe(false);
    lab.press('q');
    const { code } = await lab.left();
    expect(code).toBe(0);
    expect(lab.written()).not.toContain('?1049h');
  });

  it('takes what is pasted for no command', async () => {
    const lab = open();
    await lab.until(isUp, 'the world');
    lab.press('\u001b[200~xqc\u001b[201~');
    lab.press('w');
    await lab.until(shows('write one'), 'the echo of the key after the paste');
    await lab.until(shows(/content:\d+ is version/), 'the write');
    expect(shows('no faults')(lab.screen())).toBe(true);
    lab.press('q');
    await expectTidy(lab, 0);
  });
});

/** Where the header says the origin listens, and the panels their edges. */
function portsOf(screen: readonly string[]): { readonly origin: string; readonly edges: readonly string[] } {
  const [, origin = ''] = /origin :(\d+)/.exec(screen[0] ?? '') ?? [];
  const foot = screen.find((line) => line.startsWith('┗') || line.startsWith('╰')) ?? '';
  return { origin, edges: [...foot.matchAll(/:(\d+)/g)].map(([, port = '']) => port) };
}

const HOSTILE: readonly string[] = [
  '\u001b[2J\u001b[10;10H\u001b[31mred\u001b]0;title\u0007',
  '\u202etfel ot thgir\u2066\u200f',
  '👩‍👩‍👧‍👦🇩🇪1️⃣ नमस्ते 日本語',
  'x'.repeat(10_000),
];

describe('the terminal beside the world’s own HTTP', () => {
  it('stays whole whatever titles, slugs and keys are written and read', async () => {
    const lab = open();
    const { origin, edges } = portsOf(await lab.until((screen) => isUp(screen) && portsOf(screen).edges.length === 3, 'the ports'));
    const before = await lab.until(shows(/^[│┃]\d+ +\d/), 'a row of versions');
    for (const [at, title] of HOSTILE.entries()) {
      const body = JSON.stringify({ title, slug: `${title.slice(0, 400)}-${at}`, body: title, tags: [title.slice(0, 60)] });
      const created = await fetch(`http://127.0.0.1:${origin}/api/content`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(created.status).toBe(201);
      const { data } = (await created.json()) as { data: { id: number } };
      for (const port of edges) expect((await fetch(`http://127.0.0.1:${port}/api/content/${data.id}`)).status).toBe(200);
      for (const port of edges) await fetch(`http://127.0.0.1:${port}/api/content/${encodeURIComponent(title.slice(0, 200))}`);
    }
    const countOf = (screen: readonly string[]) => Number(/(\d+) more/.exec(screen.join('\n'))?.[1] ?? 0);
    const after = await lab.until((screen) => countOf(screen) >= countOf(before) + HOSTILE.length, 'the new rows');
    expect(isWhole(after, 80)).toBe(true);
    expect(lab.written()).not.toContain('\u001b]0;');
    lab.press('q');
    await expectTidy(lab, 0);
  });

  it('answers a key at once while its edges answer 200 requests a second', async () => {
    const lab = open();
    const { edges } = portsOf(await lab.until((screen) => isUp(screen) && portsOf(screen).edges.length === 3, 'the ports'));
    const stopped = new AbortController();
    let sent = 0;
    const load = setInterval(() => {
      sent += 1;
      const url = `http://127.0.0.1:${edges[sent % edges.length]}/api/content/1`;
      fetch(url, { signal: stopped.signal })
        .then((answer) => answer.arrayBuffer())
        .catch(() => {});
    }, 5);
    try {
      await vi.waitUntil(() => sent > 100, { timeout: 10_000 });
      lab.press('c');
      await lab.until(shows('cut us-east / kafka'), 'the fault');
      await lab.until(shows('us-east eager 100 ms'), 'the settings');
      for (const [key, echo] of [
        ['+', 'us-east: delay 200 ms'],
        ['s', 'us-east: lazy'],
        ['w', 'write one'],
        ['2', '┏ 2 eu-west'],
      ] as const) {
        lab.press(key);
        // A person is promised 100 ms; `npm run bench -- terminal` measures it.
        await lab.until(shows(echo), `the echo of ${key}`, 1_000);
      }
    } finally {
      clearInterval(load);
      stopped.abort();
    }
    lab.press('q');
    await expectTidy(lab, 0);
  });
});

describe.concurrent('ways out of the terminal, with a fault in force', () => {
  const withFault = async (options: Partial<TerminalOptions> = {}) => {
    const lab = open(options);
    await lab.until(isUp, 'the world');
    lab.press('i');
    await lab.until(shows('isolated us-east'), 'the fault');
    await lab.until(shows('edge:us-east is isolated'), 'its effect');
    return lab;
  };

  it('Ctrl-C heals, stops, restores, and ends with 105', async () => {
    const lab = await withFault();
    const pids = await childrenOf(await lab.labPid);
    lab.press('\u0003');
    expect(await expectTidy(lab, 105)).toContain('everything healed and stopped');
    await untilGone(pids);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s does the same', async (signal) => {
    const lab = await withFault();
    const pid = await lab.labPid;
    const pids = await childrenOf(pid);
    process.kill(pid, signal);
    expect(await expectTidy(lab, 105)).toContain('everything healed and stopped');
    await untilGone(pids);
  });

  it('a second Ctrl-C leaves at once and names what was in force', async () => {
    const lab = await withFault();
    const pids = await childrenOf(await lab.labPid);
    // In one piece: the heal cannot be faster.
    lab.press('\u0003\u0003');
    const said = await expectTidy(lab, 105);
    expect(said).toContain('left at once');
    expect(said).toContain('edge:us-east is isolated');
    await untilGone(pids);
  });

  it('a crash of the program restores the terminal, tells the error, and ends with 107', async () => {
    const crash = 'if(!process.send){process.on("SIGUSR2",()=>{throw new Error("boom")})}';
    const lab = await withFault({ environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}` } });
    const pid = await lab.labPid;
    const pids = await childrenOf(pid);
    process.kill(pid, 'SIGUSR2');
    expect(await expectTidy(lab, 107)).toMatch(/edgesync-lab failed: Error: boom/);
    await untilGone(pids);
  });

  it('the end of the services ends it with 107 and says so', async () => {
    const lab = await withFault();
    for (const pid of await childrenOf(await lab.labPid)) process.kill(pid, 'SIGKILL');
    expect(await expectTidy(lab, 107)).toContain('the process of the services ended (SIGKILL)');
  });

  it('a start that cannot be is told on the normal screen, with the remedy', async () => {
    const lab = open({ words: ['--compose', '/nowhere/compose.yaml'] });
    const { code } = await lab.left();
    expect(code).toBe(104);
    expect(lab.written()).not.toContain('?1049h');
  });
});
