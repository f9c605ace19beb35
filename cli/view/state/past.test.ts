/** Looking back: the overview as it was, and that it stays bounded. */
import { describe, expect, it } from 'vitest';
import { actionsOf } from '../dispatch.ts';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { fault, observed, pressed, ready, stateAfter, typed } from '../testing/view.ts';
import { PAST_MAX } from './past.ts';
import { reduce } from './reduce.ts';
import { topOf, type ViewState } from './state.ts';

const rows = (version: number) => [{ key: 'content:4', version, state: 'fresh' as const }];
const at = (second: number) =>
  observed({ t: second * 1_000 + 10, versions: rows(second), origin: [{ key: 'content:4', version: second, deleted: false }] });
const tick = (second: number) => ({ type: 'tick', t: second * 1_000 }) as const;

/** Each second another version; from the tenth on a fault. */
function seconds(count: number): ViewState {
  const cut = { type: 'faults', t: 10_000, inForce: [fault({ fault: 'partition', target: 'edge:eu-west<->kafka' })] } as const;
  const events = Array.from({ length: count }, (_, second) => [at(second + 1), ...(second === 9 ? [cut] : []), tick(second + 2)]).flat();
  return stateAfter(ready(), ...events);
}

const screenOf = (state: ViewState) => frameLines(state, { columns: 100, rows: 30 }, createTheme()).map(textOf);
const has = (state: ViewState, text: string) => screenOf(state).some((line) => line.includes(text));

describe('looking back', () => {
  it('shows figures, versions and faults as they were, says how far back, and goes on when asked', () => {
    const now = seconds(20);
    expect(has(now, 'cut eu-west / kafka')).toBe(true);
    const paused = pressed(now, ' ');
    expect(screenOf(paused)[0]).toContain('PAUSED 0:00 ago');
    let back = paused;
    for (let step = 0; step < 15; step += 1) back = pressed(back, '[');
    expect(screenOf(back)[0]).toMatch(/0:06.*PAUSED 0:15 ago/);
    expect(has(back, 'cut eu-west')).toBe(false);
    expect(screenOf(back).find((line) => /[┆┇]4 /.test(line))).toMatch(/4 +5 +5/);
    expect(screenOf(pressed(back, ']'))[0]).toContain('PAUSED 0:14 ago');
    for (const key of [' ', 'end']) expect(pressed(back, key).lookedAtMs).toBeUndefined();
  });

  it('stands still while time goes on, and what is done meanwhile is told', () => {
    const paused = pressed(seconds(20), ' ');
    const later = reduce(paused, tick(30));
    expect(screenOf(later)[0]).toContain('PAUSED 0:09 ago');
    expect(has(pressed(pressed(later, 'w'), 'y'), 'write one')).toBe(true);
  });

  it.each([
    ['Unicode', false],
    ['ASCII', true],
  ])('looks unlike now, also without colour, and says of what is below that it is of then, in %s', (_name, ascii) => {
    const theme = createTheme({ ascii, noColor: true });
    const linesOf = (state: ViewState) => frameLines(state, { columns: 100, rows: 30 }, theme);
    const [now, then] = [seconds(20), pressed(seconds(20), '[')];
    const frameOf = (state: ViewState) => linesOf(state).flatMap((line) => line.filter(({ text }) => /^[╭┏│┃┆┇#|:] ?$/.test(text)));
    const marksOf = (state: ViewState) => new Set(frameOf(state).map(({ text }) => text.trim()));
    for (const mark of ascii ? [':'] : ['┆', '┇']) expect([marksOf(now).has(mark), marksOf(then).has(mark)]).toEqual([false, true]);
    expect(new Set(frameOf(then).map(({ role }) => role))).toEqual(new Set(['warning']));
    expect(new Set(frameOf(now).map(({ role }) => role))).toEqual(new Set(['accent', 'muted']));
    const text = linesOf(then).map(textOf).join('\n');
    expect(text).toContain('faults in force then');
    expect(text).toContain('events until then');
  });

  it('goes to its ends, and from fault to fault', () => {
    const later = fault({ id: 'f2', fault: 'pause', target: 'edge:us-east', injectedMs: 15_500 });
    const first = fault({ fault: 'partition', target: 'edge:eu-west<->kafka', injectedMs: 10_000 });
    const state = [{ type: 'faults', t: 20_100, inForce: [first, later] } as const, tick(21)].reduce(reduce, seconds(20));
    const before = pressed(state, '{');
    expect(screenOf(before)[0]).toMatch(/ 0:16 .*PAUSED 0:05 ago/);
    const earliest = pressed(before, '{');
    expect(screenOf(earliest)[0]).toMatch(/ 0:11 .*PAUSED/);
    expect(has(earliest, 'cut eu-west / kafka')).toBe(true);
    expect(pressed(earliest, '{')).toMatchObject({
      lookedAtMs: earliest.lookedAtMs,
      echo: { text: expect.stringContaining('no fault began') },
    });
    expect(pressed(earliest, '}').lookedAtMs).toBe(before.lookedAtMs);
    expect(pressed(before, '}').echo?.text).toContain('no fault began later');
    expect(pressed(before, 'home').lookedAtMs).toBe(state.past[0]?.nowMs);
    expect(pressed(pressed(before, 'home'), 'end').lookedAtMs).toBeUndefined();
  });

  it.each([['w'], ['c'], ['+'], ['s'], ['t'], ['u'], ['a']])(
    '%s, which acts on the live system, asks first, and goes back to now',
    (key) => {
      const back = pressed(seconds(20), '[');
      const sentBy = (state: ViewState, by: string) => actionsOf(state, by).filter(({ type }) => type === 'sent');
      const asked = pressed(back, key);
      expect(sentBy(back, key)).toEqual([]);
      expect(topOf(asked)).toMatchObject({ screen: 'confirm', isOfPast: true, isAccepted: false });
      expect(has(asked, 'the screen shows 0:0')).toBe(true);
      expect(sentBy(asked, 'return')).toEqual([]);
      expect(pressed(asked, 'n').lookedAtMs).toBe(back.lookedAtMs);
      expect(sentBy(asked, 'y')).toHaveLength(1);
      expect(pressed(asked, 'y').lookedAtMs).toBeUndefined();
    },
  );

  it('asks once where something is destroyed, and asks of a command and of the fault menu, too', () => {
    const back = pressed(seconds(20), '[');
    const kill = pressed(back, 'x');
    expect(kill.screens).toHaveLength(2);
    expect(topOf(kill)).toMatchObject({ isOfPast: true, consequence: expect.stringMatching(/lost.*; the screen shows/) });
    const command = pressed(typed(pressed(back, ':'), 'burst 3'), 'return');
    expect(topOf(command)).toMatchObject({ question: 'write 3, now?' });
    const menu = ['f', 'return', 'return'].reduce(pressed, back);
    expect(topOf(menu)).toMatchObject({ screen: 'confirm', isOfPast: true });
    // What only looks does not ask.
    for (const key of ['z', 'r', 'R', 'S', '/', '?', '2']) expect(topOf(pressed(back, key)).screen).not.toBe('confirm');
  });

  it('goes back as far as is kept, and not into what is not yet', () => {
    const now = seconds(3);
    const [first] = now.past;
    expect(pressed(pressed(now, 'pageup'), 'pageup').lookedAtMs).toBe(first?.nowMs);
    expect(pressed(pressed(now, '['), 'pagedown').lookedAtMs).toBeUndefined();
    expect(pressed(stateAfter(ready()), ' ').lookedAtMs).toBeUndefined();
  });

  it('keeps ten minutes, what did not change once, and neither charts nor events', () => {
    const { past } = seconds(PAST_MAX + 50);
    expect(past).toHaveLength(PAST_MAX);
    expect(
      past.every(({ regions }) => regions.every(({ history, seen }) => history.length === 0 && seen.metrics?.recent.length === 0)),
    ).toBe(true);
    const still = stateAfter(ready(), at(1), tick(2), { ...at(1), t: 2_010 }, tick(3));
    const [one, other] = still.past.slice(-2).map(({ regions }) => regions[0]?.seen.metrics?.versions[0]);
    expect(other).toBe(one);
  });
});
