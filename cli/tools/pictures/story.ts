/**
 * The moving picture of README, made anew from the program as it is: a region is cut off from the log, without a lease
 * and with one, and a scenario ends with its verdict. Long waits are shown short; what is on the screen is what the
 * program wrote.
 */
import { type Pty, startPty } from '../../../lab/testing/pty.ts';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { type Scene, toMovingSvg } from './moving-svg.ts';

const SIZE = { columns: 100, rows: 30 } as const;
const TITLE =
  'A region is cut off from the log and calls old versions fresh; with a lease of five seconds it calls them stale; healed, nothing is lost; a scenario passes';
const CALM_MS = 12_000;
const SCENARIO_MS = 180_000;
/** A key has been seen. */
const KEY_MS = 700;
const SCENE_MS = 500;
/** Enough to read a verdict. */
const LAST_MS = 2_500;

export const shows = (text: string) => (screen: readonly string[]) => screen.some((line) => line.includes(text));

/** Films the screen: `times` scenes, one each `everyMs`. */
class Film {
  readonly scenes: Scene[] = [];
  readonly #pty: Pty;

  constructor(pty: Pty) {
    this.#pty = pty;
  }

  async take(caption: string, times: number, everyMs: number, ms = SCENE_MS): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      await sleep(systemClock, everyMs);
      this.scenes.push({ caption, screen: this.#pty.styledScreen(), ms });
    }
  }
}

/** @returns the picture as SVG. */
export async function story(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const pty = startPty({ command: process.execPath, words, ...SIZE, environment });
  const film = new Film(pty);
  // Key by key: what comes all at once is taken for a paste.
  const say = async (line: string) => {
    for (const keys of [':', line, '\r']) {
      pty.press(keys);
      await sleep(systemClock, KEY_MS);
    }
  };
  await pty.until(shows('the embedded world is up'), 'the world');
  await say('lease eu-west off');
  pty.press('2');
  await sleep(systemClock, CALM_MS);
  await film.take('Three regions cache one origin. A log tells each of them what has changed.', 3, SCENE_MS, 800);
  pty.press('c');
  await film.take('Cut eu-west off from the log ...', 2, KEY_MS);
  pty.press('b');
  await film.take('... and change contents 50 times. eu-west hears of none of them.', 3, KEY_MS);
  await film.take('It calls its old versions fresh, for as long as the cut lasts.', 5, SCENE_MS);
  const still = film.scenes.length - 1;
  pty.press('c');
  await film.take('Healed: eu-west reads what it missed. Nothing was lost.', 4, SCENE_MS);
  await say('lease eu-west 5s');
  await sleep(systemClock, CALM_MS);
  pty.press('c');
  await film.take('The same cut with a lease of 5 s.', 2, KEY_MS);
  pty.press('b');
  await film.take('The same cut with a lease of 5 s.', 2, KEY_MS);
  await pty.until(shows('lease ran out'), 'the end of the lease');
  await film.take('The lease has run out: what is old is called stale, and the origin is asked.', 6, SCENE_MS);
  pty.press('c');
  await film.take('Healed.', 2, CALM_MS / 4);
  await say('run cut-off');
  await pty.until(shows('cut eu-west'), 'the cut of the scenario', SCENARIO_MS);
  await film.take('The same as a scenario, as it runs in CI: a cut of a minute.', 4, CALM_MS);
  await pty.until(shows('✓ pass'), 'the verdict', SCENARIO_MS);
  await film.take('It ends with a verdict.', 1, KEY_MS, LAST_MS);
  pty.kill('SIGTERM');
  await pty.ended;
  return toMovingSvg({ title: TITLE, columns: SIZE.columns, rows: SIZE.rows, scenes: film.scenes, still });
}
