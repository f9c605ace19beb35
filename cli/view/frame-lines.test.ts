/** Every line the view draws is exactly as wide as it was asked to be, whatever texts come from outside. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../lab/live/protocol.ts';
import { widthOf } from './draw/format.ts';
import type { ScreenSize } from './draw/layout.ts';
import { type Line, lineWidth, textOf } from './draw/line.ts';
import { createTheme } from './draw/theme.ts';
import { frameLines } from './frame.ts';
import { panelLines } from './panels/region-panel.ts';
import { reduce } from './state/reduce.ts';
import { EMPTY_PROMPT, type ScreenState } from './state/screen-state.ts';
import type { ViewAction } from './state/state.ts';
import { BEGUN, raceChoices, raceEvents } from './testing/races.ts';
import { fault, observed, ready, runEvents, runReport, SCREEN_STATES, stateAfter, trace } from './testing/view.ts';

const RUNS = 300;
const NO_KEYS: ReadonlySet<string> = new Set();
const UNICODE = createTheme();
const ASCII = createTheme({ ascii: true });

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
      { type: 'Step', t: 1, step, elapsedMs: 12 },
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
    const traced = { type: 'traced', t: 3_100, trace: { ...trace(regions), reason: note } } as const;
    const staleness = Object.fromEntries(regions.map((region) => [region, { p99, max: p99, oldReads: 1, reads: 2 }]));
    const verdict = { state: 'violated', violations: 2, reason: note } as const;
    return stateAfter(
      ...events,
      traced,
      ...(lag === null ? runEvents(says) : runReport(says)),
      raceChoices(note),
      ...BEGUN,
      ...raceEvents(says),
      { type: 'sent', command: { do: 'finish-race' }, text: note },
      { type: 'judged', t: 3_200, verdict, staleness, reads: { [key]: 3 } },
      { type: 'tick', t: 9_000 },
      { type: 'sent', command: { do: 'heal-all' }, text: note },
    );
  });

/** Screens whose texts come from outside. */
function hostileScreens(text: string): readonly ScreenState[] {
  const prompt = { ...EMPTY_PROMPT, text: text.slice(0, 200), typed: text.slice(0, 200) };
  return SCREEN_STATES.map((screen): ScreenState => {
    if (screen.screen === 'command' || screen.screen === 'filter') return { ...screen, prompt };
    return screen;
  });
}

function expectWhole(lines: readonly Line[], { columns, rows }: ScreenSize): void {
  if (lines.length !== rows) throw new Error(`expected ${rows} lines, got ${lines.length}`);
  for (const line of lines) {
    const text = textOf(line);
    if (lineWidth(line) !== columns || widthOf(text) !== columns)
      throw new Error(`expected ${columns} columns, got ${widthOf(text)}: ${JSON.stringify(text)}`);
    if (/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text)) throw new Error(`a control character in ${JSON.stringify(text)}`);
  }
}

describe('the frame', () => {
  it('has as many lines as the screen, each as wide, free of control characters, whatever comes from outside, in every screen', () => {
    const screens = hostile.chain((text) => fc.constantFrom(...hostileScreens(text)));
    fc.assert(
      fc.property(
        hostileState,
        screens,
        fc.integer({ min: 60, max: 250 }),
        fc.integer({ min: 16, max: 70 }),
        (state, screen, columns, rows) => {
          const open = screen.screen === 'overview' ? state : reduce(state, { type: 'open', screen });
          expectWhole(frameLines(open, { columns, rows }, UNICODE), { columns, rows });
        },
      ),
      { numRuns: RUNS },
    );
  });

  it.each(SCREEN_STATES.map((screen, at) => [`${screen.screen} (${at})`, screen] as const))(
    'is whole at every size with %s on top',
    (_name, screen) => {
      const faults = [
        fault({ fault: 'partition', target: 'edge:us-east<->kafka' }),
        fault({ id: 'f2', fault: 'pause', target: 'redis:eu-west' }),
      ];
      const playing = stateAfter(
        ready(),
        observed(),
        { type: 'faults', t: 2_000, inForce: faults },
        { type: 'traced', t: 2_000, trace: trace() },
        ...runReport(),
        raceChoices(),
        ...BEGUN,
        ...raceEvents(),
        { type: 'sent', command: { do: 'finish-race' }, text: '' },
      );
      const state = screen.screen === 'overview' ? playing : reduce(playing, { type: 'open', screen });
      for (const starting of [false, true])
        for (let columns = 60; columns <= 250; columns += 19)
          for (let rows = 16; rows <= 70; rows += 9)
            for (const theme of [UNICODE, ASCII]) {
              const shown = starting ? { ...stateAfter(), screens: state.screens } : state;
              expectWhole(frameLines(shown, { columns, rows }, theme), { columns, rows });
            }
    },
  );

  it.each([
    [20, 5],
    [12, 3],
    [59, 40],
    [200, 15],
  ])('says at %ix%i how much room it needs, in as many lines as that takes', (columns, rows) => {
    const lines = frameLines(stateAfter(ready(), observed()), { columns, rows }, UNICODE);
    const words = lines.map((line) => textOf(line).trimEnd()).join(' ');
    expect(`${words} `).toContain(`needs 60x16, has ${columns}x${rows}; ${columns > 12 ? 'q quits ' : ''}`);
    expect(lines.every((line) => lineWidth(line) === columns)).toBe(true);
    expect(lines.length).toBeLessThanOrEqual(rows);
  });

  it('in ASCII has nothing else', () => {
    for (const screen of SCREEN_STATES) {
      const raced = [raceChoices(), ...BEGUN, ...raceEvents(), { type: 'sent', command: { do: 'finish-race' }, text: '' } as const];
      const state = reduce(stateAfter(ready(), observed(), ...raced), { type: 'open', screen });
      // What Ink draws passes the same replacement; only dots of what was cut are left to it.
      for (const line of frameLines(state, { columns: 100, rows: 30 }, ASCII))
        expect(textOf(line).replaceAll('…', '~')).toMatch(/^[\x20-\x7e]*$/);
    }
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
    const lines = panelLines({ ...state, own: NO_KEYS, region, number: 1, isSelected: true, width: 26, tableRows: 4, theme: UNICODE }).map(
      textOf,
    );
    expect(lines).toEqual([
      '┏ 1 us-east lazy 300 ms ━┓',
      '┃kafka ● origin ● cache ●┃',
      '┃hits 97.1 % 20.0 reads/s┃',
      '┃P50 0.4 ms    P95 2.1 ms┃',
      '┃P99                12 ms┃',
      '┃lag 0        last 304 ms┃',
      '┃id  here  orig     state┃',
      '┃4      7     9◂2   stale┃',
      '┃5      2  gone◂1  fresh!┃',
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
      textOf(
        panelLines({ ...state, own: NO_KEYS, region, number: 1, isSelected: false, width, tableRows: 4, theme: createTheme(options) })[1] ??
          [],
      );
    expect(statusOf({})).toBe('│kafka ✗ origin ● cache ‖│');
    expect(statusOf({ ascii: true, noColor: true })).toBe('|kafka x origin o cache =|');
    expect(statusOf({}, 60)).toContain('kafka ✗ cut origin ● ok cache ‖ paused');
  });

  it('does not call absent what a cache that is away may hold', () => {
    const versions = [{ key: 'content:4', version: 7, state: 'fresh' }] as const;
    const paused = fault({ fault: 'pause', target: 'redis:us-east' });
    const state = stateAfter(ready(), observed({ versions, origin: [{ key: 'content:4', version: 7, deleted: false }] }));
    const [region] = state.regions;
    if (region === undefined) throw new Error('expected a region');
    const options = { ...state, own: NO_KEYS, region, number: 1, isSelected: false, width: 26, tableRows: 1, theme: UNICODE };
    expect(textOf(panelLines(options)[7] ?? [])).toBe('│4      7     7     fresh│');
    expect(textOf(panelLines({ ...options, faults: [paused] })[7] ?? [])).toBe('│4      -     7         -│');
  });

  it('shows the offset of each partition where there is room', () => {
    const log = { connected: true, catchingUp: false, lag: 2, applied: { 0: 12, 1: -1, 2: 9 }, queued: 2, unreadable: 0 };
    const state = stateAfter(ready(), observed({ change: { log } }));
    const [region] = state.regions;
    if (region === undefined) throw new Error('expected a region');
    const lagOf = (width: number) =>
      textOf(panelLines({ ...state, own: NO_KEYS, region, number: 1, isSelected: false, width, tableRows: 0, theme: UNICODE })[5] ?? []);
    expect(lagOf(26)).toBe('│lag 2        last 304 ms│');
    expect(lagOf(50)).toBe('│lag 2 offsets 0:12 1:- 2:9           last 304 ms│');
  });

  it('says what became of an edge that was paused, killed, or is silent', () => {
    const statusOf = (...events: readonly LiveEvent[]) => {
      const state = stateAfter(ready(), observed(), ...events);
      const [region] = state.regions;
      if (region === undefined) throw new Error('expected a region');
      return textOf(
        panelLines({ ...state, own: NO_KEYS, region, number: 1, isSelected: false, width: 26, tableRows: 0, theme: UNICODE })[1] ?? [],
      ).trim();
    };
    const at = { t: 5_000, type: 'faults' } as const;
    expect(statusOf({ ...at, inForce: [fault({ fault: 'kill', target: 'edge:us-east' })] })).toBe('│edge ✗ killed 4 s       │');
    expect(statusOf({ ...at, inForce: [fault({ fault: 'pause', target: 'edge:us-east' })] })).toBe('│edge ‖ paused 4 s       │');
    expect(statusOf(observed({ t: 1_000, failures: 2 }), { ...at, inForce: [] })).toBe('│silent 4 s, try 3       │');
  });

  it('how it stands with its lease runs into nothing beside it', () => {
    const lineOf = (evidenceMs: number) => {
      const lease = { leaseMs: 10_000, skewMs: 500, leastMs: 3_600, evidenceMs, heartbeats: 1, fromFuture: 0 };
      const state = stateAfter(ready(), observed({ t: 1_000, change: { lease } }));
      return textOf(frameLines(state, { columns: 80, rows: 24 }, UNICODE)[6] ?? []).slice(0, 26);
    };
    expect([1_000, 4_000, 11_000].map(lineOf)).toEqual([
      '┃lag 0        last 304 ms┃',
      '┃lease ends in 6 s       ┃',
      '┃lease ran out           ┃',
    ]);
  });
});
