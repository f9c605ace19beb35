/** Texts that are longer than their line: in full wherever there are rows for it. */
import { describe, expect, it } from 'vitest';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import type { ViewState } from '../state/state.ts';
import { fault, observed, pressed, ready, SCREEN_STATES, stateAfter, typed } from '../testing/view.ts';

const LONG =
  'pause redis:us-east: kill is in force there already (f1); a process that is gone cannot be paused, so heal the kill of redis:us-east first';
const linesAt = (state: ViewState, columns: number, rows: number) => frameLines(state, { columns, rows }, createTheme()).map(textOf);
const wordsAt = (state: ViewState, columns: number, rows: number, from = 0) =>
  linesAt(state, columns, rows)
    .map((line) => line.slice(from).trim())
    .join(' ')
    .replaceAll(/\s+/g, ' ');

describe('regions that have no room', () => {
  it('are counted at the foot of the last panel, with the key that shows them', () => {
    const state = stateAfter(ready(), observed());
    expect(linesAt(state, 60, 16).filter((line) => /─Tab: 1 more :5002─╯$/.test(line))).toHaveLength(1);
    const third = pressed(pressed(state, 'tab'), 'tab');
    expect(linesAt(third, 60, 16).join('\n')).toContain('3 ap-south');
    expect(linesAt(state, 80, 24).join('\n')).not.toContain('more :');
  });
});

describe('the events', () => {
  const told = stateAfter(ready(), observed(), { type: 'note', t: 2_000, tone: 'warning', text: LONG });

  it.each([
    [80, 24, 27],
    [100, 30, 34],
  ])('have the last one in full at %ix%i', (columns, rows, from) => {
    expect(wordsAt(told, columns, rows, from)).toContain(LONG);
  });

  it('are in full on a screen of their own, the newest first, with the filter', () => {
    const more = stateAfter(
      ready(),
      observed(),
      ...['one', 'two'].map((name, at) => ({ type: 'note', t: at, tone: 'info', text: `${name}: ${LONG}` }) as const),
    );
    const text = wordsAt(pressed(more, 'e'), 60, 16);
    expect(text).toContain(`two: ${LONG}`);
    expect(text.indexOf('two:')).toBeLessThan(text.indexOf('one:'));
    expect(wordsAt(pressed({ ...more, filter: 'one:' }, 'e'), 60, 16)).not.toContain('two:');
    expect(pressed(pressed(more, 'e'), 'e').screens).toEqual([{ screen: 'overview' }]);
  });
});

describe('the faults in force', () => {
  it('have their words in full where there are rows for them', () => {
    const says = 'edge:us-east applies invalidations 500 ms later than it should';
    const slow = fault({ fault: 'propagation-delay', target: 'edge:us-east', says });
    const one = stateAfter(ready(), observed(), { type: 'faults', t: 2_000, inForce: [slow] });
    const shown = linesAt(one, 100, 30)
      .slice(-7)
      .map((line) =>
        line
          .slice(0, 32)
          .replace(/ \d+ s *$/, '')
          .trim(),
      );
    expect(shown.join(' ').replaceAll(/\s+/g, ' ')).toContain(says);
    const many = Array.from({ length: 9 }, (_, at) => ({ ...slow, id: `f${at}` }));
    const cut = linesAt(stateAfter(ready(), observed(), { type: 'faults', t: 2_000, inForce: many }), 100, 30).join('\n');
    expect(cut).toMatch(/4 more/);
  });
});

describe('what is asked and typed', () => {
  it('is told in full, and moves nothing above it', () => {
    const state = stateAfter(ready(), observed());
    for (const [columns, rows] of [
      [80, 24],
      [100, 30],
    ] as const) {
      const calm = linesAt(state, columns, rows);
      for (const key of ['x', ':', '/']) expect(linesAt(pressed(state, key), columns, rows).slice(0, -4)).toEqual(calm.slice(0, -4));
    }
    const wrong = pressed(typed(pressed(state, ':'), 'heal nothing-of-that-name-is-in-force-here'), 'return');
    expect(linesAt(wrong, 80, 24).join('\n')).toContain('nothing is in force');
    const load = pressed(typed(pressed(state, ':'), 'delay eu-west x'), 'return');
    expect(wordsAt(load, 60, 16)).toContain('expected a delay such as 0ms, 300ms or 2s, at most 600 s, got x');
  });
});

describe('the menu of faults', () => {
  const menu = pressed(stateAfter(ready(), observed()), 'f');

  it.each([
    [100, 30],
    [160, 45],
    [250, 70],
  ])('says in full what each of them does at %ix%i', (columns, rows) => {
    expect(linesAt(menu, columns, rows).filter((line) => line.includes('…'))).toEqual([]);
  });

  it('says what to expect of a fault, in its form at every size and in the list where there is room', () => {
    const expected = (lines: readonly string[]) => lines.join(' ').includes('To see: ');
    expect([160, 100].map((columns) => expected(linesAt(menu, columns, columns === 160 ? 45 : 30)))).toEqual([true, false]);
    for (const [columns, rows] of [
      [60, 16],
      [80, 24],
      [100, 30],
      [160, 45],
    ] as const)
      expect(expected(linesAt(pressed(menu, 'return'), columns, rows)), `${columns}x${rows}`).toBe(true);
  });

  it.each([
    [60, 16],
    [80, 24],
  ])('says in full what the chosen one does at %ix%i', (columns, rows) => {
    for (let at = 0, state = menu; at < 20; at += 1, state = pressed(state, 'down')) {
      const lines = linesAt(state, columns, rows);
      const title = lines.findLastIndex((line) => /^─ [a-z-]+ ─/.test(line));
      expect(title).toBeGreaterThan(3);
      expect(lines.slice(title, -1).join('')).not.toContain('…');
    }
  });
});

describe('a large screen', () => {
  it.each(SCREEN_STATES.map((screen, at) => [`${screen.screen} (${at})`, screen] as const))('cuts no text of %s', (_name, screen) => {
    const state = stateAfter(ready(), observed(), { type: 'note', t: 2_000, tone: 'warning', text: LONG });
    const shown = screen.screen === 'overview' ? state : { ...state, screens: [{ screen: 'overview' } as const, screen] };
    expect(linesAt(shown, 160, 45).filter((line) => line.includes('…'))).toEqual([]);
  });
});
