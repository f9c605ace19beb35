/** A line of the frame: texts with what they mean, measured in columns. Everything the view draws is made of these. */
import { cut, widthOf } from './format.ts';
import type { Role } from './theme.ts';

/** A text without line ends or control characters. */
export interface Span {
  readonly text: string;
  readonly role: Role;
}

export type Line = readonly Span[];

export function span(text: string, role: Role = 'text'): Span {
  return { text, role };
}

export function lineWidth(line: Line): number {
  return line.reduce((columns, { text }) => columns + widthOf(text), 0);
}

/** Exactly `width` columns: what is too long is cut and marked, what is short is filled with blanks. */
export function fitLine(line: Line, width: number): Line {
  const kept: Span[] = [];
  let room = width;
  for (const { text, role } of line) {
    if (room <= 0) break;
    const taken = cut(text, room);
    kept.push({ text: taken, role });
    const isCut = taken !== text;
    room -= widthOf(taken);
    if (isCut) break;
  }
  return room > 0 ? [...kept, span(' '.repeat(room))] : kept;
}

/** One part at each end of exactly `width` columns. Where both do not fit, the right one keeps its room. */
export function spread(left: Line, right: Line, width: number): Line {
  const end = fitLine(right, Math.min(lineWidth(right), width));
  return [...fitLine(left, width - lineWidth(end)), ...end];
}

/** As many whole parts as fit, with `gap` columns between. */
export function joined(parts: readonly Line[], width: number, gap: number): Line {
  const line: Span[] = [];
  let used = 0;
  for (const part of parts) {
    const needed = lineWidth(part) + (line.length === 0 ? 0 : gap);
    if (used + needed > width) break;
    if (line.length > 0) line.push(span(' '.repeat(gap)));
    line.push(...part);
    used += needed;
  }
  return line;
}

/** All parts, on as many lines as they need. */
export function flowed(parts: readonly Line[], width: number, gap: number): readonly Line[] {
  const lines: Line[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && lineWidth(last) + gap + lineWidth(part) <= width)
      lines[lines.length - 1] = [...last, span(' '.repeat(gap)), ...part];
    else lines.push(part);
  }
  return lines;
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}
