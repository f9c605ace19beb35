/** A scenario as it runs, and its report at the end. The steady load waits meanwhile; Esc asks whether to stop it. */

import { type Line, span } from '../draw/line.ts';
import type { KeyBinding } from '../keys/binding.ts';
import { runLines, runSentences } from '../panels/run-lines.ts';
import type { Confirm } from '../state/screen-state.ts';
import type { ViewState } from '../state/state.ts';
import type { Room, Screen } from './screen.ts';
import { scrolledLines, scrollKeys } from './scroll.ts';

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
    ...scrollKeys({ screen: 'run', scrollMax: SCROLL_MAX }),
  ],
  others: 'leave',
  place: 'body',
  said: ({ run: shown }) => (shown === undefined ? [] : runSentences(shown)),
  lines: (state, { scroll }, room) => scrolledLines(linesOf(state, room), scroll, room),
};

function linesOf(state: ViewState, { width, theme }: Room): readonly Line[] {
  return state.run === undefined ? [[span('it begins', 'muted')]] : runLines(state.run, { nowMs: state.nowMs, width, theme });
}
