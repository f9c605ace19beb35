/** A frame of lines around lines, with a title in its upper border and a word in its lower one. */
import { widthOf } from './format.ts';
import { fitLine, type Line, lineWidth, span } from './line.ts';
import type { BorderCharacters, Role } from './theme.ts';

export interface FrameOptions {
  readonly title: Line;
  readonly lines: readonly Line[];
  /** In few columns. */
  readonly foot: string;
  /** With the borders. */
  readonly width: number;
  readonly border: BorderCharacters;
  /** Of the border. */
  readonly role: Role;
}

/** Columns of the upper border that are never title: its corners and a blank on either side. */
const TITLE_MARGIN = 4;

export function framed({ title, lines, foot, width, border, role }: FrameOptions): readonly Line[] {
  const room = Math.max(0, width - TITLE_MARGIN);
  const shown = lineWidth(title) > room ? fitLine(title, room) : title;
  const rest = border.top.repeat(Math.max(0, room - lineWidth(shown)));
  return [
    [span(`${border.topLeft} `, role), ...shown, span(` ${rest}${border.topRight}`, role)],
    ...lines.map((line) => [span(border.left, role), ...fitLine(line, width - 2), span(border.right, role)]),
    [
      span(border.bottomLeft + border.bottom.repeat(Math.max(0, room - widthOf(foot) + 1)), role),
      span(foot, 'muted'),
      span(border.bottom + border.bottomRight, role),
    ],
  ];
}
