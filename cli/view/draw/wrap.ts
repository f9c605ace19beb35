/** A text as lines of words. */
import { plain, widthOf } from './format.ts';

/** At most `width` columns each; a word that is longer has a line of its own, which is cut where it is drawn. */
export function wrapped(text: string, width: number): readonly string[] {
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
