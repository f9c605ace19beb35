/** What is sent to the terminal for a frame: the lines that changed. */
import { expect, it } from 'vitest';
import { createPainter } from './painter.ts';

const SIZE = { columns: 6, rows: 3 } as const;

function painted() {
  const written: string[] = [];
  return { written, painter: createPainter((text) => void written.push(text)) };
}

it('sends a frame whole once, then only the lines that changed, and nothing for the same frame', () => {
  const { written, painter } = painted();
  painter.paint(['header', 'one   ', 'footer'], SIZE);
  expect(written.at(-1)).toBe('\u001b[?2026h\u001b[1Hheader\u001b[2Hone\u001b[K\u001b[3Hfooter\u001b[H\u001b[?2026l');
  painter.paint(['header', 'two   ', 'footer'], SIZE);
  expect(written.at(-1)).toBe('\u001b[?2026h\u001b[2Htwo\u001b[K\u001b[H\u001b[?2026l');
  painter.paint(['header', 'two   ', 'footer'], SIZE);
  expect(written).toHaveLength(2);
});

it('sends it whole again on a screen of another size, and leaves nothing below a shorter one', () => {
  const { written, painter } = painted();
  painter.paint(['header', 'one   ', 'footer'], SIZE);
  painter.paint(['small'], { columns: 5, rows: 2 });
  expect(written.at(-1)).toBe('\u001b[?2026h\u001b[1Hsmall\u001b[2H\u001b[J\u001b[H\u001b[?2026l');
});

it('sends it whole again when somebody else may have written there, in its own modes', () => {
  const { written, painter } = painted();
  painter.paint(['header', 'one   ', 'footer'], SIZE);
  painter.forget();
  painter.paint(['header', 'one   ', 'footer'], SIZE);
  const own = '\u001b[m\u001b[r\u001b(B\u001b[?25l';
  expect(written.at(-1)).toBe(`\u001b[?2026h${own}\u001b[1Hheader\u001b[2Hone\u001b[K\u001b[3Hfooter\u001b[H\u001b[?2026l`);
  painter.paint(['header', 'one   ', 'footer'], SIZE);
  expect(written).toHaveLength(2);
});

it('never erases the whole screen or what has scrolled off it', () => {
  const { written, painter } = painted();
  for (let columns = 1; columns < 9; columns += 1) painter.paint(['', '      ', 'x'].slice(columns % 3), { ...SIZE, columns });
  for (const clear of ['[2J', '[3J', '[1J']) expect(written.join('')).not.toContain(clear);
});
