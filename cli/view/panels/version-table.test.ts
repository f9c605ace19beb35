/** The version tables of the overview: which rows are marked, and in which order they stand. */
import { describe, expect, it } from 'vitest';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { reduce } from '../state/reduce.ts';
import type { ViewState } from '../state/state.ts';
import { observed, ready, stateAfter } from '../testing/view.ts';

const SIZES = [
  [80, 24],
  [160, 45],
] as const;
const UNICODE = createTheme();

const row = (id: number, version = 1) => ({ key: `content:${id}`, version, state: 'fresh' }) as const;
const held = (id: number, version = 1) => ({ key: `content:${id}`, version, deleted: false });
const linesAt = (state: ViewState, [columns, rows]: readonly [number, number]) => frameLines(state, { columns, rows }, UNICODE).map(textOf);
/** The ids of the first panel, in the order in which they stand. */
const idsAt = (state: ViewState, size: readonly [number, number]) =>
  linesAt(state, size).flatMap((line) => /^[│┃](\d+\*?) +\d/.exec(line)?.[1] ?? []);

describe('the version tables', () => {
  it.each(SIZES)('mark what one’s own key wrote, for some seconds, in every region at %ix%i', (...size) => {
    const table = observed({ t: 1_000, versions: [row(4), row(5)], origin: [held(4), held(5)] });
    const written = stateAfter(ready(), table, { type: 'written', t: 2_000, writes: [{ key: 'content:5', version: 2 }] });
    expect(idsAt(written, size)).toEqual(['4', '5*']);
    expect(
      linesAt(written, size)
        .find((line) => line.includes('5*'))
        ?.match(/5\*/g),
    ).toHaveLength(3);
    expect(idsAt(reduce(written, { type: 'tick', t: 9_900 }), size)).toEqual(['4', '5*']);
    expect(idsAt(reduce(written, { type: 'tick', t: 10_100 }), size)).toEqual(['4', '5']);
  });
});
