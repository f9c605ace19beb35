/** The mystery: its suspects, what was guessed, and at its end the answer with its witness. */

import { plural } from '../../../lab/input/plural.ts';
import type { MysteryAnswer, MysteryView } from '../../../lab/live/protocol.ts';
import { padTo, plain } from '../draw/format.ts';
import { type Line, span } from '../draw/line.ts';
import { wrapped } from '../draw/wrap.ts';
import { titleLine } from '../panels/chrome.ts';
import type { ScreenOf } from '../state/screen-state.ts';
import type { ViewState } from '../state/state.ts';
import type { Room, Screen } from './screen.ts';
import { scrolledLines, scrollKeys } from './scroll.ts';

const SCROLL_MAX = 200;
const MARK_COLUMNS = 2;
const NAME_COLUMNS = 26;
const WHAT_TO_DO =
  'One of these bugs is in this world. Inject faults, read the tables, run scenarios (r): a failing check shows the kind of damage. ' +
  'Type :guess and the name of the bug, or :give-up.';

export const mystery: Screen<'mystery'> = {
  name: 'mystery',
  title: 'mystery',
  keys: [
    { keys: ['escape', 'M'], shown: 'Esc, M', group: 'look', short: 'close', about: 'close this', act: () => ({ type: 'back' }) },
    ...scrollKeys({ screen: 'mystery', scrollMax: SCROLL_MAX }),
  ],
  others: 'all',
  place: 'body',
  saidOnce: { again: (state) => state.mystery },
  lines,
};

function lines(state: ViewState, { scroll }: ScreenOf<'mystery'>, room: Room): readonly Line[] {
  const { width, theme } = room;
  const title = titleLine([span('a mystery', 'muted')], width, theme);
  const told = state.mystery === undefined ? [[span('no bug is hidden in this world', 'muted')]] : mysteryLines(state.mystery, room);
  return scrolledLines([title, ...told], scroll, room);
}

function mysteryLines({ suspects, wrong, answer }: MysteryView, { width, theme }: Room): readonly Line[] {
  const head = answer === undefined ? wrapped(WHAT_TO_DO, width).map((text): Line => [span(text)]) : answerLines(answer, width);
  const guesses = wrong.length === 0 ? '' : `, ${plural(wrong.length, 'wrong guess', 'wrong guesses')}`;
  return [
    ...head,
    [],
    [span(`${suspects.length} suspects${guesses}`, 'muted')],
    ...suspects.flatMap(({ name, about }): readonly Line[] => {
      const { mark, role } = name === answer?.name ? theme.tones.good : wrong.includes(name) ? theme.tones.error : theme.tones.info;
      const isOut = wrong.includes(name) || (answer !== undefined && name !== answer.name);
      const [first = '', ...others] = wrapped(plain(about), Math.max(1, width - MARK_COLUMNS - NAME_COLUMNS));
      return [
        [
          span(padTo(mark, MARK_COLUMNS), role),
          span(padTo(plain(name), NAME_COLUMNS), isOut ? 'muted' : 'key'),
          span(first, isOut ? 'muted' : 'text'),
        ],
        ...others.map((text): Line => [span(' '.repeat(MARK_COLUMNS + NAME_COLUMNS)), span(text, isOut ? 'muted' : 'text')]),
      ];
    }),
  ];
}

function answerLines({ name, about, caughtBy, shownBy, wasFound, witness }: MysteryAnswer, width: number): readonly Line[] {
  const found = wasFound ? 'You found it' : 'You gave up';
  const seen =
    witness === undefined
      ? [`The scenario ${shownBy} is run with it in virtual time, for a witness…`]
      : [`Witness, from the scenario ${shownBy}: ${witness.check}: ${witness.explain}`, `again: ${witness.again}`];
  const rest = [`Checks that may catch it: ${caughtBy.join(', ')}.`, ...seen].flatMap((text) => wrapped(plain(text), width));
  const answer = wrapped(plain(`${found}. The bug is ${name}: ${about}.`), width);
  return [...answer.map((text): Line => [span(text, wasFound ? 'good' : 'warning')]), ...rest.map((text): Line => [span(text)])];
}
