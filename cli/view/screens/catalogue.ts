/**
 * The catalogue: the scenarios that come with the program, and what the selected one shows. Enter runs it in this
 * world.
 */
import type { ScenarioCard } from '../../../lab/live/protocol.ts';
import { delayText, padTo, plain, widthOf } from '../draw/format.ts';
import { fitLine, type Line, span, spread } from '../draw/line.ts';
import { wrapped } from '../draw/wrap.ts';
import type { KeyBinding } from '../keys/binding.ts';
import { titleLine } from '../panels/chrome.ts';
import type { ScreenOf } from '../state/screen-state.ts';
import { topOf, type ViewState } from '../state/state.ts';
import { filledTo, type Room, type Screen } from './screen.ts';

const ID_COLUMNS = 21;
/** Before the title: the mark of the chosen one, the id, a blank. */
const LEFT_COLUMNS = 2 + ID_COLUMNS + 1;
const LIST_ROWS_MIN = 3;
/** In place of its time: this world cannot run it. */
const NOT_HERE = 'not here';

function moved(by: number): KeyBinding['act'] {
  return (state) => {
    const top = topOf(state);
    const count = state.scenarios?.length ?? 0;
    if (top.screen !== 'catalogue' || count === 0) return undefined;
    return { type: 'change', screen: { ...top, at: (top.at + by + count) % count } };
  };
}

const run: KeyBinding['act'] = (state) => {
  const top = topOf(state);
  const card = top.screen === 'catalogue' ? state.scenarios?.[top.at] : undefined;
  return card === undefined || state.phase !== 'playing' ? undefined : runActions(card.id);
};

export function runActions(scenario: string) {
  return [
    { type: 'sent', command: { do: 'run', scenario }, text: `run ${scenario}` },
    { type: 'open', screen: { screen: 'run', scroll: 0 } },
  ] as const;
}

export const catalogue: Screen<'catalogue'> = {
  name: 'catalogue',
  title: 'scenarios',
  keys: [
    { keys: ['down', 'j', 'tab'], shown: '↓, j', group: 'look', short: 'next', about: 'the next scenario', act: moved(1) },
    { keys: ['up', 'k', 'shift+tab'], shown: '↑, k', group: 'look', about: 'the previous scenario', act: moved(-1) },
    {
      keys: ['return'],
      shown: 'Enter',
      group: 'look',
      short: 'run it',
      about: 'heal everything, then run the scenario in this world',
      act: run,
    },
    { keys: ['escape', 'r'], shown: 'Esc, r', group: 'look', short: 'back', about: 'close the list', act: () => ({ type: 'back' }) },
  ],
  others: 'leave',
  place: 'body',
  said: ({ scenarios }, { at }) => {
    const card = scenarios?.[at];
    if (card === undefined) return [];
    const when = card.refused === undefined ? delayText(card.durationMs) : `${NOT_HERE}, ${plain(card.refused)}`;
    return [`${plain(card.id)}, ${when}: ${plain(card.title)}. ${plain(card.description)}`];
  },
  lines: (state, screen, room) => filledTo(linesOf(state, screen, room), room.rows).map((line) => fitLine(line, room.width)),
};

function linesOf({ scenarios }: ViewState, { at }: ScreenOf<'catalogue'>, room: Room): readonly Line[] {
  const { width, rows, theme } = room;
  const title = titleLine([span('scenarios to run in this world', 'muted')], width, theme);
  const card = scenarios?.[at];
  if (scenarios === undefined || card === undefined) return [title, [span('reading them', 'muted')]];
  const about = aboutLines(card, room);
  const listRows = Math.max(LIST_ROWS_MIN, rows - 1 - about.length);
  const first = Math.max(0, Math.min(at - Math.floor(listRows / 2), scenarios.length - listRows));
  const list = scenarios.slice(first, first + listRows).map(({ id, title: says, durationMs, refused }, index): Line => {
    const isChosen = first + index === at;
    const left = [
      span(isChosen ? `${theme.echo} ` : '  ', 'accent'),
      span(padTo(plain(id), ID_COLUMNS), isChosen ? 'accent' : refused === undefined ? 'text' : 'muted'),
      span(` ${plain(says)}`, 'muted'),
    ];
    return spread(left, [span(` ${refused === undefined ? delayText(durationMs) : NOT_HERE}`, 'muted')], width);
  });
  return [title, ...list, ...about];
}

/** With its title, where the list has cut it. */
function aboutLines({ id, title, description, durationMs, refused }: ScenarioCard, { width, theme }: Room): readonly Line[] {
  const room = width - LEFT_COLUMNS - widthOf(` ${refused === undefined ? delayText(durationMs) : NOT_HERE}`);
  const whole = widthOf(plain(title)) > room ? wrapped(title, width).map((line): Line => [span(line, 'strong')]) : [];
  return [
    titleLine([span(plain(id), 'accent')], width, theme),
    ...whole,
    ...wrapped(refused === undefined ? '' : `not here: ${refused}`, width).map((line): Line => [span(line, 'warning')]),
    ...wrapped(description, width).map((line): Line => [span(line)]),
  ];
}
