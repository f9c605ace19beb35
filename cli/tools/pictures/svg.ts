/** A screen of the terminal as a picture: SVG of text, so that it is sharp at any size and can be searched. */
import type { StyledRun } from '../../../lab/testing/pty.ts';

export interface SvgOptions {
  readonly title: string;
  readonly columns: number;
  readonly screen: readonly (readonly StyledRun[])[];
}

const CELL = { width: 8.4, height: 18 } as const;
const FONT_SIZE = 14;
const MARGIN = 16;
const GROUND = '#0d1117';
const INK = '#d6dbe1';
const DIM = '#7d8590';
/** The 16 of the terminal's own, on a dark ground. */
const PALETTE: readonly string[] = [
  ...['#484f58', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#d6dbe1'],
  ...['#6e7681', '#ffa198', '#7ee787', '#f2cc60', '#a5d6ff', '#e2c5ff', '#7ee7ee', '#ffffff'],
];
const CUBE_FIRST = 16;
const CUBE_LEVELS = [0, 95, 135, 175, 215, 255] as const;
/** What XML cannot hold, and what ends a text or begins another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

export function escaped(text: string): string {
  return text.replace(FORBIDDEN, '').replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

export function toSvg({ title, columns, screen }: SvgOptions): string {
  const rows = screen.map((runs, row) => rowOf(runs, baselineOf(row))).filter((row) => row !== '');
  return framed({ title, columns, rows: screen.length, body: rows });
}

interface Framed {
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly body: readonly string[];
  /** CSS. */
  readonly style?: string;
}

/** The ground of a terminal of so many columns and rows, with what stands on it. */
export function framed({ title, columns, rows, body, style }: Framed): string {
  const width = round(columns * CELL.width + 2 * MARGIN);
  const height = round(rows * CELL.height + 2 * MARGIN);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    ...(style === undefined ? [] : [`<style>${style}</style>`]),
    `<rect width="100%" height="100%" rx="8" fill="${GROUND}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_SIZE}" fill="${INK}">`,
    ...body,
    '</g>',
    '</svg>',
  ].join('\n')}\n`;
}

/** Where the letters of a row stand, from the top of the picture. */
export function baselineOf(row: number): number {
  return round(MARGIN + (row + 0.75) * CELL.height);
}

/** Each word or row of words is given its width, so that columns stand below each other in whatever font there is. */
export function rowOf(runs: readonly StyledRun[], y: number): string {
  return runs
    .flatMap(({ column, text, ...style }) =>
      // Several blanks would be one in a picture.
      [...text.matchAll(/\S+(?: \S+)*/gu)].map(({ 0: words, index }) => {
        const x = round(MARGIN + (column + [...text.slice(0, index)].length) * CELL.width);
        const length = round([...words].length * CELL.width);
        return `<text x="${x}" y="${y}" textLength="${length}"${attributesOf(style)}>${escaped(words)}</text>`;
      }),
    )
    .join('');
}

function attributesOf({ colour, isBold, isDim }: Omit<StyledRun, 'column' | 'text'>): string {
  const fill = colour === undefined ? (isDim ? DIM : undefined) : typeof colour === 'string' ? colour : paletteColour(colour);
  return `${fill === undefined ? '' : ` fill="${escaped(fill)}"`}${isBold ? ' font-weight="bold"' : ''}`;
}

function paletteColour(number: number): string {
  const own = PALETTE[number];
  if (own !== undefined) return own;
  const at = number - CUBE_FIRST;
  const levels = [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((level) => CUBE_LEVELS[level] ?? 255);
  return `rgb(${levels.join(',')})`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
