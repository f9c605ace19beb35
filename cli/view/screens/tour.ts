/** The guided tour: the regions above, below them what to do, what to look at, and what was seen. */

import { ageText, plain } from '../draw/format.ts';
import { fitLine, type Line, span } from '../draw/line.ts';
import { wrapped } from '../draw/wrap.ts';
import { titleLine } from '../panels/chrome.ts';
import { overviewLines } from '../panels/overview.ts';
import type { ScreenOf } from '../state/screen-state.ts';
import type { ViewState } from '../state/state.ts';
import { actOf, goOn, isOverdue, leaveTour, press } from '../tour/engine.ts';
import { regionsOf } from '../tour/step.ts';
import { STEPS } from '../tour/steps.ts';
import type { Room, Screen } from './screen.ts';

/** Below the title: enough for the longest act at 80 columns. */
const TEXT_ROWS = 8;
const INDENT = 2;
const OUTRO =
  'That was the tour. Every fault is healed, and the regions are yours: c cuts off the selected region, f lists every fault, r runs and judges a scenario, t follows one write, z shows a region closely, ? lists every key.';
const WAITS = 'The world is starting; the tour begins when the world is up.';

export const tour: Screen<'tour'> = {
  name: 'tour',
  title: 'tour',
  keys: [
    {
      keys: ['return', ' '],
      shown: 'Enter',
      group: 'look',
      short: 'act, go on',
      about: 'do what the step says; then: the next step',
      nothing: 'the step waits for its result',
      act: goOn,
    },
    {
      keys: ['w', 'b', 'c', 'a'],
      shown: 'w, b, c, a',
      group: 'look',
      about: 'the key that the step names',
      nothing: 'this step names another key, or waits',
      act: press,
    },
    {
      keys: ['escape'],
      shown: 'Esc',
      group: 'look',
      short: 'leave the tour',
      about: 'leave the tour; its faults are healed',
      act: leaveTour,
    },
  ],
  others: 'leave',
  place: 'body',
  said: sentences,
  lines: (state, screen, room) =>
    overviewLines(state, room, {
      rowsMin: TEXT_ROWS,
      lines: ({ width, rows, theme }) => {
        const text = textLines(state, screen, { width, rows, theme });
        return [titleLine(titleOf(screen), width, theme), ...text].map((line) => fitLine(line, width));
      },
    }),
};

/** Without what changes all the time. */
function sentences(state: ViewState, screen: ScreenOf<'tour'>): readonly string[] {
  const { step, begun, seen } = screen;
  const act = actOf(screen);
  if (state.regions.length === 0) return [WAITS];
  if (act === undefined) return [OUTRO];
  const asked = [
    `step ${step + 1} of ${STEPS.length}: ${STEPS[step]?.title}`,
    act.say(regionsOf(state)),
    `press ${act.key ?? 'Enter'} to ${act.does}`,
  ];
  if (begun === undefined) return asked;
  return seen === undefined ? [act.waitsFor] : [...seen, 'Enter goes on'];
}

function titleOf({ step }: ScreenOf<'tour'>): Line {
  const title = STEPS[step]?.title;
  if (title === undefined) return [span('the end of the tour', 'accent')];
  return [span(`tour, step ${step + 1} of ${STEPS.length}: `, 'muted'), span(title, 'accent')];
}

type TextRoom = Pick<Room, 'width' | 'rows' | 'theme'>;

/** Where there is too little room, what was seen and the key go before the rest. */
function textLines(state: ViewState, screen: ScreenOf<'tour'>, { width, rows, theme }: TextRoom): readonly Line[] {
  const act = actOf(screen);
  const said = act === undefined ? OUTRO : state.regions.length === 0 ? WAITS : act.say(regionsOf(state));
  const below = statusLines(state, screen, { width, rows, theme });
  const say = wrapped(said, width).map((line): Line => [span(line, screen.seen === undefined ? 'text' : 'muted')]);
  const room = rows - below.length;
  const kept = say.length <= room ? say : screen.begun === undefined ? say.slice(0, Math.max(0, room)) : [];
  return Array.from({ length: rows }, (_, at) => [...kept, ...below][at] ?? []);
}

function statusLines(state: ViewState, screen: ScreenOf<'tour'>, { width, theme }: TextRoom): readonly Line[] {
  const { begun, seen } = screen;
  const act = actOf(screen);
  if (act === undefined) return [[span('Enter', 'key'), span(' or '), span('Esc', 'key'), span(' closes the tour')]];
  if (state.regions.length === 0) return [];
  if (begun === undefined)
    return [[span(`${theme.echo} press `, 'accent'), span(act.key ?? 'Enter', 'key'), span(` to ${act.does}`, 'accent')]];
  if (seen !== undefined) {
    const { mark, role } = theme.tones.good;
    const lines = seen.flatMap((sentence) =>
      wrapped(sentence, width - INDENT).map((line, at): Line => [span(at === 0 ? `${mark} ` : '  ', role), span(line, 'strong')]),
    );
    return [...lines, [span(`${theme.echo} `, 'accent'), span('Enter', 'key'), span(' goes on', 'accent')]];
  }
  const age = ageText(state.nowMs - begun.nowMs);
  if (!isOverdue(state, screen)) return [[span(`${theme.echo} ${plain(act.waitsFor)} `, 'accent'), span(age, 'muted')]];
  const words = `not seen after ${age}: ${plain(act.waitsFor)}; `;
  return [[span(`${theme.tones.warning.mark} ${words}`, 'warning'), span('Enter', 'key'), span(' goes on all the same')]];
}
