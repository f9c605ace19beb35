/**
 * Screens one after another as one picture that moves: SVG with CSS alone, so it plays wherever a picture is shown.
 * What a row says is written once for as long as it stays. Whoever asks for less motion sees one screen that stands
 * still.
 */
import type { StyledRun } from '../../../lab/testing/pty.ts';
import { baselineOf, framed, rowOf } from './svg.ts';

export interface Scene {
  readonly caption: string;
  readonly screen: readonly (readonly StyledRun[])[];
  /** For how long it is shown. */
  readonly ms: number;
}

export interface MovingOptions {
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly scenes: readonly Scene[];
  /** The number of the scene that is shown to whoever asks for less motion. */
  readonly still: number;
}

/** Two rows above the screen: the caption and one that is empty. */
const CAPTION_ROWS = 2;
const CAPTION_COLOUR = '#ffffff';

/** What stands in one row from scene `from` up to scene `to`, the latter not included. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly row: string;
}

/** @throws RangeError: there are no scenes, or none that could stand still. */
export function toMovingSvg({ title, columns, rows, scenes, still }: MovingOptions): string {
  if (scenes[still] === undefined) throw new RangeError(`expected a scene ${still} among ${scenes.length}`);
  const pages = scenes.map(({ caption, screen }) => rowsOf(caption, screen, rows));
  const stretches = Array.from({ length: rows + CAPTION_ROWS }, (_, row) => stretchesOf(pages.map((page) => page[row] ?? ''))).flat();
  const timing = new Timing(scenes.map(({ ms }) => ms));
  const body = stretches.map(
    ({ from, to, row }) => `<g class="${timing.classOf(from, to)}${from <= still && still < to ? ' still' : ''}">${row}</g>`,
  );
  return framed({ title, columns, rows: rows + CAPTION_ROWS, body, style: timing.style() });
}

function rowsOf(caption: string, screen: Scene['screen'], rows: number): readonly string[] {
  const said = rowOf([{ column: 0, text: caption, colour: CAPTION_COLOUR, isBold: true, isDim: false }], baselineOf(0));
  return [said, '', ...screen.slice(0, rows).map((runs, row) => rowOf(runs, baselineOf(row + CAPTION_ROWS)))];
}

function stretchesOf(said: readonly string[]): readonly Stretch[] {
  const starts = said.flatMap((row, at) => (at === 0 || row !== said[at - 1] ? [at] : []));
  return starts.map((from, at) => ({ from, to: starts[at + 1] ?? said.length, row: said[from] ?? '' })).filter(({ row }) => row !== '');
}

/** When what is shown: a class for each stretch of time, as several rows change at once. */
class Timing {
  readonly #starts: readonly number[];
  readonly #wholeMs: number;
  readonly #classes = new Map<string, string>();

  constructor(lengths: readonly number[]) {
    this.#starts = lengths.map((_, at) => lengths.slice(0, at).reduce((sum, ms) => sum + ms, 0));
    this.#wholeMs = lengths.reduce((sum, ms) => sum + ms, 0);
  }

  classOf(from: number, to: number): string {
    const name = `s${from}-${to}`;
    this.#classes.set(name, this.#keyframes(name, from, to));
    return name;
  }

  #keyframes(name: string, from: number, to: number): string {
    const [start, end] = [this.#shareOf(from), this.#shareOf(to)];
    const hiddenBefore = from === 0 ? '' : `0%{opacity:0}`;
    const hiddenAfter = end === '100%' ? '' : `${end},100%{opacity:0}`;
    return `@keyframes ${name}{${hiddenBefore}${start}{opacity:1}${hiddenAfter}}.${name}{animation-name:${name}}`;
  }

  #shareOf(scene: number): string {
    return `${Math.round((1e5 * (this.#starts[scene] ?? this.#wholeMs)) / this.#wholeMs) / 1e3}%`;
  }

  style(): string {
    const shared = `g g{animation:${this.#wholeMs}ms step-end infinite}`;
    // A single screen, for whoever is made ill by motion.
    const calm = '@media (prefers-reduced-motion:reduce){g g[class]{animation:none;opacity:0}g g[class].still{opacity:1}}';
    return [shared, ...this.#classes.values(), calm].join('');
  }
}
