/** A text as lines of words. */
import { plain, widthOf } from './format.ts';

/** A text of more is no text for a screen. */
const PARTS_MAX = 50;

/**
 * At most `width` columns each, and a new one at each line break; a word that is longer has a line of its own, which is
 * cut where it is drawn.
 */
export function wrapped(text: string, width: number): readonly string[] {
  const parts = text.includes('\n') ? text.split(/\r?\n/).slice(0, PARTS_MAX) : [text];
  return parts.flatMap((part) => wrappedPart(part, width));
}

function wrappedPart(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of plain(text)
    .split(' ')
    .filter((found) => found !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
