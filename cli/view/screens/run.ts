/**
 * A scenario as it runs, below the regions that it runs in, and its report at the end. The steady load waits meanwhile;
 * Esc asks whether to stop it.
 */

import type { RunPlan } from '../../../lab/live/protocol.ts';
import type { Summary } from '../../../lab/report/events.ts';
import { type Line, span } from '../draw/line.ts';
import type { Actions, KeyBinding } from '../keys/binding.ts';
import { type Below, overviewLines } from '../panels/overview.ts';
import { runLines, runSentences } from '../panels/run-lines.ts';
import { runStageLines } from '../panels/run-stage.ts';
import type { RunView } from '../state/run-view.ts';
import type { Confirm } from '../state/screen-state.ts';
import type { ViewState } from '../state/state.ts';
import type { Room, Screen } from './screen.ts';
import { scrolledLines, scrollKeys } from './scroll.ts';

const SCROLL_MAX = 500;
/** Below the regions, with a title more. */
const STAGE_ROWS_MIN = 6;
const STAGE_SHARE = 0.35;
/** Between header and keys of a terminal of 24 rows. */
const MAP_FROM_ROWS = 21;

const ASK_TO_STOP: Confirm = {
  screen: 'confirm',
  question: 'stop the run?',
  consequence: 'its faults are healed, and the run so far is judged',
  word: 'stop it',
  orders: [{ command: { do: 'abort-run' }, echo: 'stop the run' }],
  isOfPast: false,
  isAccepted: false,
};

const leave: KeyBinding['act'] = ({ run }) => (run?.isOver ? { type: 'back' } : { type: 'open', screen: ASK_TO_STOP });

/** Nothing before a run has come to its summary. */
function ifOver(act: (summary: Summary) => Actions): KeyBinding['act'] {
  return ({ run: shown }) => (shown?.isOver && shown.summary !== undefined ? act(shown.summary) : undefined);
}

const NOT_OVER = 'the run has no report';

export const run: Screen<'run'> = {
  name: 'run',
  title: 'run',
  keys: [
    {
      keys: ['escape'],
      shown: 'Esc',
      group: 'look',
      short: 'back',
      shortNow: ({ run: shown }) => (shown?.isOver ? undefined : 'stop'),
      about: 'back to the list; during a run: ask whether to stop the run',
      act: leave,
    },
    {
      keys: ['s'],
      shown: 's',
      group: 'look',
      short: 'save',
      about:
        'save report.html, summary.md, junit.xml and summary.json of a run that has ended, in a new folder where the program was started',
      nothing: NOT_OVER,
      act: ifOver(() => ({ type: 'sent', command: { do: 'save-run' }, text: 'save the report' })),
    },
    {
      keys: ['y'],
      shown: 'y',
      group: 'look',
      short: 'copy again',
      about: 'copy the command that repeats the run, through the terminal (OSC 52)',
      nothing: NOT_OVER,
      act: ifOver(({ reproduce }) => [
        { type: 'copy', text: reproduce },
        { type: 'echo', text: 'copied' },
      ]),
    },
    ...scrollKeys({ screen: 'run', scrollMax: SCROLL_MAX, scrolls: ({ run: shown }) => planUnderWay(shown) === undefined }),
  ],
  others: 'leave',
  place: 'body',
  said: ({ run: shown }) => (shown === undefined ? [] : runSentences(shown)),
  lines: (state, { scroll }, room) => {
    const { run: shown } = state;
    const plan = planUnderWay(shown);
    if (shown === undefined || plan === undefined) return scrolledLines(linesOf(state, room), scroll, room);
    return overviewLines(state, room, stageOf(shown, plan, state.nowMs, room));
  },
};

/** Of a run that has begun and is not over. */
function planUnderWay(shown: RunView | undefined): RunPlan | undefined {
  return shown?.isOver ? undefined : shown?.plan;
}

/** The regions and the map stay in view while it goes on. */
function stageOf(shown: RunView, plan: RunPlan, nowMs: number, { rows }: Room): Below {
  return {
    rowsMin: Math.max(STAGE_ROWS_MIN, Math.floor(rows * STAGE_SHARE)),
    mapFrom: MAP_FROM_ROWS,
    lines: (room) => runStageLines(shown, plan, { ...room, nowMs }),
  };
}

function linesOf(state: ViewState, { width, theme }: Room): readonly Line[] {
  return state.run === undefined ? [[span('it begins', 'muted')]] : runLines(state.run, { nowMs: state.nowMs, width, theme });
}
