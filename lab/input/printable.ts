/**
 * Text from outside, made safe for a terminal or a report: control characters, escape sequences and bidirectional
 * controls become visible marks, so that a title can neither move the cursor nor reorder a line.
 */

/** C0, DEL, C1, bidi embeddings, overrides and isolates, marks, separators that break lines, BOM, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const C0_PICTURES = 0x2400;
const DELETE = 0x7f;
const DELETE_PICTURE = '\u2421';

function visibleMark(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(C0_PICTURES + code);
  if (code === DELETE) return DELETE_PICTURE;
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

export function printable(text: string): string {
  return text.replace(UNPRINTABLE, visibleMark);
}

/** A text of several lines, each made printable: for messages whose line ends are our own. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
