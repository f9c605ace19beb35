/**
 * A race as it is played: its lanes, what happens now in plain words, what the next key does, and at the end the
 * outcome.
 */
import { padTo, plain, widthOf } from '../draw/format.ts';
import { fitLine, type Line, span } from '../draw/line.ts';
import { wrapped } from '../draw/wrap.ts';
import type { Actions, KeyBinding } from '../keys/binding.ts';
import { titleLine } from '../panels/chrome.ts';
import { LANES_COLUMNS_MIN, laneLines } from '../panels/race-lanes.ts';
import { LANE_WORDS, nextWords, nowWords, OUTCOME_WORDS, raceSentences } from '../panels/race-words.ts';
import { nextTurn, outcomeShown, type RaceView } from '../state/race-view.ts';
import { topOf, type ViewState } from '../state/state.ts';
import { playAction, type ToPlay, waysOf, wayWords } from './races.ts';
import { filledTo, type Room, type Screen } from './screen.ts';

/** Lanes below that say nothing. */
const LANE_ROWS_MIN = 5;
/** So that the words are not far from what they tell of. */
const PICTURE_ROWS_MAX = 24;
/** Of the outcome, its mark and the rule around them. */
const TITLE_COLUMNS = 16;
const LEGEND_COLUMNS = 12;
const SCROLL_MAX = 500;
const TONES = { ok: 'good', waits: 'good', late: 'warning', kept: 'error', unjudged: 'warning' } as const;
const PACE =
  'The race has happened already: with a held answer it waits for nobody, because a cache gives up after a time. You see the steps at your own pace.';

const step: KeyBinding['act'] = ({ played }) => {
  if (played === undefined || played.why !== undefined) return undefined;
  const turn = nextTurn(played);
  if (turn === undefined) return undefined;
  return turn.waits ? { type: 'sent', command: { do: 'next-turn' }, text: nextWords(turn) } : { type: 'show-turn' };
};

const finish: KeyBinding['act'] = ({ played }) =>
  played === undefined || played.showsAll || played.stage !== 'racing'
    ? undefined
    : { type: 'sent', command: { do: 'finish-race' }, text: 'to the end of the race' };

const leave: KeyBinding['act'] = ({ played }) => [
  ...(played === undefined || played.isOver ? [] : [{ type: 'sent', command: { do: 'stop-race' }, text: 'the race is stopped' } as const]),
  { type: 'back' },
];

/** Once it can be seen what came of it. */
const again: KeyBinding['act'] = (state) => {
  const { played } = state;
  return played === undefined || !isAtEnd(played) ? undefined : begun(state, played);
};

const withRecipe: KeyBinding['act'] = (state) => {
  const recipe = recipeOf(state);
  return recipe === undefined ? undefined : begun(state, recipe);
};

function begun(state: ViewState, toPlay: ToPlay): Actions {
  const top = topOf(state);
  return top.screen === 'race' ? [playAction(toPlay), { type: 'change', screen: { ...top, scroll: 0 } }] : undefined;
}

function isAtEnd(race: RaceView): boolean {
  return race.why !== undefined || outcomeShown(race) !== undefined;
}

/** The same race with the cache set so that it loses nothing; undefined: nothing was lost, or nobody knows how. */
function recipeOf({ played, raceChoices }: Pick<ViewState, 'played' | 'raceChoices'>): (ToPlay & { readonly about: string }) | undefined {
  if (played === undefined || outcomeShown(played)?.outcome !== 'kept') return undefined;
  const cache = raceChoices?.caches.find(({ mends }) => mends === played.cache);
  const race = raceChoices?.races.find(({ name }) => name === played.race);
  if (cache === undefined || race === undefined) return undefined;
  const ways = waysOf(race, cache);
  const way = ways.find((one) => wayWords(one) === wayWords(played.way)) ?? ways[0];
  return way === undefined ? undefined : { race: race.name, cache: cache.name, way, about: cache.about };
}

/** Lines back from the newest. */
function scrolled(by: number): KeyBinding['act'] {
  return (state) => {
    const top = topOf(state);
    if (top.screen !== 'race') return undefined;
    return { type: 'change', screen: { ...top, scroll: Math.min(SCROLL_MAX, Math.max(0, top.scroll + by)) } };
  };
}

export const race: Screen<'race'> = {
  name: 'race',
  title: 'race',
  keys: [
    {
      keys: [' ', 'return'],
      shown: 'Space, Enter',
      group: 'look',
      short: 'next step',
      about: 'the next step',
      nothing: 'there is no next step yet',
      act: step,
    },
    {
      keys: ['a'],
      shown: 'a',
      group: 'look',
      short: 'to the end',
      about: 'play to the end',
      nothing: 'the race is at its end, or has not begun',
      act: finish,
    },
    {
      keys: ['m'],
      shown: 'm',
      group: 'look',
      short: 'mended',
      about: 'after kept: the same race with a recipe that keeps nothing',
      nothing: 'nothing was kept, or no recipe is known',
      act: withRecipe,
    },
    {
      keys: ['r'],
      shown: 'r',
      group: 'look',
      short: 'again',
      about: 'at the end: the same race again',
      nothing: 'the race is not at its end',
      act: again,
    },
    {
      keys: ['up', 'k'],
      shown: '↑, k',
      group: 'look',
      about: 'show earlier steps',
      nothing: 'there are no earlier steps',
      act: scrolled(1),
    },
    { keys: ['down', 'j'], shown: '↓, j', group: 'look', about: 'show later ones', nothing: 'there are no later steps', act: scrolled(-1) },
    {
      keys: ['escape'],
      shown: 'Esc',
      group: 'look',
      short: 'leave',
      about: 'stop the race, with all that was started for it, and go back to the list',
      act: leave,
    },
  ],
  others: 'leave',
  place: 'body',
  said: ({ played }) => (played === undefined ? [] : raceSentences(played)),
  lines: (state, { scroll }, room) => filledTo(linesOf(state, scroll, room), room.rows).map((line) => fitLine(line, room.width)),
};

function linesOf(state: ViewState, scroll: number, room: Room): readonly Line[] {
  const { played } = state;
  const { width, rows, theme } = room;
  if (played === undefined) return [[span('no race is played', 'muted')]];
  const { race: name, cache, way, shown } = played;
  const left = [span(name, 'accent'), span(` of ${plain(cache)} ${theme.dot} ${wayWords(way)} purge`, 'muted')];
  const title = titleLine([...left, span(shown === 0 ? '' : ` ${theme.dot} step ${shown}`, 'muted')], width, theme);
  const below = played.stage === 'racing' || isAtEnd(played) ? wordLines(state, played, room) : startLines(played, room);
  const picture = Math.min(PICTURE_ROWS_MAX, rows - 1 - below.length);
  return [title, ...pictureLines(played, { scroll, rows: picture }, room), ...below];
}

interface PictureOptions {
  readonly scroll: number;
  readonly rows: number;
}

/** Exactly as many rows. */
function pictureLines(played: RaceView, { scroll, rows }: PictureOptions, { width, theme }: Room): readonly Line[] {
  if (played.shown === 0) return filledTo(legendLines(width), Math.max(0, rows));
  if (rows < LANE_ROWS_MIN + 1 || width < LANES_COLUMNS_MIN) return filledTo(textLines(played, rows - 1), Math.max(0, rows));
  const { head, lines } = laneLines(played.turns.slice(0, played.shown), { width, rows: rows - 1, theme });
  const room = rows - 1;
  const last = Math.max(Math.min(lines.length, room), lines.length - scroll);
  const shown = lines.slice(Math.max(0, last - room), last);
  const hidden = Math.max(0, last - room);
  const first: Line = [span(`${hidden + 1} earlier: k or the arrow`, 'muted')];
  return filledTo([head, ...(hidden > 0 ? [first, ...shown.slice(1)] : shown)], rows);
}

/** The newest steps in words, where the picture has no room. */
function textLines({ turns, shown }: RaceView, rows: number): readonly Line[] {
  const steps = turns.slice(0, shown).flatMap((turn) => turn.steps);
  const lines = steps.slice(Math.max(0, steps.length - Math.max(0, rows))).map(({ atMs, who, text }): Line => {
    return [span(`${String(atMs).padStart(5)} ms `, 'muted'), span(padTo(who, LEGEND_COLUMNS - 2), 'strong'), span(plain(text))];
  });
  return [[span('the picture of a race needs a terminal of 80x24; its steps:', 'warning')], ...(rows > 0 ? lines : [])];
}

function legendLines(width: number): readonly Line[] {
  return LANE_WORDS.flatMap(([lane, says]) =>
    wrapped(says, width - LEGEND_COLUMNS).map(
      (line, at): Line => [span(padTo(at === 0 ? `  ${lane}` : '', LEGEND_COLUMNS), 'strong'), span(line, 'muted')],
    ),
  );
}

function startLines({ stage, cache, way }: RaceView, { width, theme }: Room): readonly Line[] {
  const done = ['starting', 'checking'].indexOf(stage);
  const parts = [
    `${plain(cache)} starts, with an origin and an upstream of its own; nothing in the regions changes`,
    `a check first: does the cache keep answers, and does a ${wayWords(way)} purge take effect?`,
  ];
  const { mark, role } = theme.tones.good;
  const lines = parts.flatMap((words, at) => {
    const sign = at < done ? span(`${mark} `, role) : span(at === done ? `${theme.echo} ` : '  ', 'accent');
    return wrapped(words, width - 2).map((line, row): Line => [row === 0 ? sign : span('  '), span(line, at > done ? 'muted' : 'text')]);
  });
  const title = stage === 'asked' ? 'the race before is being stopped' : 'it starts';
  return [titleLine([span(title, 'muted')], width, theme), ...lines];
}

function wordLines(state: ViewState, played: RaceView, { width, theme }: Room): readonly Line[] {
  const told = (text: string, role: Parameters<typeof span>[1] = 'text'): readonly Line[] =>
    wrapped(text, width).map((line): Line => [span(line, role)]);
  if (played.why !== undefined) {
    const { mark, role } = theme.tones.warning;
    return [titleLine([span('there was no race', 'warning')], width, theme), ...told(`${mark} ${played.why}`, role), endLine(state)];
  }
  const judged = outcomeShown(played);
  const now = [titleLine([span('now', 'muted')], width, theme), ...told(nowWords(played))];
  if (judged === undefined) return [...now, ...nextLines(played, told, theme.echo)];
  const { mark, role } = theme.tones[TONES[judged.outcome]];
  const why = plain(judged.why);
  const isShort = widthOf(why) < width - TITLE_COLUMNS;
  return [
    ...now,
    titleLine([span(`${mark} ${judged.outcome}`, role), span(` ${isShort ? why : ''}`)], width, theme),
    ...(isShort ? [] : told(why)),
    ...told(OUTCOME_WORDS[judged.outcome]),
    ...recipeLines(state, told),
    endLine(state),
  ];
}

type Told = (text: string, role?: Parameters<typeof span>[1]) => readonly Line[];

function nextLines(played: RaceView, told: Told, sign: string): readonly Line[] {
  const turn = nextTurn(played);
  if (turn === undefined) return [[span(`${sign} `, 'accent'), span('the race goes on by itself in a moment', 'muted')]];
  const key: Line = [span(`${sign} `, 'accent'), span('Space', 'key'), span(` next: ${plain(nextWords(turn))}`, 'accent')];
  return turn.waits ? [key] : [key, ...told(PACE, 'muted')];
}

function recipeLines(state: ViewState, told: Told): readonly Line[] {
  const recipe = recipeOf(state);
  return recipe === undefined ? [] : told(`The remedy is ${plain(recipe.cache)}: ${plain(recipe.about)}.`, 'strong');
}

function endLine(state: ViewState): Line {
  const recipe = recipeOf(state);
  const mend: Line = recipe === undefined ? [] : [span('m', 'key'), span(` the same race with ${plain(recipe.cache)}  `)];
  return [...mend, span('r', 'key'), span(' once more  '), span('Esc', 'key'), span(' the other races')];
}
