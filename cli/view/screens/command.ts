/**
 * The command line: everything the keys can do, in words. Tab completes, the arrows go through what was entered before.
 */
import { candidatesFor, runCommand } from '../commands/run.ts';
import { plain } from '../draw/format.ts';
import { fitLine, joined, type Line, span } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import { wrapped } from '../draw/wrap.ts';
import type { Actions, KeyBinding } from '../keys/binding.ts';
import { promptLine, typed, withoutLast, withoutWord } from '../panels/prompt.ts';
import type { Prompt, ScreenOf } from '../state/screen-state.ts';
import { topOf, type ViewState } from '../state/state.ts';
import type { Room, Screen } from './screen.ts';

const GAP = 2;
const INDENT = 2;

function on(change: (prompt: Prompt, state: ViewState) => Prompt | undefined): KeyBinding['act'] {
  return (state) => {
    const top = topOf(state);
    const prompt = top.screen === 'command' ? change(top.prompt, state) : undefined;
    return prompt && { type: 'change', screen: { screen: 'command', prompt } };
  };
}

/** The next candidate in place of the last word, and after the last the first again. */
function completed(by: number) {
  return (prompt: Prompt, state: ViewState): Prompt | undefined => {
    const candidates = candidatesFor(prompt.typed, state);
    if (candidates.length === 0) return undefined;
    const at =
      prompt.candidate === undefined
        ? by > 0
          ? 0
          : candidates.length - 1
        : (prompt.candidate + by + candidates.length) % candidates.length;
    const text = `${prompt.typed.replace(/\S*$/, '')}${candidates[at] ?? ''}`;
    // The only one is taken: what comes after it is completed next.
    return candidates.length === 1 ? typed(prompt, `${text} `) : { ...prompt, text, candidate: at, problem: undefined };
  };
}

function recalled(by: number) {
  return (prompt: Prompt, { commands }: ViewState): Prompt | undefined => {
    const back = Math.max(0, Math.min(commands.length, prompt.back + by));
    if (back === prompt.back) return undefined;
    return { ...typed(prompt, back === 0 ? '' : (commands.at(-back) ?? '')), back };
  };
}

/** What cannot be done stays, with what is wrong; what can is done, and the line closes. */
function enter(state: ViewState): Actions {
  const top = topOf(state);
  if (top.screen !== 'command') return undefined;
  const text = top.prompt.text.trim();
  if (text === '') return { type: 'back' };
  const done = runCommand(text, state);
  if ('problem' in done) return { type: 'change', screen: { screen: 'command', prompt: { ...top.prompt, problem: done.problem } } };
  return [{ type: 'back' }, { type: 'entered', text }, ...done.actions];
}

export const command: Screen<'command'> = {
  name: 'command',
  title: 'command line',
  keys: [
    { keys: ['return'], shown: 'Enter', group: 'look', short: 'do it', about: 'run the command', act: enter },
    { keys: ['escape'], shown: 'Esc', group: 'look', short: 'close', about: 'close the line', act: () => ({ type: 'back' }) },
    {
      keys: ['tab'],
      shown: 'Tab',
      group: 'look',
      short: 'complete',
      about: 'complete the word; again: the next one',
      act: on(completed(1)),
    },
    { keys: ['shift+tab'], shown: 'Shift-Tab', group: 'look', about: 'the previous word', act: on(completed(-1)) },
    { keys: ['up'], shown: '↑', group: 'look', short: 'earlier', about: 'the previous command', act: on(recalled(1)) },
    { keys: ['down'], shown: '↓', group: 'look', about: 'the next command', act: on(recalled(-1)) },
    {
      keys: ['backspace'],
      shown: 'Backspace',
      group: 'look',
      about: 'delete the last character',
      act: on((prompt) => typed(prompt, withoutLast(prompt))),
    },
    {
      keys: ['ctrl+w'],
      shown: 'Ctrl-W',
      group: 'look',
      about: 'delete the last word',
      act: on((prompt) => typed(prompt, withoutWord(prompt))),
    },
    { keys: ['ctrl+u'], shown: 'Ctrl-U', group: 'look', about: 'begin again', act: on((prompt) => typed(prompt, '')) },
  ],
  others: 'always',
  onText: (_state, { prompt }, text) => ({ type: 'change', screen: { screen: 'command', prompt: typed(prompt, prompt.text + text) } }),
  place: 'prompt',
  lines,
};

/** What is wrong, or what the word can become; the line itself below. */
function lines(state: ViewState, { prompt }: ScreenOf<'command'>, { width, rows, theme }: Room): readonly Line[] {
  const { problem } = prompt;
  const above: readonly Line[] = problem === undefined ? [candidateLine(state, prompt, width)] : problemLines(problem, width, theme);
  return [...above.slice(0, rows - 1).map((line) => fitLine(line, width)), promptLine(':', prompt, width, theme)];
}

function candidateLine(state: ViewState, { typed: text, candidate }: Prompt, width: number): Line {
  const words = candidatesFor(text, state).map((word, at): Line => [span(plain(word), at === candidate ? 'accent' : 'muted')]);
  return joined(words, width, GAP);
}

function problemLines(problem: string, width: number, theme: Theme): readonly Line[] {
  const { mark } = theme.tones.warning;
  return wrapped(problem, width - INDENT).map((line, at): Line => [span(`${at === 0 ? mark : ' '} ${line}`, 'warning')]);
}
