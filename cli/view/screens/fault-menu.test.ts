/** The fault menu, driven by its keys. */

import { describe, expect, it } from 'vitest';
import { faultsHere } from '../commands/targets.ts';
import { actionsOf } from '../dispatch.ts';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { topOf, type ViewState } from '../state/state.ts';
import { observed, pressed, ready, stateAfter, typed } from '../testing/view.ts';

const PLAYING = { ...stateAfter(ready(), observed()), selected: 1 };
const sentBy = (state: ViewState, key: string) => actionsOf(state, key).find((action) => action.type === 'sent')?.command;

describe('the fault menu', () => {
  it('begins at the selected region, and injects what stands in its form', () => {
    const form = ['f', 'return'].reduce(pressed, PLAYING);
    expect(sentBy(form, 'return')).toEqual({ do: 'inject', fault: 'partition', target: 'edge:eu-west<->kafka' });
    const timed = typed(['right', 'down'].reduce(pressed, form), '10s');
    expect(sentBy(timed, 'return')).toEqual({ do: 'inject', fault: 'partition', target: 'edge:eu-west<->origin', forMs: 10_000 });
    expect(pressed(timed, 'return').screens).toEqual([{ screen: 'overview' }]);
  });

  it('has parameters with defaults that can be typed over', () => {
    const form = ['f', 'j', 'return', 'down'].reduce(pressed, PLAYING);
    expect(sentBy(form, 'return')).toMatchObject({ fault: 'latency', parameters: { latency: '200ms', jitter: '0ms' } });
    const other = typed(Array.from({ length: 5 }, () => 'backspace').reduce(pressed, form), '1s');
    expect(sentBy(other, 'return')).toMatchObject({ parameters: { latency: '1s' } });
  });

  it('says what is wrong and stays', () => {
    const form = typed(['f', 'j', 'return', 'down'].reduce(pressed, PLAYING), 'x');
    const refused = pressed(form, 'return');
    expect(topOf(refused)).toMatchObject({ screen: 'menu', form: { problem: expect.stringContaining('expected a duration') } });
  });

  it.each(['7', '7x', '0s'])('says while it is typed that %s is no time, and no more once it is one', (text) => {
    const linesOf = (state: ViewState) => frameLines(state, { columns: 80, rows: 24 }, createTheme()).map(textOf);
    const form = ['f', 'return', 'down'].reduce(pressed, PLAYING);
    expect(linesOf(form).join()).not.toContain('expected');
    const typing = typed(form, text);
    expect(linesOf(typing)).toContainEqual(expect.stringMatching(`^· for: expected a duration such as 300ms, 5s or 2m, got ${text} *$`));
    const mended = typed(Array.from({ length: text.length }, () => 'backspace').reduce(pressed, typing), '7s');
    expect(linesOf(mended).join()).not.toContain('expected');
  });

  it('says so of a parameter, too', () => {
    const form = ['f', 'j', 'return', 'down', 'backspace', 'backspace'].reduce(pressed, PLAYING);
    const lines = frameLines(form, { columns: 80, rows: 24 }, createTheme()).map(textOf);
    expect(lines.join('\n')).toMatch(/· .*latency: expected a duration such as 300ms/);
  });

  it('asks before what destroys', () => {
    const below = faultsHere(PLAYING).findIndex(({ name }) => name === 'kill');
    const kill = ['f', ...Array.from({ length: below }, () => 'down'), 'return', 'return'].reduce(pressed, PLAYING);
    expect(topOf(kill)).toMatchObject({ screen: 'confirm', orders: [{ command: { fault: 'kill' } }], isAccepted: false });
  });

  it('leaves out what this world cannot have, and goes back step by step', () => {
    const names = Array.from({ length: 12 }, (_, at) =>
      ['f', ...Array.from({ length: at }, () => 'down'), 'return'].reduce(pressed, PLAYING),
    );
    expect(
      names.some((state) => sentBy(state, 'return')?.do === 'inject' && JSON.stringify(actionsOf(state, 'return')).includes('bandwidth')),
    ).toBe(false);
    const form = ['f', 'return'].reduce(pressed, PLAYING);
    expect(topOf(pressed(form, 'escape'))).toMatchObject({ screen: 'menu', form: undefined });
    expect(['escape', 'escape'].reduce(pressed, form).screens).toEqual([{ screen: 'overview' }]);
  });
});
