/** Looking back: the overview as it was, and that it stays bounded. */
import { describe, expect, it } from 'vitest';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { fault, observed, pressed, ready, stateAfter } from '../testing/view.ts';
import { PAST_MAX } from './past.ts';
import { reduce } from './reduce.ts';
import type { ViewState } from './state.ts';

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
    expect(screenOf(back).find((line) => /[│┃]4 /.test(line))).toMatch(/4 +5 +5/);
    expect(screenOf(pressed(back, ']'))[0]).toContain('PAUSED 0:14 ago');
    for (const key of [' ', 'end']) expect(pressed(back, key).lookedAtMs).toBeUndefined();
  });

  it('stands still while time goes on, and what is done meanwhile is told', () => {
    const paused = pressed(seconds(20), ' ');
    const later = reduce(paused, tick(30));
    expect(screenOf(later)[0]).toContain('PAUSED 0:09 ago');
    expect(has(pressed(later, 'w'), 'write one')).toBe(true);
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
