/** The table of keys: what each does to which state. */
import { describe, expect, it } from 'vitest';
import { actionOf, KEYS } from './keys.ts';
import type { ViewState } from './state.ts';
import { fault, observed, ready, stateAfter } from './view-test-support.ts';

const PLAYING = stateAfter(ready(), observed());
const sent = (state: ViewState, key: string) => {
  const action = actionOf(state, key);
  return action?.type === 'sent' ? action.command : undefined;
};

describe('the keys', () => {
  it('are each in one row only', () => {
    const names = KEYS.flatMap(({ keys }) => keys);
    expect(new Set(names).size).toBe(names.length);
  });

  it('end with help and quit, which the line of keys never leaves out', () => {
    expect(
      KEYS.filter(({ short }) => short !== undefined)
        .slice(-2)
        .map(({ short }) => short),
    ).toEqual(['help', 'quit']);
  });

  it.each([
    ['w', { do: 'write', count: 1 }],
    ['b', { do: 'write', count: 50 }],
    ['c', { do: 'inject', fault: 'partition', target: 'edge:us-east<->kafka' }],
    ['o', { do: 'inject', fault: 'partition', target: 'edge:us-east<->origin' }],
    ['i', { do: 'inject', fault: 'isolate', target: 'edge:us-east' }],
    ['p', { do: 'inject', fault: 'pause', target: 'edge:us-east' }],
    ['x', { do: 'inject', fault: 'kill', target: 'edge:us-east' }],
    ['P', { do: 'inject', fault: 'pause', target: 'redis:us-east' }],
    ['X', { do: 'inject', fault: 'kill', target: 'redis:us-east' }],
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
    expect(actionOf(PLAYING, 'a')).toBeUndefined();
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
    expect(actionOf(stateAfter(ready()), '+')).toEqual({ type: 'echo', text: 'us-east has not told its settings yet' });
  });

  it('before the world is up only looking and leaving do something', () => {
    const starting = stateAfter();
    const acting = KEYS.filter(({ keys: [key = ''] }) => actionOf(starting, key) !== undefined).map(({ group }) => group);
    expect(new Set(acting)).toEqual(new Set(['look']));
  });

  it('with the help open nothing is broken: only what closes it and what leaves acts', () => {
    const state = { ...PLAYING, isHelpOpen: true };
    const acting = KEYS.flatMap(({ keys }) => keys.filter((key) => actionOf(state, key) !== undefined));
    expect(acting).toEqual(['?', 'q', 'ctrl+c']);
    expect(actionOf(state, 'escape')).toEqual({ type: 'help', open: false });
  });
});
