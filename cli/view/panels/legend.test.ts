/** What the marks and colours mean: first in the help, and below the overview where there is room. */
import { describe, expect, it } from 'vitest';
import { answersTo } from '../answer.ts';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { GLOBAL } from '../keys/global.ts';
import { reduce } from '../state/reduce.ts';
import { observed, pressed, ready, stateAfter } from '../testing/view.ts';
import { OWN_MARK } from './version-table.ts';

const PLAYING = stateAfter(ready(), observed());
const linesAt = (columns: number, rows: number, ascii: boolean, state = PLAYING) =>
  frameLines(state, { columns, rows }, createTheme({ ascii })).map(textOf);

describe('the legend', () => {
  it.each([
    [160, 45, true],
    [250, 70, true],
    [100, 30, false],
    [80, 24, false],
  ])('stands below the overview at %ix%i: %s', (columns, rows, isThere) => {
    expect(linesAt(columns, rows, false).at(-2)?.includes('● answers  ✗ cut or killed')).toBe(isThere);
    expect(linesAt(columns, rows, true).at(-2)?.includes('o answers  x cut or killed')).toBe(isThere);
  });

  it('is followed by every key in full, at the smallest size, too', () => {
    const size = { columns: 60, rows: 16 };
    let state = pressed(PLAYING, '?');
    const seen: string[] = [];
    for (let at = 0; at < 200; at += 1) {
      seen.push(
        ...frameLines(state, size, createTheme())
          .slice(2, -1)
          .map(textOf)
          .filter((line) => !line.includes('more lines below')),
      );
      state = answersTo(state, 'j', size).reduce(reduce, state);
    }
    const text = seen.join(' ').replaceAll(/\s+/g, ' ');
    expect(seen.filter((line) => line.includes('…'))).toEqual([]);
    for (const { about } of GLOBAL) for (const word of about.split(' ')) expect(text).toContain(word);
  });

  it.each([[false], [true]])('has a mark of its own for each meaning, and none that a frame is drawn with: in ASCII %s', (ascii) => {
    const theme = createTheme({ ascii });
    const { ok, cut, slow, paused, lost } = theme.links;
    const meanings = [ok, cut, slow, paused, lost, theme.tones.good, theme.tones.warning].map(({ mark }) => mark);
    const marks = [...meanings, theme.event, theme.behind, OWN_MARK];
    expect(new Set(marks).size).toBe(marks.length);
    const drawn = [theme.panel, theme.selectedPanel].flatMap(({ topLeft, top, left }) => [topLeft, left, ...(ascii ? [] : [top])]);
    const frames = new Set([...drawn, theme.rule, ...Object.values(theme.branches)]);
    for (const mark of marks) expect(frames).not.toContain(mark);
  });

  it.each([
    [60, 16],
    [80, 24],
    [160, 45],
  ])('begins the help at %ix%i, whole', (columns, rows) => {
    const text = linesAt(columns, rows, false, pressed(PLAYING, '?')).slice(2).join(' ').replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/^marks ● answers/);
    for (const says of ['versions behind', 'fresh, but old', 'your write', 'old, slow, or in doubt', 'broken or wrong'])
      expect(text).toContain(says);
    expect(text.indexOf('marks')).toBeLessThan(text.indexOf('colours'));
  });
});
