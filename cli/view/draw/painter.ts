/**
 * Puts frames on the screen: the lines that are not what they were, and nothing else.
 *
 * Ink could do it, and took ten times as long: for each frame it lays out, cuts up and measures every line again,
 * whether it has changed or not. Our lines are measured already. Nothing is ever cleared but what lies beside and below
 * a frame of another size.
 */
import type { ScreenSize } from './layout.ts';

export interface Painter {
  /** Lines with their colours, each as wide as the screen. */
  paint(texts: readonly string[], size: ScreenSize): void;
  /** Somebody else may have written there: the next frame is sent whole. */
  forget(): void;
}

/** The terminal shows what is between them at once, where it knows them. */
const [BEGIN, END] = ['\u001b[?2026h', '\u001b[?2026l'];
const ERASE_BELOW = '\u001b[J';
const ERASE_RIGHT = '\u001b[K';
const HOME = '\u001b[H';
/**
 * What somebody else may have left: a colour, a part of the screen that scrolls by itself, line drawing, the cursor.
 */
const AS_OURS = '\u001b[m\u001b[r\u001b(B\u001b[?25l';

const toRow = (row: number) => `\u001b[${row + 1}H`;

/**
 * Blanks at the end need not be sent. Of a line that fills its row there is nothing to erase, but its own last
 * character.
 */
function shortened(text: string): string {
  const kept = text.trimEnd();
  return kept === text ? text : kept + ERASE_RIGHT;
}

export function createPainter(write: (text: string) => void): Painter {
  let shown: readonly string[] = [];
  let shownSize: ScreenSize | undefined;
  let isForgotten = false;
  return {
    forget: () => {
      shown = [];
      shownSize = undefined;
      isForgotten = true;
    },
    paint: (texts, size) => {
      const isSame = size.columns === shownSize?.columns && size.rows === shownSize.rows;
      const before = isSame ? shown : [];
      const changed = texts.flatMap((text, row) => (text === before[row] ? [] : [`${toRow(row)}${shortened(text)}`]));
      const isBare = texts.length < size.rows && texts.length !== before.length;
      if (isBare) changed.push(`${toRow(texts.length)}${ERASE_BELOW}`);
      if (isForgotten) changed.unshift(AS_OURS);
      shown = texts;
      shownSize = size;
      isForgotten = false;
      if (changed.length > 0) write(`${BEGIN}${changed.join('')}${HOME}${END}`);
    },
  };
}
