/** The map, the bands and the charts: pure pictures of a state and its time. */
import { describe, expect, it } from 'vitest';
import type { AppliedInvalidation } from '../../../services/protocol/edge-api.ts';
import { chartTexts } from '../draw/chart.ts';
import { textOf } from '../draw/line.ts';
import { niceMax } from '../draw/scale.ts';
import { createTheme } from '../draw/theme.ts';
import { reduce } from '../state/reduce.ts';
import type { ViewState } from '../state/state.ts';
import { fault, observed, ready, stateAfter } from '../testing/view.ts';
import { bandLines } from './bands.ts';
import { mapLines } from './map.ts';

const theme = createTheme();
const map = (state: ViewState) => mapLines(state, { width: 90, rows: 3, theme }).map((line) => textOf(line).trimEnd());
const applied = (id: string): AppliedInvalidation => ({
  id,
  type: 'key',
  target: 'content:4',
  version: 2,
  mode: 'soft',
  partition: 0,
  offset: 1,
  recordedAt: 1_000,
  arrivedAt: 1_001,
  dueAt: 1_300,
  appliedAt: 2_000,
});

describe('the map', () => {
  it('draws the path of an invalidation to every region', () => {
    expect(map(stateAfter(ready(), observed()))).toEqual([
      '                                    ┌───────────────────── us-east  ● cache ● ───── origin',
      'postgres ●─────origin ●─────kafka ●─┼───────────────────── eu-west  ● cache ● ───── origin',
      '                                    └───────────────────── ap-south ● cache ● ───── origin',
    ]);
  });

  it('marks what is cut, slow, paused and killed, each with a sign of its own', () => {
    const inForce = [
      fault({ id: 'f1', fault: 'partition', target: 'edge:us-east<->kafka' }),
      fault({ id: 'f2', fault: 'latency', target: 'edge:eu-west->origin' }),
      fault({ id: 'f3', fault: 'pause', target: 'redis:eu-west' }),
      fault({ id: 'f4', fault: 'kill', target: 'edge:ap-south' }),
      fault({ id: 'f5', fault: 'partition', target: 'origin<->kafka' }),
    ];
    expect(map(stateAfter(ready(), observed(), { type: 'faults', t: 1_000, inForce }))).toEqual([
      '                                    ┌─╌╌╌╌╌╌╌╌╌╌✗╌╌╌╌╌╌╌╌╌ us-east  ● cache ● ───── origin',
      'postgres ●─────origin ●╌╌✗╌╌kafka ●─┼───────────────────── eu-west  ● cache ‖ ┄┄◐┄┄ origin',
      '                                    └───────────────────── ap-south ✗ cache ● ───── origin',
    ]);
  });

  it('lets what a region just applied travel to it, and no further', () => {
    const before = stateAfter(ready(), observed({ t: 1_000, change: { recent: [applied('a')] } }));
    const told = reduce(before, observed({ t: 2_000, change: { recent: [applied('b'), applied('a')] } }));
    const at = (t: number) => map(reduce(told, { type: 'tick', t })).join('');
    expect(map(before).join('')).not.toContain('◆');
    const columns = [2_000, 2_400, 2_900].map((t) => at(t).indexOf('◆'));
    expect(columns).toEqual([...columns].sort((one, other) => one - other));
    expect(new Set(columns).size).toBe(3);
    expect(at(3_100)).not.toContain('◆');
  });
});

describe('a band', () => {
  const band = { id: 'f1', says: '', fault: 'partition', target: 'edge:us-east<->kafka', region: 'us-east' } as const;
  const draw = (...times: readonly (readonly [number, number | undefined])[]) =>
    bandLines({
      bands: times.map(([fromMs, toMs]) => ({ ...band, fromMs, toMs })),
      nowMs: 40_000,
      indent: 7,
      points: 30,
      rows: 2,
      theme,
    }).map(textOf);

  it('lies where its fault was, the newest second at the right', () => {
    expect(draw([21_000, 36_000])).toEqual(['faults           ├ cut us-east /┤    ', ' '.repeat(37)]);
    expect(draw([38_000, undefined])[0]?.endsWith('├──')).toBe(true);
  });

  it('has a row of its own where two overlap, and none when it is long over', () => {
    expect(draw([21_000, 36_000], [30_000, undefined]).every((line) => line.includes('├'))).toBe(true);
    expect(draw([1_000, 5_000]).join('').trim()).toBe('');
  });
});

describe('a chart', () => {
  const draw = (values: readonly (number | null)[]) =>
    chartTexts({ values, width: 20, height: 3, min: 0, max: 10, format: String, isAscii: true });

  it('is as wide and high as asked for, with gaps where nothing is known, whatever the values', () => {
    for (const values of [[], [5], [null], [Number.NaN, 3, 4], [0, 0, 0], [Number.POSITIVE_INFINITY, 99_999, -5]]) {
      const lines = draw(values);
      expect(lines.map((line) => line.length)).toEqual([20, 20, 20]);
    }
    expect(draw([]).map((line) => line.slice(9).trim())).toEqual(['', '', '']);
    expect(draw([10, 10, null, 10, 10])[0]).toMatch(/- {2}-/);
  });

  it('has a scale that changes seldom', () => {
    expect([3, 5, 5.1, 12, 480, 0].map(niceMax)).toEqual([5, 5, 10, 20, 500, 1]);
  });
});
