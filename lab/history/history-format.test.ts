/**
 * The format of `history.ndjson`, byte for byte: `testing/version-1.ndjson` has every kind of line, with and without
 * what older labs left out.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { History } from './history.ts';
import { toText } from './history-file.ts';
import { historyLine } from './history-lines.ts';
import { readHistory } from './read-history.ts';

const SAVED = fileURLToPath(new URL('testing/version-1.ndjson', import.meta.url));

describe('the format of a history', () => {
  it('is the same when a history is read and written again', async () => {
    const lines: string[] = [];
    const { isTorn } = await readHistory(SAVED, new History({ onLine: (line) => lines.push(toText(line)) }));
    expect(isTorn).toBe(false);
    expect(lines.join('')).toBe(await readFile(SAVED, 'utf8'));
  });

  it('is shown whole: every kind of line is in the saved history', async () => {
    const kinds = (await readFile(SAVED, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => /^\{"line":"([a-z-]+)"/.exec(line)?.[1]);
    const known = historyLine.options.flatMap(({ shape }) => [...shape.line.values]);
    expect(new Set(kinds)).toEqual(new Set(known));
  });
});
