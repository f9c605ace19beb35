/** The version tables of the overview: which rows are marked, and in which order they stand. */
import { describe, expect, it } from 'vitest';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { reduce } from '../state/reduce.ts';
import type { ViewState } from '../state/state.ts';
import { edgeMetrics, observed, pressed, ready, stateAfter } from '../testing/view.ts';

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
  const table = observed({
    versions: [row(4, 5), row(5, 1), row(6, 3), row(14, 9)],
    origin: [held(4, 6), held(5, 9), held(6, 3), held(14, 9)],
  });
  const sorted = stateAfter(ready(), table, {
    type: 'judged',
    t: 1_500,
    verdict: { state: 'clear', violations: 0, reason: '' },
    staleness: {},
    reads: { 'content:6': 70, 'content:14': 20, 'content:4': 10 },
  });

  it.each(SIZES)('stand in the order asked for, which the header says, also with a filter, at %ix%i', (...size) => {
    const keyed = (keys: string) => [...keys].reduce(pressed, sorted);
    expect(idsAt(sorted, size)).toEqual(['4', '5', '6', '14']);
    expect(idsAt(keyed('S'), size)).toEqual(['5', '4', '6', '14']);
    expect(linesAt(keyed('S'), size)[0]).toContain('most behind first');
    expect(idsAt(keyed('SS'), size)).toEqual(['6', '14', '4', '5']);
    expect(linesAt(keyed('SS'), size)[0]).toContain('most read first');
    expect(idsAt(keyed('SSS'), size)).toEqual(['4', '5', '6', '14']);
    expect(linesAt(keyed('SSS'), size)[0]).not.toContain('first');
    expect(idsAt(reduce(keyed('S'), { type: 'filter', text: '4' }), size)).toEqual(['4', '14']);
    expect(idsAt(reduce(keyed('SS'), { type: 'filter', text: '4' }), size)).toEqual(['14', '4']);
  });

  it('never show more here than at the origin only because the origin was asked before', () => {
    const at = (t: number, here: number, origin: number) => observed({ t, versions: [row(4, here)], origin: [held(4, origin)] });
    const cells = (state: ViewState) =>
      /^[│┃]4 +(\d+) +(\d+)/.exec(linesAt(state, [80, 24]).find((line) => /^[│┃]4 /.test(line)) ?? '')?.slice(1);
    const early = stateAfter(ready(), at(1_000, 7, 7), at(1_500, 8, 7));
    expect(cells(early)).toEqual(['8', '8']);
    expect(cells(reduce(early, at(2_000, 8, 8)))).toEqual(['8', '8']);
    // An origin that has had the time to say so, and does not, has lost it.
    expect(cells(reduce(early, at(4_600, 8, 7)))).toEqual(['8', '7']);
  });

  it('count a region as behind what another one has shown already', () => {
    const { versions } = edgeMetrics('eu-west', { versions: [row(4, 8)] });
    const table = observed({ t: 1_000, versions: [row(4, 7)], origin: [held(4, 7)] });
    if (table.type !== 'observed') throw new Error('expected figures');
    const { regions, origin } = table.observation;
    const ahead = { ...regions, 'eu-west': { metrics: edgeMetrics('eu-west', { versions }), answeredMs: 1_000, failures: 0 } };
    const state = stateAfter(ready(), { ...table, observation: { origin, regions: ahead } });
    const line = linesAt(state, [80, 24]).find((each) => /^[│┃]4 /.test(each)) ?? '';
    expect(line).toMatch(/4 +7 +8◂1 .*4 +8 +8 .*4 +7 +8◂1/);
  });

  it.each(SIZES)('tell a region that knows of a deletion from one that serves what was deleted, at %ix%i', (...size) => {
    const deleted = { key: 'content:4', version: 5, deleted: true };
    const rowOf = (version: number, state: 'fresh' | 'invalid') => {
      const shown = stateAfter(ready(), observed({ versions: [{ key: 'content:4', version, state }], origin: [deleted] }));
      return /^[│┃]4 +(\S+) +(gone\S*) +([^│┃]*[^│┃ ]) *[│┃]/
        .exec(linesAt(shown, size).find((line) => /^[│┃]4 /.test(line)) ?? '')
        ?.slice(1);
    };
    expect(rowOf(5, 'fresh')).toEqual(['gone', 'gone', 'fresh']);
    expect(rowOf(4, 'fresh')).toEqual(['4', 'gone◂1', size[0] === 80 ? 'fresh!' : 'fresh, but old']);
    expect(rowOf(4, 'invalid')).toEqual(['4', 'gone', 'invalid']);
  });

  it('lose a content after its deletion although regions keep its 404', () => {
    const deleted = { key: 'content:4', version: 5, deleted: true };
    const at = (t: number, here: number) => observed({ t, versions: [row(4, here), row(5)], origin: [deleted, held(5)] });
    const known = stateAfter(ready(), at(1_000, 5));
    expect(idsAt(stateAfter(ready(), at(1_000, 5), { type: 'tick', t: 12_000 }, at(12_000, 5)), [80, 24])).toEqual(['5']);
    expect(known.keys).toEqual(['content:4', 'content:5']);
    const still = stateAfter(ready(), at(1_000, 4), { type: 'tick', t: 12_000 }, at(12_000, 4));
    expect(still.keys).toEqual(['content:4', 'content:5']);
  });

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
