/**
 * The terminal with a made-up lab behind it, so that what it costs can be measured by itself: `npm run bench -- view`
 * bundles it and runs it in a pseudo-terminal.
 *
 *     fed-terminal FILE live SECONDS    an update a second, as long as that
 *     fed-terminal FILE idle SECONDS    one update, then nothing but time
 *     fed-terminal FILE fast UPDATES    as fast as they are drawn, a second of the lab's time each
 *
 * FILE is told what it took, as JSON.
 */
import { writeFileSync } from 'node:fs';
import type { LiveLab } from '../../../lab/live/live-lab.ts';
import type { LiveEvent } from '../../../lab/live/protocol.ts';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { openOutlets } from '../../outlets.ts';
import { openDisplay } from '../../view/display.ts';
import { createTheme } from '../../view/draw/theme.ts';
import { NO_OWN_KEYS } from '../../view/keys/rebound.ts';
import { openTerminal } from '../../view/terminal.ts';
import { feedAt, feedBegin } from './feed.ts';

/** Until then Node compiles what it runs often. */
const WARM_MS = 5_000;
/** Until then the histories fill; what comes after must not grow. */
const WARM_UPDATES = 1_000;
const MS_PER_S = 1_000;

interface Measured {
  /** Of one core, 0 to 1. */
  readonly cpuShare: number;
  readonly rssMb: number;
  /** Of the heap, from when the histories were full. */
  readonly grownMb: number;
}

type Tell = (event: LiveEvent) => void;

const [, , file = '', mode = 'live', count = '10'] = process.argv;

async function inTime(tell: Tell, seconds: number): Promise<Omit<Measured, 'rssMb'>> {
  const begunMs = systemClock.monotonicMs();
  const t = () => Math.round(systemClock.monotonicMs() - begunMs);
  let update = 0;
  const feed = async (ms: number) => {
    for (const endMs = t() + ms; t() < endMs; ) {
      if (mode === 'live' || update === 0) for (const event of feedAt(update++, t())) tell(event);
      await sleep(systemClock, MS_PER_S);
    }
  };
  await feed(WARM_MS);
  const [before, beforeMs] = [process.cpuUsage(), t()];
  await feed(seconds * MS_PER_S);
  const { user, system } = process.cpuUsage(before);
  return { cpuShare: (user + system) / MS_PER_S / (t() - beforeMs), grownMb: 0 };
}

async function fast(tell: Tell, updates: number): Promise<Omit<Measured, 'rssMb'>> {
  let heapBefore = 0;
  const before = process.cpuUsage();
  for (let update = 0; update < WARM_UPDATES + updates; update += 1) {
    if (update === WARM_UPDATES) heapBefore = heapMb();
    for (const event of feedAt(update, update * MS_PER_S)) tell(event);
    // Draws at once, where figures wait to be drawn together.
    tell({ type: 'note', t: update * MS_PER_S, tone: 'info', text: `update ${update}` });
    await sleep(systemClock, 0);
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuShare: (user + system) / MS_PER_S / ((WARM_UPDATES + updates) * MS_PER_S), grownMb: heapMb() - heapBefore };
}

function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

function startLab(onEvent: Tell): Promise<LiveLab> {
  for (const event of feedBegin()) onEvent(event);
  const run = mode === 'fast' ? fast(onEvent, Number(count)) : inTime(onEvent, Number(count));
  void run.then((measured) => {
    writeFileSync(file, JSON.stringify({ ...measured, rssMb: process.memoryUsage.rss() / 1e6 } satisfies Measured));
    process.exit();
  });
  return Promise.resolve({ do: () => {}, close: async () => [] });
}

const { stdin, stdout, stderr } = process;
const { stdout: outlet } = openOutlets({ stdout, stderr }, systemClock);
const signal = new AbortController().signal;
await openTerminal({
  stdin,
  stdout,
  display: openDisplay({ stdout, outlet, variables: {} }),
  theme: createTheme(),
  depth: 8,
  ownKeys: NO_OWN_KEYS,
  withTour: false,
  isSpoken: false,
  clock: systemClock,
  startLab,
  signal,
}).ended;
