/** What of Ink's own output reaches the terminal while frames are painted past it. */
import { expect, it } from 'vitest';
import { unpainted } from './unpainted.ts';

it('lets modes through and leaves the empty frame out', () => {
  const written: unknown[] = [];
  const stdout = unpainted({ columns: 80, write: (text: unknown) => void written.push(text) } as unknown as NodeJS.WriteStream);
  expect(stdout.columns).toBe(80);
  for (const text of ['\n', '\u001b[2K\u001b[1A\u001b[G', '\u001b[?2026h', '\u001b[?25l', '\u001b[?2004h', 'text']) stdout.write(text);
  expect(written.filter((text) => text !== '')).toEqual(['\u001b[?2004h', 'text']);
});
