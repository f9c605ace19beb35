/** The tour, step by step: keys, what is kept of what was seen, the way out, and that its texts fit the smallest usual screen. */
import { describe, expect, it } from 'vitest';
import { actionsOf } from '../dispatch.ts';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { topOf, type ViewState } from '../state/state.ts';
import { fault, observed, pressed, ready, stateAfter } from '../testing/view.ts';
import { advance, TOUR } from './engine.ts';
import { STEPS } from './steps.ts';

const SIZE = { columns: 80, rows: 24 };
const playing = stateAfter(ready(), observed());
const onTour = pressed(playing, 'T');
const at = (step: number, act = 0): ViewState => ({ ...onTour, screens: [{ screen: 'overview' }, { ...TOUR, step, act }] });
const textIn = (state: ViewState) => frameLines(state, SIZE, createTheme()).map(textOf).join('\n');
const commandsOf = (state: ViewState, key: string) =>
  actionsOf(state, key).flatMap((action) => (action.type === 'sent' ? [action.command] : []));

const ACTS = STEPS.flatMap(({ title, acts }, step) => acts.map((act, index) => [`${title} (${index + 1})`, step, index, act] as const));

describe('the tour', () => {
  it('has six steps', () => {
    expect(STEPS).toHaveLength(6);
  });

  it.each(ACTS)('says all of %s at 80x24, names its key, and does it by that key or Enter, once', (_name, step, index, act) => {
    const state = at(step, index);
    const text = textIn(state);
    const said = act.say({ all: state.regions, cut: 'eu-west', far: 'ap-south' });
    expect(text.replaceAll(/\s+/g, ' ')).toContain(said);
    expect(text).toContain(`press ${act.key ?? 'Enter'} to ${act.does}`);
    const done = commandsOf(state, 'return');
    expect(done.length).toBeGreaterThan(0);
    if (act.key !== undefined) expect(commandsOf(state, act.key)).toEqual(done);
    for (const key of ['w', 'b', 'c', 'a']) if (key !== act.key) expect(commandsOf(state, key)).toEqual([]);
    const begun = pressed(state, 'return');
    expect(textIn(begun)).toContain(act.waitsFor);
    expect(commandsOf(begun, 'return')).toEqual([]);
    expect(topOf(pressed(begun, 'return'))).toEqual(topOf(begun));
  });

  it('keeps what was seen, though it is over a moment later, and goes on to the next act', () => {
    const cut = fault({ fault: 'partition', target: 'edge:eu-west<->kafka' });
    const begun = pressed(at(2), 'c');
    const versions = [{ key: 'content:4', version: 7, state: 'fresh' }] as const;
    const origin = [{ key: 'content:4', version: 9, deleted: false }];
    const behind = [{ type: 'faults', t: 2_000, inForce: [cut] } as const, observed({ t: 2_100, versions, origin })].reduce(advance, begun);
    const level = advance(behind, observed({ t: 3_000, versions: [{ key: 'content:4', version: 9, state: 'fresh' }], origin }));
    expect(textIn(level)).toContain('eu-west serves version 7 of content:4, the origin has 9: 2 behind.');
    const next = pressed(level, 'return');
    expect(topOf(next)).toMatchObject({ step: 2, act: 1, seen: undefined });
    expect(commandsOf(next, 'escape')).toEqual([{ do: 'heal-all' }]);
    expect(topOf(pressed(next, 'escape'))).toEqual({ screen: 'overview' });
  });

  it('lets an act be left behind that shows nothing', () => {
    const begun = pressed(at(3), 'return');
    const late = advance(begun, { type: 'tick', t: 60_000 });
    expect(textIn(late)).toMatch(/not seen after \d+ s/);
    expect(topOf(pressed(late, 'return'))).toMatchObject({ step: 4, act: 0 });
  });

  it('shows both verdicts of the race, and ends with what to try next', () => {
    const begun = pressed(at(3), 'return');
    const broken = { verdict: 'fail', failed: [{ check: 'purge-ignored', anomalies: 58 }], explain: 'x', reads: 3_720 } as const;
    const real = { verdict: 'pass', failed: [], explain: undefined, reads: 3_720 } as const;
    const raced = advance(begun, { type: 'raced', t: 3_000, race: { seed: 1, mutant: 'unfenced-fill', broken, real, tookMs: 900 } });
    expect(textIn(raced)).toContain('without the fence (unfenced-fill): FAIL, 3720 reads: 58 purge-ignored.');
    expect(textIn(raced)).toContain('the real protocol: PASS, 3720 reads, nothing found.');
    expect(textIn(raced)).toContain('in virtual time');
    expect(textIn(at(6))).toContain('r runs a scenario');
    expect(topOf(pressed(at(6), 'return'))).toEqual({ screen: 'overview' });
  });

  it('waits for the world, and says so', () => {
    const early = { ...stateAfter(), screens: [{ screen: 'overview' } as const, TOUR] };
    expect(actionsOf(early, 'return')).toEqual([]);
    expect(topOf(advance(advance(early, ready()), observed()))).toEqual(TOUR);
  });
});
