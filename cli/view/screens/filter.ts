/** The filter: a word, and only versions and events with it are shown. It works while it is typed. */
import type { KeyBinding } from '../keys/binding.ts';
import { promptLine, typed, withoutLast } from '../panels/prompt.ts';
import type { Prompt } from '../state/screen-state.ts';
import { topOf, type ViewAction, type ViewState } from '../state/state.ts';
import type { Screen } from './screen.ts';

function changed(prompt: Prompt, text: string): readonly ViewAction[] {
  const next = typed(prompt, text);
  return [
    { type: 'change', screen: { screen: 'filter', prompt: next } },
    { type: 'filter', text: next.text.trim() },
  ];
}

const remove: KeyBinding['act'] = (state: ViewState) => {
  const top = topOf(state);
  return top.screen === 'filter' ? changed(top.prompt, withoutLast(top.prompt)) : undefined;
};

export const filter: Screen<'filter'> = {
  name: 'filter',
  title: 'filter',
  keys: [
    {
      keys: ['return'],
      shown: 'Enter',
      group: 'look',
      short: 'keep',
      about: 'keep the filter; Esc on the overview removes it',
      act: () => ({ type: 'back' }),
    },
    {
      keys: ['escape'],
      shown: 'Esc',
      group: 'look',
      short: 'all',
      about: 'show everything',
      act: () => [{ type: 'filter', text: '' }, { type: 'back' }],
    },
    { keys: ['backspace'], shown: 'Backspace', group: 'look', about: 'delete the last character', act: remove },
  ],
  others: 'always',
  onText: (_state, { prompt }, text) => changed(prompt, prompt.text + text),
  place: 'prompt',
  lines: (_state, { prompt }, { width, theme }) => [promptLine('/', prompt, width, theme)],
};
