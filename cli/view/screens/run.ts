/** A scenario as it runs, and its report at the end. The steady load waits meanwhile; Esc asks whether to stop it. */
import type { KeyBinding } from '../keys/binding.ts';
import { fitLine, type Line, span } from '../line.ts';
import { runLines, runSentences } from '../run-lines.ts';
import type { Confirm } from '../screen-state.ts';
import { topOf, type ViewState } from '../state.ts';
import { filledTo, type Screen } from './screen.ts';

const SCROLL_MAX = 500;

const ASK_TO_STOP: Confirm = {
  screen: 'confirm',
  question: 'stop the run?',
  consequence: 'its faults are healed, and what there is by then is judged',
  word: 'stop it',
  command: { do: 'abort-run' },
  echo: 'stop the run',
  isAccepted: false,
};

const leave: KeyBinding['act'] = ({ run }) => (run?.isOver ? { type: 'back' } : { type: 'open', screen: ASK_TO_STOP });

function scrolled(by: number): KeyBinding['act'] {
  return (state) => {
    const top = topOf(state);
    if (top.screen !== 'run') return undefined;
    return { type: 'change', screen: { ...top, scroll: Math.min(SCROLL_MAX, Math.max(0, top.scroll + by)) } };
  };
}

export const run: Screen<'run'> = {
  name: 'run',
  title: 'run',
  keys: [
    {
      keys: ['escape'],
      shown: 'Esc',
      group: 'look',
      short: 'back',
      about: 'back to the list; while it runs: ask whether to stop it',
      act: leave,
    },
    { keys: ['down', 'j', 'pagedown'], shown: '↓, j', group: 'look', short: 'down', about: 'show what is further down', act: scrolled(1) },
    { keys: ['up', 'k', 'pageup'], shown: '↑, k', group: 'look', short: 'up', about: 'show what is further up', act: scrolled(-1) },
  ],
  others: 'leave',
  place: 'body',
  said: ({ run: shown }) => (shown === undefined ? [] : runSentences(shown)),
  lines: (state, { scroll }, { width, rows, theme }) => {
    const all = linesOf(state, width, theme);
    const first = Math.max(0, Math.min(scroll, all.length - rows));
    const shown = all.slice(first, first + rows);
    const left = all.length - first - shown.length;
    if (left > 0) shown[rows - 1] = [span(`${left + 1} more lines below: j or the arrow`, 'muted')];
    return filledTo(shown, rows).map((line) => fitLine(line, width));
  },
};

function linesOf(state: ViewState, width: number, theme: Parameters<typeof runLines>[1]['theme']): readonly Line[] {
  return state.run === undefined ? [[span('it begins', 'muted')]] : runLines(state.run, { nowMs: state.nowMs, width, theme });
}
