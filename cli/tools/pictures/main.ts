/**
 * `npm run pictures`: the pictures of the terminal in README and docs, made anew from the program as it is. It is
 * driven in a pseudo-terminal as a person would drive it, and what the emulator shows is written down. The race needs
 * Varnish. The whole takes some five minutes.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Pty, startPty } from '../../../lab/testing/pty.ts';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { shows, story } from './story.ts';
import { toSvg } from './svg.ts';

const SIZE = { columns: 120, rows: 36 } as const;
/** Until charts have something to show. */
const CALM_MS = 12_000;
const BROKEN_MS = 8_000;
const HEALED_MS = 30_000;
const STARTED_MS = 60_000;
/** Until a key is on the screen. */
const KEY_MS = 300;
const words = ['dist/bin.js', '--backend', 'embedded', '--ports', 'auto', '--theme', 'dark'];

async function save(name: string, svg: string): Promise<void> {
  const file = join(import.meta.dirname, `${name}.svg`);
  await writeFile(file, svg);
  process.stdout.write(`${file}\n`);
}

async function picture(pty: Pty, name: string, title: string): Promise<void> {
  await save(name, toSvg({ title, columns: SIZE.columns, screen: pty.styledScreen() }));
}

const environment = { NO_COLOR: '', COLORTERM: '', XDG_CONFIG_HOME: join(import.meta.dirname, 'none') };
const pty = startPty({ command: process.execPath, words, ...SIZE, environment });
await pty.until(shows('the embedded world is up'), 'the world');
await sleep(systemClock, CALM_MS);
pty.press('2');
pty.press('c');
await pty.until(shows('cut eu-west / kafka'), 'the first fault');
pty.press('3');
pty.press('P');
await pty.until(shows('2 faults in force'), 'both faults');
pty.press('2');
pty.press('b');
await sleep(systemClock, BROKEN_MS);
await picture(pty, 'overview', 'The overview: eu-west is cut off from the log and falls behind, the cache of ap-south is frozen');
pty.press('z');
await pty.until(shows('how old answers are'), 'the zoom');
await picture(
  pty,
  'zoom',
  'eu-west closely: P99 and hit ratio over time with the faults below, how old its answers are, its place in the log',
);
pty.press('z');
pty.press('f');
await pty.until(shows('what to break'), 'the menu');
await picture(pty, 'faults', 'The menu of faults, built from the table of faults');
pty.press('\u001b');
await pty.until((screen) => !shows('what to break')(screen), 'the overview');
pty.press('a');
await pty.until(shows('no faults'), 'that everything is healed', HEALED_MS);
pty.press('R');
await pty.until(shows('on this machine,'), 'the races', STARTED_MS);
while (!shows('◂ varnish ')(pty.screen())) {
  pty.press('l');
  await sleep(systemClock, KEY_MS);
}
pty.press('\r');
await pty.until(shows('Space next:'), 'the race', STARTED_MS);
pty.press('a');
await pty.until(shows('the same race with varnish-wait'), 'its outcome', STARTED_MS);
await picture(
  pty,
  'race',
  'A race of Varnish, step by step: the answer is held, the content is written and purged, the answer is let go, and the old version is kept',
);
pty.press('q');
await pty.ended;
await save('story', await story(words, environment));
