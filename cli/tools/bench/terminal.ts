/** What a person at the terminal waits for: the first frame, and the echo of a key while the edges are busy. */
import { spawnSync } from 'node:child_process';
import { quantilesOf } from '../../../lab/history/quantiles.ts';
import { startPty } from '../../../lab/testing/pty.ts';
import type { Figure } from './figure.ts';

const BIN = 'dist/bin.js';
const EMBEDDED = ['--backend', 'embedded', '--ports', 'auto'];
const RUNS = 10;
const KEYS = 100;
const REQUESTS_PER_SECOND = 200;
const LARGE = { columns: 160, rows: 45 } as const;
const [LEFT, RIGHT] = ['\u001b[D', '\u001b[C'];

async function firstFrameMs(): Promise<number> {
  const begunAt = performance.now();
  const pty = startPty({ command: process.execPath, words: [BIN, ...EMBEDDED], columns: 80, rows: 24 });
  await pty.until((screen) => (screen[0] ?? '').startsWith('EdgeSync Lab'), 'the first frame');
  const ms = performance.now() - begunAt;
  pty.press('q');
  await pty.ended;
  return ms;
}

function bareMs(): number {
  const begunAt = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - begunAt;
}

/** With a fault in force; each key moves the selection, and its echo is the heavy frame of the panel selected. */
async function echoesMs(): Promise<readonly number[]> {
  const pty = startPty({ command: process.execPath, words: [BIN, ...EMBEDDED], ...LARGE });
  const screen = await pty.until((lines) => lines.join('').includes('world is up') && /╰.*:\d+/.test(lines.join('\n')), 'the world');
  // The lower border of each panel ends with its port.
  const ports = [...screen.join('\n').matchAll(/:(\d{4,5})[─━][╯┛]/g)].map(([, port]) => port);
  let sent = 0;
  const load = setInterval(() => {
    sent += 1;
    fetch(`http://127.0.0.1:${ports[sent % ports.length]}/api/content/1`)
      .then((answer) => answer.arrayBuffer())
      .catch(() => {});
  }, 1000 / REQUESTS_PER_SECOND);
  pty.press('c');
  await pty.until((lines) => lines.join('').includes('cut us-east / kafka'), 'the fault');
  const times: number[] = [];
  for (let at = 0; at < KEYS; at += 1) {
    const forward = at % 2 === 0;
    const begunAt = performance.now();
    pty.press(forward ? RIGHT : LEFT);
    await pty.until((lines) => (lines[1] ?? '').includes(forward ? '┏ 2' : '┏ 1'), 'the echo');
    times.push(performance.now() - begunAt);
  }
  clearInterval(load);
  pty.press('q');
  await pty.ended;
  return times;
}

export async function terminal(): Promise<readonly Figure[]> {
  const frames: number[] = [];
  const bare: number[] = [];
  for (let at = 0; at < RUNS; at += 1) {
    bare.push(bareMs());
    frames.push(await firstFrameMs());
  }
  const echoes = await echoesMs();
  return [
    { what: `first frame, median of ${RUNS}`, measured: `${quantilesOf(frames)?.p50} ms`, promised: '300 ms' },
    { what: 'node -e 0 in the same run, median', measured: `${quantilesOf(bare)?.p50} ms`, promised: '(none)' },
    {
      what: `key to echo at ${REQUESTS_PER_SECOND} requests/s with a fault, median`,
      measured: `${quantilesOf(echoes)?.p50} ms`,
      promised: '100 ms',
    },
    { what: 'the same, 95th percentile', measured: `${quantilesOf(echoes)?.p95} ms`, promised: '50 ms' },
  ];
}
