/** Charts inside the panels: where they are, what their axis ends at, and the time below them. */
import { describe, expect, it } from 'vitest';
import { axisText } from '../draw/chart.ts';
import { textOf } from '../draw/line.ts';
import { ageMax, latencyMax } from '../draw/scale.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import type { ViewState } from '../state/state.ts';
import type { Sample } from '../state/watched.ts';
import { edgeMetrics, fault, observed, pressed, ready, stateAfter } from '../testing/view.ts';

const SECONDS = 40;
const COLD_UNTIL_S = 20;
const { metrics } = edgeMetrics('us-east');

/** The first seconds of an edge are slow, then nothing is above 8 ms; eu-west is cut off at second 30. */
function seconds(): ViewState {
  const cut = fault({ fault: 'partition', target: 'edge:eu-west<->kafka', region: 'eu-west', injectedMs: 30_000 });
  const events = Array.from({ length: SECONDS }, (_, second) => {
    const p99 = second < COLD_UNTIL_S ? 900 : 8;
    const change = { metrics: { ...metrics, uptime: second * 1_000 }, window: { requests: 200, hitRatio: 97, p50: 0.4, p95: 2, p99 } };
    return [
      observed({ t: second * 1_000 + 10, change }),
      ...(second === 30 ? [{ type: 'faults', t: 30_100, inForce: [cut] } as const] : []),
      { type: 'tick', t: (second + 1) * 1_000 } as const,
    ];
  }).flat();
  return stateAfter(ready(), ...events);
}

const linesAt = (columns: number, rows: number, isAscii = false, state = seconds()) =>
  frameLines(state, { columns, rows }, createTheme({ ascii: isAscii })).map(textOf);
const countOf = (lines: readonly string[], pattern: RegExp) => lines.flatMap((line) => [...line.matchAll(pattern)]).length;

describe('the panels of a large screen', () => {
  it.each([
    [160, 45, 3],
    [250, 70, 3],
    [100, 30, 0],
    [80, 24, 0],
  ])('at %ix%i have %i charts, with the time below each', (columns, rows, count) => {
    for (const isAscii of [false, true]) {
      const lines = linesAt(columns, rows, isAscii);
      expect(countOf(lines, /P99 of reads/g)).toBe(count);
      expect(countOf(lines, /-10 s.* now|-20 s.* now/g)).toBe(count === 0 ? 0 : 1);
      expect(countOf(lines, / now[│┃|#]/g)).toBe(count);
    }
  });

  it('have the fault below the chart of its region alone', () => {
    const line = linesAt(160, 45).find((each) => each.includes('├')) ?? '';
    expect(countOf([line], /├/g)).toBe(1);
    expect(line.indexOf('├')).toBeGreaterThan(line.indexOf('┃'));
  });

  it('say that the right edge is not now while one looks back', () => {
    const lines = linesAt(160, 45, false, pressed(pressed(seconds(), ' '), '['));
    expect(countOf(lines, / then[┆┇]/g)).toBe(3);
    expect(countOf(lines, / now[┆┇]/g)).toBe(0);
  });

  it('do not let the cold start set the axis, and neither does the zoom', () => {
    expect(linesAt(160, 45).join('\n')).toContain('10 ms┼');
    const zoomed = linesAt(160, 45, false, pressed(seconds(), 'z')).join('\n');
    expect(zoomed).toContain('10 ms┼');
    expect(zoomed).not.toContain('1.0 s┼');
    expect(zoomed).toMatch(/-30 s .* now/);
  });
});

describe('a scale', () => {
  const sample = (p99: number | null, isCold: boolean, staleness: number | null = null): Sample => ({
    p99,
    isCold,
    staleness,
    hitRatio: null,
  });

  it('counts the cold start only while nothing else is known', () => {
    expect(latencyMax([sample(900, true), sample(null, false)])).toBe(900);
    expect(latencyMax([sample(900, true), sample(40, false)])).toBe(40);
    expect(latencyMax([sample(0.2, false)])).toBe(5);
    expect(latencyMax([])).toBe(5);
  });

  it('has an end, whatever is measured', () => {
    for (const most of [latencyMax([sample(1e308, false)]), ageMax([sample(null, false, 1e308)])]) expect(most).toBeLessThan(1e6);
    expect(ageMax([sample(null, false, 12_000)])).toBe(12_000);
  });
});

describe('the time below a chart', () => {
  it.each([30, 50, 160, 250])('of %i columns stands where its seconds are, and ends with the right edge', (width) => {
    const text = axisText(width, 'now');
    expect(text).toHaveLength(width);
    expect(text.endsWith(' now')).toBe(true);
    const labels = [...text.matchAll(/-(\d+) s/g)];
    expect(labels.length).toBeGreaterThan(0);
    for (const { 0: label, 1: ago, index } of labels) expect(width - 1 - (index + label.length - 1)).toBe(Number(ago));
  });
});
