/** Every line the view draws is exactly as wide as it was asked to be, whatever texts come from outside. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../lab/live/live-lab.ts';
import { eventLines, faultLines, footerLine, headerLine } from './chrome.ts';
import { widthOf } from './format.ts';
import { helpLines } from './help.ts';
import { layoutOf, PANEL_ROWS } from './layout.ts';
import { type Line, lineWidth, textOf } from './line.ts';
import { panelLines } from './region-panel.ts';
import { startLines } from './start.ts';
import type { ViewAction, ViewState } from './state.ts';
import { createTheme } from './theme.ts';
import { fault, observed, ready, stateAfter } from './view-test-support.ts';

const RUNS = 300;
const UNICODE = createTheme();

/** The frame without Ink: all lines, with the width each should have. */
function frameOf(
  state: ViewState,
  columns: number,
  rows: number,
  theme = UNICODE,
): readonly { readonly line: Line; readonly width: number }[] {
  const layout = layoutOf({ columns, rows }, { regions: state.regions.length, selected: state.selected, keys: state.keys.length });
  const { faults, origin, keys, nowMs } = state;
  const panels = layout.panels.flatMap(({ index, width }) => {
    const region = state.regions[index];
    if (region === undefined) return [];
    const lines = panelLines({
      region,
      number: index + 1,
      isSelected: index === state.selected,
      faults,
      origin,
      keys,
      nowMs,
      width,
      tableRows: layout.tableRows,
      theme,
    });
    if (lines.length !== PANEL_ROWS + layout.tableRows)
      throw new Error(`expected ${PANEL_ROWS + layout.tableRows} lines, got ${lines.length}`);
    return lines.map((line) => ({ line, width }));
  });
  const wide = (lines: readonly Line[], width: number) => lines.map((line) => ({ line, width }));
  return [
    ...wide([headerLine(state, columns, theme), footerLine(state, columns)], columns),
    ...panels,
    ...wide(faultLines(state, { width: layout.faultColumns, rows: layout.logRows, theme }), layout.faultColumns),
    ...wide(eventLines(state, { width: layout.logColumns, rows: layout.logRows, theme }), layout.logColumns),
    ...wide(helpLines({ width: columns, rows: layout.bodyRows, theme }), columns),
    ...wide(startLines(state, { width: columns, rows: layout.bodyRows, theme }), columns),
  ];
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '\u001b[2J\u001b[H gone',
    '\u001b]0;title\u0007',
    '\u202eoverride\u2066',
    'a\r\nb\tc',
    '👩‍👩‍👧‍👦🇩🇪1️⃣',
    'नमस्ते',
    'e\u0301\u0301\u0301\u0301',
    '日本語'.repeat(20),
    'x'.repeat(10_000),
  ),
);

const hostileState = fc
  .record({
    name: hostile,
    note: hostile,
    target: hostile,
    says: hostile,
    key: hostile,
    step: hostile,
    lag: fc.option(fc.nat()),
    p99: fc.double(),
  })
  .map(({ name, note, target, says, key, step, lag, p99 }) => {
    const regions = [name, 'eu-west', `${name}2`];
    const log = { connected: lag !== null, catchingUp: false, lag, applied: {}, queued: 0, unreadable: 0 };
    const events: readonly (LiveEvent | ViewAction)[] = [
      { type: 'step', t: 1, step, elapsedMs: 12 },
      ready(regions),
      observed({
        regions,
        versions: [{ key, version: 3, state: 'stale' }],
        origin: [{ key, version: 99_999, deleted: false }],
        change: { log, window: { requests: 5, hitRatio: null, p50: null, p95: p99, p99 } },
      }),
      { type: 'tick', t: 3_000 },
      {
        type: 'faults',
        t: 3_000,
        inForce: [fault({ fault: 'partition', target, says }), fault({ id: 'f2', fault: says, target: `edge:${name}`, says })],
      },
      { type: 'note', t: 3_000, tone: 'error', text: note },
    ];
    return stateAfter(...events, { type: 'sent', command: { do: 'heal-all' }, text: note });
  });

describe('the frame', () => {
  it('has lines of the right width, free of control characters, whatever comes from outside', () => {
    fc.assert(
      fc.property(hostileState, fc.integer({ min: 60, max: 250 }), fc.integer({ min: 16, max: 70 }), (state, columns, rows) => {
        for (const { line, width } of frameOf(state, columns, rows)) {
          const text = textOf(line);
          if (lineWidth(line) !== width || widthOf(text) !== width)
            throw new Error(`expected ${width} columns, got ${widthOf(text)}: ${JSON.stringify(text)}`);
          if (/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text)) throw new Error(`a control character in ${JSON.stringify(text)}`);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('shows versions, what is behind, and what was deleted', () => {
    const state = stateAfter(
      ready(),
      observed({
        versions: [
          { key: 'content:4', version: 7, state: 'stale' },
          { key: 'content:5', version: 2, state: 'fresh' },
          { key: 'content:6', version: 1, state: 'invalid' },
        ],
        origin: [
          { key: 'content:4', version: 9, deleted: false },
          { key: 'content:5', version: 3, deleted: true },
          { key: 'content:6', version: 4, deleted: false },
        ],
      }),
    );
    const [region] = state.regions;
    if (region === undefined) throw new Error('expected a region');
    const lines = panelLines({ ...state, region, number: 1, isSelected: true, width: 26, tableRows: 4, theme: UNICODE }).map(textOf);
    expect(lines).toEqual([
      '┏ 1 us-east lazy 300 ms ━┓',
      '┃kafka ● origin ● cache ●┃',
      '┃hits 97.1 % 20.0 reads/s┃',
      '┃P50 0.4 ms    P95 2.1 ms┃',
      '┃P99                12 ms┃',
      '┃lag 0        last 304 ms┃',
      '┃id  here  orig     state┃',
      '┃4      7     9◂2   stale┃',
      '┃5      2  gone◂1   fresh┃',
      '┃6      1     4   invalid┃',
      '┃                        ┃',
      '┗━━━━━━━━━━━━━━━━━━:5001━┛',
    ]);
  });

  it('tells states by marks, not by colour alone', () => {
    const inForce = [
      fault({ fault: 'partition', target: 'edge:us-east<->kafka' }),
      fault({ id: 'f2', fault: 'pause', target: 'redis:us-east' }),
    ];
    const state = stateAfter(ready(), observed(), { type: 'faults', t: 2_000, inForce });
    const [region] = state.regions;
    if (region === undefined) throw new Error('expected a region');
    const statusOf = (options: Parameters<typeof createTheme>[0], width = 26) =>
      textOf(panelLines({ ...state, region, number: 1, isSelected: false, width, tableRows: 4, theme: createTheme(options) })[1] ?? []);
    expect(statusOf({})).toBe('│kafka ✗ origin ● cache ‖│');
    expect(statusOf({ ascii: true, noColor: true })).toBe('|kafka x origin + cache =|');
    expect(statusOf({}, 60)).toContain('kafka ✗ cut origin ● ok cache ‖ paused');
  });

  it('shows the offset of each partition where there is room', () => {
    const log = { connected: true, catchingUp: false, lag: 2, applied: { 0: 12, 1: -1, 2: 9 }, queued: 2, unreadable: 0 };
    const state = stateAfter(ready(), observed({ change: { log } }));
    const [region] = state.regions;
    if (region === undefined) throw new Error('expected a region');
    const lagOf = (width: number) =>
      textOf(panelLines({ ...state, region, number: 1, isSelected: false, width, tableRows: 0, theme: UNICODE })[5] ?? []);
    expect(lagOf(26)).toBe('│lag 2        last 304 ms│');
    expect(lagOf(50)).toBe('│lag 2 at 0:12 1:- 2:9                last 304 ms│');
  });

  it('says what became of an edge that was paused, killed, or is silent', () => {
    const statusOf = (...events: readonly LiveEvent[]) => {
      const state = stateAfter(ready(), observed(), ...events);
      const [region] = state.regions;
      if (region === undefined) throw new Error('expected a region');
      return textOf(
        panelLines({ ...state, region, number: 1, isSelected: false, width: 26, tableRows: 0, theme: UNICODE })[1] ?? [],
      ).trim();
    };
    const at = { t: 5_000, type: 'faults' } as const;
    expect(statusOf({ ...at, inForce: [fault({ fault: 'kill', target: 'edge:us-east' })] })).toBe('│edge ✗ killed 4 s       │');
    expect(statusOf({ ...at, inForce: [fault({ fault: 'pause', target: 'edge:us-east' })] })).toBe('│edge ‖ paused 4 s       │');
    expect(statusOf(observed({ t: 1_000, failures: 2 }), { ...at, inForce: [] })).toBe('│edge silent for 4 s     │');
  });
});
