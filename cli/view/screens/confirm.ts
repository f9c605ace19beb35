/** A question before something is destroyed. Cancel has the focus: Enter alone does nothing. */
import { widthOf } from '../draw/format.ts';
import { fitLine, type Line, type Span, span } from '../draw/line.ts';
import { wrapped } from '../draw/wrap.ts';
import type { Confirm } from '../state/screen-state.ts';
import { topOf, type ViewAction, type ViewState } from '../state/state.ts';
import type { Room, Screen } from './screen.ts';

function openQuestion(state: ViewState): Confirm | undefined {
  const top = topOf(state);
  return top.screen === 'confirm' ? top : undefined;
}

const INDENT = 2;
const CANCEL = [{ type: 'back' }, { type: 'echo', text: 'cancelled' }] as const;

function accept({ orders, isOfPast }: Confirm): readonly ViewAction[] {
  const sent = orders.map(({ command, echo }) => ({ type: 'sent', command, text: echo }) as const);
  return [{ type: 'back' }, ...(isOfPast ? [{ type: 'look-now' } as const] : []), ...sent];
}

export const confirm: Screen<'confirm'> = {
  name: 'confirm',
  title: 'a question',
  keys: [
    {
      keys: ['return'],
      shown: 'Enter',
      group: 'look',
      short: 'choose',
      about: 'choose the marked answer; Cancel is marked first',
      act: (state) => {
        const screen = openQuestion(state);
        return screen?.isAccepted ? accept(screen) : CANCEL;
      },
    },
    {
      keys: ['left', 'right', 'tab', 'shift+tab', 'h', 'l'],
      shown: '←, →, Tab',
      group: 'look',
      short: 'other',
      about: 'mark the other answer',
      act: (state) => {
        const screen = openQuestion(state);
        return screen && { type: 'change', screen: { ...screen, isAccepted: !screen.isAccepted } };
      },
    },
    {
      keys: ['y'],
      shown: 'y',
      group: 'look',
      short: 'yes',
      about: 'do it',
      act: (state) => {
        const screen = openQuestion(state);
        return screen && accept(screen);
      },
    },
    { keys: ['n', 'escape'], shown: 'n, Esc', group: 'look', short: 'no', about: 'do nothing', act: () => CANCEL },
  ],
  others: 'always',
  place: 'prompt',
  lines,
};

function lines(_state: ViewState, { question, consequence, word, isAccepted }: Confirm, { width, rows, theme }: Room): readonly Line[] {
  const choice = (text: string, isChosen: boolean): Span =>
    span(isChosen ? `${theme.chosen[0]}${text}${theme.chosen[1]}` : ` ${text} `, isChosen ? 'accent' : 'muted');
  return [
    ...asked(question, consequence, { width, rows: rows - 1, theme }),
    fitLine(
      [
        choice('Cancel', !isAccepted),
        span('  '),
        choice(word, isAccepted),
        span('   '),
        span('y', 'key'),
        span(' yes  '),
        span('n', 'key'),
        span(' no'),
      ],
      width,
    ),
  ];
}

/** In one line where that is enough; else the consequence has lines of its own. */
function asked(question: string, consequence: string, { width, rows, theme }: Pick<Room, 'width' | 'rows' | 'theme'>): readonly Line[] {
  const first = `${theme.tones.warning.mark} ${question}`;
  if (widthOf(`${first} ${consequence}`) <= width) return [fitLine([span(`${first} `, 'warning'), span(consequence)], width)];
  const lines = wrapped(consequence, width - INDENT).map((line) => fitLine([span(' '.repeat(INDENT) + line)], width));
  return [fitLine([span(first, 'warning')], width), ...lines].slice(0, rows);
}
