/**
 * A line of the frame as the terminal takes it: one string with its colours in it, so that a line is one node to draw
 * and to compare.
 */
import { NAMED_COLOURS } from './colours.ts';
import { widthOf } from './format.ts';
import type { Line } from './line.ts';
import type { TextStyle, Theme } from './theme.ts';

/** As `WriteStream.getColorDepth` answers it: bits of a colour; 1 is none. */
export type ColourDepth = number;

/**
 * What the terminal can show. Node takes any `CI`, also an empty one, for a terminal without colours; whoever sits at
 * one sees them.
 */
export function colourDepthOf(
  stdout: Pick<NodeJS.WriteStream, 'getColorDepth'>,
  { CI: _, ...variables }: Readonly<Record<string, string | undefined>>,
): ColourDepth {
  return stdout.getColorDepth(variables);
}

const NAMED: Readonly<Record<string, number>> = NAMED_COLOURS;
const BASIC_FIRST = 30;
const CUBE_FIRST = 16;
const DEPTH_TRUE = 24;
const DEPTH_CUBE = 8;
const DEPTH_NONE = 1;
const RESET = '\u001b[0m';
const NOT_ASCII = /[^\x20-\x7e]/gu;

export function styledText(line: Line, theme: Theme, depth: ColourDepth): string {
  return line.map(({ text, role }) => painted(theme.isAscii ? toAscii(text) : text, theme.styles[role], depth)).join('');
}

function painted(text: string, style: TextStyle, depth: ColourDepth): string {
  const codes = codesOf(style, depth);
  return codes === '' || text === '' ? text : `\u001b[${codes}m${text}${RESET}`;
}

function codesOf({ color, bold, dimColor }: TextStyle, depth: ColourDepth): string {
  const colour = color === undefined || depth <= DEPTH_NONE ? [] : [colourCode(color, depth)];
  return [...(bold === true ? ['1'] : []), ...(dimColor === true ? ['2'] : []), ...colour].join(';');
}

/** A name, or `#rrggbb`: as exactly as the terminal can. */
function colourCode(color: string, depth: ColourDepth): string {
  const named = NAMED[color];
  if (named !== undefined) return String(named);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  if (depth >= DEPTH_TRUE) return `38;2;${red};${green};${blue}`;
  if (depth >= DEPTH_CUBE) return `38;5;${CUBE_FIRST + 36 * toCube(red) + 6 * toCube(green) + toCube(blue)}`;
  const toBit = (value: number) => Math.round(value / 255);
  return String(BASIC_FIRST + toBit(red) + 2 * toBit(green) + 4 * toBit(blue));
}

/** The nearest of 0, 95, 135, 175, 215, 255. */
function toCube(value: number): number {
  if (value < 48) return 0;
  return value < 115 ? 1 : Math.round((value - 55) / 40);
}

/** As many columns as before. */
function toAscii(text: string): string {
  return text.replaceAll('…', '~').replace(NOT_ASCII, (character) => '?'.repeat(widthOf(character)));
}
