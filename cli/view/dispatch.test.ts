/** From keys to actions: what each does in which screen. */
import { describe, expect, it } from 'vitest';
import { actionsOf, bindingsIn, sectionsIn, takesText } from './dispatch.ts';
import { GLOBAL } from './keys/global.ts';
import { ALL_SCREENS } from './screens/screens.ts';
import { reduce } from './state/reduce.ts';
import { EMPTY_PROMPT, type ScreenState } from './state/screen-state.ts';
import { topOf, type ViewState } from './state/state.ts';
import { fault, observed, pressed, ready, SCREEN_STATES, stateAfter } from './testing/view.ts';

const PLAYING = stateAfter(ready(), observed());
const sent = (state: ViewState, ...keys: readonly string[]) => {
  const before = keys.slice(0, -1).reduce(pressed, state);
  return actionsOf(before, keys.at(-1) ?? '').find((action) => action.type === 'sent')?.command;
};
const screens = (state: ViewState) => state.screens.map(({ screen }) => screen);

describe('the keys', () => {
  it.each(ALL_SCREENS.map((screen) => [screen.name, screen] as const))('of %s are each in one row only', (_name, { keys: own }) => {
    const names = own.flatMap(({ keys }) => keys);
    expect(new Set(names).size).toBe(names.length);
  });

  it('that hold everywhere are each in one row only, and none is a key of the terminal’s own', () => {
    const names = GLOBAL.flatMap(({ keys }) => keys);
    expect(new Set(names).size).toBe(names.length);
  });

  it('that hold in a screen are what its help tells', () => {
    for (const state of SCREEN_STATES) {
      const told = sectionsIn(state).flatMap(({ keys }) => keys);
      expect(new Set(told)).toEqual(new Set(bindingsIn(state)));
      expect(told.some(({ keys }) => keys.includes('ctrl+c'))).toBe(true);
    }
  });

  it.each([
    ['w', { do: 'write', count: 1 }],
    ['b', { do: 'write', count: 50 }],
    ['c', { do: 'inject', fault: 'partition', target: 'edge:us-east<->kafka' }],
    ['o', { do: 'inject', fault: 'partition', target: 'edge:us-east<->origin' }],
    ['i', { do: 'inject', fault: 'isolate', target: 'edge:us-east' }],
    ['p', { do: 'inject', fault: 'pause', target: 'edge:us-east' }],
    ['P', { do: 'inject', fault: 'pause', target: 'redis:us-east' }],
    ['+', { do: 'configure', region: 'us-east', propagationDelayMs: 400 }],
    ['-', { do: 'configure', region: 'us-east', propagationDelayMs: 200 }],
    ['s', { do: 'configure', region: 'us-east', strategy: 'eager' }],
  ])('%s sends %j', (key, command) => {
    expect(sent(PLAYING, key)).toEqual(command);
  });

  it('a fault’s key heals it when it is in force on the selected region, and only there', () => {
    const cut = fault({ id: 'f7', fault: 'partition', target: 'edge:us-east<->kafka' });
    const state = stateAfter(ready(), observed(), { type: 'faults', t: 1, inForce: [cut] });
    expect(sent(state, 'c')).toEqual({ do: 'heal', id: 'f7' });
    expect(sent({ ...state, selected: 1 }, 'c')).toMatchObject({ do: 'inject', target: 'edge:eu-west<->kafka' });
    expect(sent(state, 'a')).toEqual({ do: 'heal-all' });
    expect(actionsOf(PLAYING, 'a')).toEqual([]);
  });

  it('the delay goes on from what was just asked for, and never below 0', () => {
    const asked = stateAfter(ready(), observed(), {
      type: 'sent',
      text: '',
      command: { do: 'configure', region: 'us-east', propagationDelayMs: 100 },
    });
    expect(sent(asked, '-')).toMatchObject({ propagationDelayMs: 0 });
    const none = stateAfter(ready(), observed({ change: { propagationDelayMs: 0 } }));
    expect(sent(none, '-')).toMatchObject({ propagationDelayMs: 0 });
  });

  it('a setting that is not known yet is not guessed', () => {
    expect(actionsOf(stateAfter(ready()), '+')).toEqual([{ type: 'echo', text: 'the settings of us-east are not known yet' }]);
  });

  it('before the world is up only looking and leaving do something', () => {
    const starting = stateAfter();
    const acting = GLOBAL.filter(({ keys: [key = ''] }) => actionsOf(starting, key).length > 0).map(({ shown }) => shown);
    expect(acting).toEqual(['?', 'q', 'Ctrl-C', 'Ctrl-Z', 'Ctrl-L']);
  });

  it('while everything is stopped only the keys that always hold do something', () => {
    const leaving = reduce(PLAYING, { type: 'leave', by: 'quit' });
    expect(GLOBAL.filter(({ keys: [key = ''] }) => actionsOf(leaving, key).length > 0).map(({ shown }) => shown)).toEqual([
      'Ctrl-C',
      'Ctrl-Z',
      'Ctrl-L',
    ]);
  });

  it('Ctrl-C leaves from every screen', () => {
    for (const screen of SCREEN_STATES) {
      const state = reduce(PLAYING, { type: 'open', screen });
      expect(actionsOf(state, 'ctrl+c')).toEqual([{ type: 'leave', by: 'interrupt' }]);
    }
  });

  it('q leaves, but where letters are typed or a question is asked', () => {
    const leaves = (screen: ScreenState) =>
      actionsOf(reduce(PLAYING, { type: 'open', screen }), 'q').some((action) => action.type === 'leave');
    const staying = SCREEN_STATES.filter((screen) => !leaves(screen)).map(({ screen }) => screen);
    expect(new Set(staying)).toEqual(new Set(['command', 'filter', 'menu', 'confirm']));
  });

  it('u heals the fault that came last, and not one that is healing already', () => {
    const inForce = [
      fault({ id: 'f1', fault: 'partition', target: 'edge:us-east<->kafka' }),
      fault({ id: 'f2', fault: 'pause', target: 'edge:us-east' }),
      fault({ id: 'f3', fault: 'pause', target: 'edge:eu-west', state: 'healing' }),
    ];
    expect(sent(stateAfter(ready(), { type: 'faults', t: 1, inForce }), 'u')).toEqual({ do: 'heal', id: 'f2' });
    expect(actionsOf(PLAYING, 'u')).toEqual([]);
  });
});

describe('the stack of screens', () => {
  it('is opened by keys and taken down by Esc, one at a time', () => {
    const state = ['z', '?'].reduce(pressed, PLAYING);
    expect(screens(state)).toEqual(['overview', 'zoom', 'help']);
    expect(screens(pressed(state, 'escape'))).toEqual(['overview', 'zoom']);
    expect(screens(['escape', 'escape', 'escape'].reduce(pressed, state))).toEqual(['overview']);
  });

  it('has no screen twice on top: the key that opened one closes it', () => {
    for (const key of ['z', '?', 'f', 'return'])
      expect(screens([key, key === 'return' ? 'z' : key].reduce(pressed, PLAYING))).toEqual(['overview']);
  });

  it('with the help open nothing is broken', () => {
    const open = pressed(PLAYING, '?');
    for (const { keys } of GLOBAL) for (const key of keys) expect(actionsOf(open, key).filter(({ type }) => type === 'sent')).toEqual([]);
  });

  it('keeps every key of the overview in the zoom', () => {
    expect(sent(PLAYING, 'z', 'c')).toMatchObject({ do: 'inject', fault: 'partition' });
    expect(['z', '2'].reduce(pressed, PLAYING).selected).toBe(1);
  });
});

describe('what destroys', () => {
  it.each([
    ['x', 'edge:us-east'],
    ['X', 'redis:us-east'],
  ])('%s asks first, with Cancel focused', (key, target) => {
    const asked = pressed(PLAYING, key);
    expect(topOf(asked)).toMatchObject({
      screen: 'confirm',
      isAccepted: false,
      orders: [{ command: { do: 'inject', fault: 'kill', target } }],
    });
    expect(sent(PLAYING, key)).toBeUndefined();
    expect(sent(PLAYING, key, 'return')).toBeUndefined();
    expect(sent(PLAYING, key, 'escape')).toBeUndefined();
    expect(sent(PLAYING, key, 'tab', 'return')).toEqual({ do: 'inject', fault: 'kill', target });
    expect(sent(PLAYING, key, 'y')).toEqual({ do: 'inject', fault: 'kill', target });
    expect(screens([key, 'y'].reduce(pressed, PLAYING))).toEqual(['overview']);
  });

  it('is healed without a question', () => {
    const killed = fault({ id: 'f1', fault: 'kill', target: 'edge:us-east' });
    expect(sent(stateAfter(ready(), { type: 'faults', t: 1, inForce: [killed] }), 'x')).toEqual({ do: 'heal', id: 'f1' });
  });
});

describe('the filter', () => {
  it('works while it is typed, is kept by Enter, and Esc shows everything again', () => {
    const shown = ['/', 'e', 'u', 'q'].reduce(pressed, PLAYING);
    expect(shown.filter).toBe('euq');
    expect(pressed(shown, 'backspace').filter).toBe('eu');
    const kept = pressed(shown, 'return');
    expect([kept.filter, screens(kept)]).toEqual(['euq', ['overview']]);
    expect(pressed(kept, 'escape').filter).toBe('');
    expect(pressed(shown, 'escape')).toMatchObject({ filter: '', screens: [{ screen: 'overview' }] });
  });

  it('takes text, as the command line does', () => {
    expect(takesText(reduce(PLAYING, { type: 'open', screen: { screen: 'command', prompt: EMPTY_PROMPT } }))).toBe(true);
    expect(takesText(PLAYING)).toBe(false);
    expect(takesText(pressed(PLAYING, 'f'))).toBe(false);
    expect(takesText(['f', 'return'].reduce(pressed, PLAYING))).toBe(true);
  });
});
