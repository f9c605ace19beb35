/**
 * Every key of the table, in every screen: it does something, shows something, or says why not. The frame stays whole.
 */
import { describe, expect, it } from 'vitest';
import { answersTo } from './answer.ts';
import { bindingsIn } from './dispatch.ts';
import type { ScreenSize } from './draw/layout.ts';
import { type Line, lineWidth, textOf } from './draw/line.ts';
import { createTheme } from './draw/theme.ts';
import { frameLines } from './frame.ts';
import { reduce } from './state/reduce.ts';
import type { ScreenState } from './state/screen-state.ts';
import type { ViewAction, ViewState } from './state/state.ts';
import { BEGUN, raceChoices, raceEvents } from './testing/races.ts';
import { fault, observed, pressed, ready, runEvents, runReport, SCREEN_STATES, stateAfter, trace } from './testing/view.ts';
import { advance } from './tour/engine.ts';

const SIZES: readonly ScreenSize[] = [
  { columns: 80, rows: 24 },
  { columns: 160, rows: 45 },
];
const THEME = createTheme();
const ACTING: readonly ViewAction['type'][] = ['sent', 'leave', 'stop', 'repaint', 'copy'];

const cut = fault({ fault: 'partition', target: 'edge:eu-west<->kafka', region: 'eu-west', injectedMs: 2_000 });
const played = [{ type: 'traced', t: 2_000, trace: trace() } as const, ...runReport(), raceChoices(), ...BEGUN, ...raceEvents('a text')];
const WORLDS: Readonly<Record<string, ViewState>> = {
  'before the world is up': stateAfter(),
  'in a new world': stateAfter(ready(), observed()),
  'with much to show': stateAfter(
    ready(),
    observed(),
    { type: 'tick', t: 2_000 },
    { type: 'faults', t: 2_100, inForce: [cut] },
    ...played,
    {
      type: 'tick',
      t: 60_000,
    },
  ),
  'while a scenario runs': stateAfter(ready(), observed(), ...runEvents(), { type: 'tick', t: 9_000 }),
};

const frameOf = (state: ViewState, size: ScreenSize) => frameLines(state, size, THEME);
/** With what they mean. */
const textsOf = (lines: readonly Line[]) => lines.map((line) => line.map(({ text, role }) => text + role).join('')).join('\n');
const open = (state: ViewState, screen: ScreenState) => (screen.screen === 'overview' ? state : reduce(state, { type: 'open', screen }));

function expectWhole(state: ViewState, size: ScreenSize, what: string): readonly Line[] {
  const lines = frameOf(state, size);
  const clipped = lines.find((line) => lineWidth(line) !== size.columns);
  if (lines.length !== size.rows || clipped !== undefined)
    throw new Error(`${what}: ${clipped === undefined ? lines.length : textOf(clipped)}`);
  return lines;
}

/** Types it as the terminal does. */
function answered(state: ViewState, key: string, size: ScreenSize): { readonly after: ViewState; readonly acts: boolean } {
  const actions = answersTo(state, key, size);
  return { after: actions.reduce(advance, state), acts: actions.some(({ type }) => ACTING.includes(type)) };
}

const CASES = SIZES.flatMap((size) =>
  Object.entries(WORLDS).flatMap(([world, state]) =>
    SCREEN_STATES.map((screen, at) => [`${screen.screen} (${at}) ${world} at ${size.columns}x${size.rows}`, state, screen, size] as const),
  ),
);

describe('each key of the table', () => {
  it.each(CASES)('in %s does something, shows something, or says why not', (_name, world, screen, size) => {
    const state = open(world, screen);
    const before = textsOf(frameOf(state, size));
    let typed = 0;
    for (const { keys, shown } of bindingsIn(screen))
      for (const key of keys) {
        const { after, acts } = answered(state, key, size);
        const texts = textsOf(expectWhole(after, size, `${shown} (${key})`));
        if (!acts && texts === before) throw new Error(`${shown} (${key}) has neither an effect nor a word`);
        typed += 1;
      }
    expect(typed).toBeGreaterThan(2);
  });

  it('can be typed twice, and after any other, without a crash', () => {
    for (const size of SIZES)
      for (const world of Object.values(WORLDS)) {
        let state = world;
        for (const first of bindingsIn({ screen: 'overview' }).flatMap(({ keys }) => keys))
          for (const second of ['escape', first, 'return', 'j', 'x']) {
            state = [first, second].reduce((now, key) => answered(now, key, size).after, state);
            expectWhole(state, size, `${first} ${second}`);
            if (state.phase === 'leaving') state = world;
          }
      }
  });
});

describe('a key that has nothing to do', () => {
  const wordOf = (state: ViewState, key: string, size = SIZES[0] as ScreenSize) =>
    answersTo(state, key, size).flatMap((action) => (action.type === 'echo' ? [action.text] : []));
  const calm = WORLDS['in a new world'] as ViewState;

  it.each([
    ['a', 'nothing is in force'],
    ['u', 'nothing is in force'],
    ['end', 'this is now'],
    ['9', 'that region is already selected, or there are fewer regions'],
    ['escape', 'this is the overview without a filter; q leaves'],
  ])('%s says why: %s', (key, word) => {
    expect(wordOf(calm, key)).toEqual([word]);
    expect(wordOf(WORLDS['before the world is up'] as ViewState, key)).toEqual(['the world is not up yet']);
  });

  it('says it on every screen, in the line below the header', () => {
    const zoomed = pressed(calm, 'z');
    const after = answersTo(zoomed, 'a', SIZES[0] as ScreenSize).reduce(reduce, zoomed);
    expect(textOf(frameOf(after, SIZES[0] as ScreenSize)[1] ?? [])).toMatch(/› nothing is in force *$/);
  });

  it('does not scroll further than there is something to show', () => {
    const size = SIZES[0] as ScreenSize;
    let state = pressed(calm, '?');
    for (let at = 0; at < 200; at += 1) state = answered(state, 'j', size).after;
    expect(wordOf(state, 'j')).toEqual(['this is the end']);
    expect(textOf(frameOf(state, size).at(-2) ?? [])).toContain('Ctrl-L');
    const up = answered(state, 'k', size).after;
    expect(JSON.stringify(frameOf(up, size))).not.toBe(JSON.stringify(frameOf(state, size)));
    expect(textOf(frameOf(up, size).at(-2) ?? [])).toContain('more lines below');
  });

  it('is no letter that was never a key', () => {
    expect(answersTo(calm, 'ß', SIZES[0] as ScreenSize)).toEqual([]);
  });
});
