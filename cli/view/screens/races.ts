/** The races: which one, of which cache, with which purge. Enter plays it step by step, in a world of its own. */
import type { CacheCard, RaceCard, RaceWay } from '../../../lab/live/race-protocol.ts';
import { padTo, plain } from '../draw/format.ts';
import { fitLine, type Line, span } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import { wrapped } from '../draw/wrap.ts';
import type { KeyBinding } from '../keys/binding.ts';
import { keyText } from '../keys/key-text.ts';
import { titleLine } from '../panels/chrome.ts';
import type { RaceChoices } from '../state/race-view.ts';
import type { Races } from '../state/screen-state.ts';
import { topOf, type ViewAction, type ViewState } from '../state/state.ts';
import { filledTo, type Room, type Screen } from './screen.ts';

const NAME_COLUMNS = 14;
const LIST_ROWS_MIN = 3;
/** Below that the list and what is chosen need the room. */
const ABOUT_ROWS_MIN = 18;
const ABOUT =
  'A cache fetches a content, and the answer is held back on its way. In that time the content is written and the cache is purged. Then the answer is released. Does the cache keep the old version?';

export function wayWords({ mode, type }: RaceWay): string {
  return `${mode} ${type}`;
}

/** What is chosen. `ways`: the purges of the cache that the race is for. */
export interface Chosen {
  readonly race: RaceCard;
  readonly cache: CacheCard;
  readonly ways: readonly RaceWay[];
  /** undefined: there is none. */
  readonly way: RaceWay | undefined;
}

export function chosenIn({ races, caches }: RaceChoices, at: Races): Chosen | undefined {
  const [race, cache] = [races[at.race], caches[at.cache]];
  if (race === undefined || cache === undefined) return undefined;
  const ways = race.tiers && !cache.tiers ? [] : waysOf(race, cache);
  return { race, cache, ways, way: ways[at.way % Math.max(1, ways.length)] };
}

export function waysOf(race: RaceCard, cache: CacheCard): readonly RaceWay[] {
  return cache.ways.filter((way) => race.ways.some((other) => wayWords(other) === wayWords(way)));
}

function moved(what: 'race' | 'cache' | 'way', by: number): KeyBinding['act'] {
  return (state) => {
    const top = topOf(state);
    if (top.screen !== 'races' || state.raceChoices === undefined) return undefined;
    const { races, caches } = state.raceChoices;
    const count = { race: races.length, cache: caches.length, way: chosenIn(state.raceChoices, top)?.ways.length ?? 0 }[what];
    if (count === 0) return undefined;
    // Another cache or race has other purges: the first of them is the hard one of a key, where there is one.
    return { type: 'change', screen: { ...top, ...(what === 'way' ? {} : { way: 0 }), [what]: (top[what] + by + count) % count } };
  };
}

const play: KeyBinding['act'] = (state) => {
  const top = topOf(state);
  const chosen = top.screen === 'races' && state.raceChoices !== undefined ? chosenIn(state.raceChoices, top) : undefined;
  if (chosen?.way === undefined || state.phase !== 'playing') return undefined;
  return [
    playAction({ race: chosen.race.name, cache: chosen.cache.name, way: chosen.way }),
    { type: 'open', screen: { screen: 'race', scroll: 0 } },
  ];
};

export interface ToPlay {
  readonly race: string;
  readonly cache: string;
  readonly way: RaceWay;
}

export function playAction({ race, cache, way }: ToPlay): ViewAction {
  return { type: 'sent', command: { do: 'play-race', race, cache, ...way }, text: `race ${race} of ${cache}` };
}

export const races: Screen<'races'> = {
  name: 'races',
  title: 'races',
  keys: [
    { keys: ['down', 'j'], shown: '↓, j', group: 'look', short: 'race', about: 'the next race', act: moved('race', 1) },
    { keys: ['up', 'k'], shown: '↑, k', group: 'look', about: 'the one before', act: moved('race', -1) },
    { keys: ['right', 'l'], shown: '→, l', group: 'look', short: 'cache', about: 'the next cache', act: moved('cache', 1) },
    { keys: ['left', 'h'], shown: '←, h', group: 'look', about: 'the one before', act: moved('cache', -1) },
    { keys: ['tab'], shown: 'Tab', group: 'look', short: 'purge', about: 'another purge', act: moved('way', 1) },
    { keys: ['return', ' '], shown: 'Enter', group: 'look', short: 'play it', about: 'play the race step by step', act: play },
    { keys: ['escape', 'R'], shown: 'Esc, R', group: 'look', short: 'back', about: 'close the list', act: () => ({ type: 'back' }) },
  ],
  others: 'leave',
  place: 'body',
  said: ({ raceChoices }, screen) => {
    const chosen = raceChoices === undefined ? undefined : chosenIn(raceChoices, screen);
    if (chosen === undefined) return ['looking for caches on this machine'];
    return [`${chosen.race.name}: ${chosen.race.about}`, `cache ${cacheText(chosen.cache)}: ${plain(chosen.cache.about)}`, wayText(chosen)];
  },
  lines: (state, screen, room) => filledTo(linesOf(state, screen, room), room.rows).map((line) => fitLine(line, room.width)),
};

function cacheText({ name, version }: CacheCard): string {
  return plain(version === undefined ? name : `${name} ${version}`);
}

function wayText({ race, cache, ways, way }: Chosen): string {
  if (way !== undefined) return `${wayWords(way)}${ways.length > 1 ? `, one of ${ways.length}` : ', the only one'}`;
  if (race.tiers && !cache.tiers) return `${cache.name} has no second tier: ${race.name} is not for it`;
  return `${plain(cache.name)} has no purge that ${race.name} is for (${race.ways.map(wayWords).join(', ')})`;
}

function linesOf({ raceChoices }: ViewState, screen: Races, room: Room): readonly Line[] {
  const { width, rows, theme } = room;
  const title = titleLine([span('play a race step by step', 'accent'), span(', in a small world of its own', 'muted')], width, theme);
  const about = rows < ABOUT_ROWS_MIN ? [] : wrapped(ABOUT, width).map((line): Line => [span(line)]);
  const chosen = raceChoices === undefined ? undefined : chosenIn(raceChoices, screen);
  if (raceChoices === undefined || chosen === undefined)
    return [title, ...about, [], [span('looking for caches on this machine', 'muted')]];
  const below = cacheLines(raceChoices, chosen, screen, room);
  const listRows = Math.max(LIST_ROWS_MIN, rows - 2 - below.length - about.length);
  const first = Math.max(0, Math.min(screen.race - Math.floor(listRows / 2), raceChoices.races.length - listRows));
  const list = raceChoices.races.slice(first, first + listRows).map(({ name, about: says }, index): Line => {
    const isChosen = first + index === screen.race;
    return [
      span(isChosen ? `${theme.echo} ` : '  ', 'accent'),
      span(padTo(name, NAME_COLUMNS), isChosen ? 'accent' : 'text'),
      span(says, isChosen ? 'text' : 'muted'),
    ];
  });
  return [title, ...about, keyTitle('the race', '↓', room), ...list, ...below];
}

function cacheLines({ caches, missing }: RaceChoices, chosen: Chosen, { cache: at }: Races, { width, theme }: Room): readonly Line[] {
  const { cache, way } = chosen;
  const [left, right] = theme.arrows;
  const place = `${at + 1} of ${caches.length} on this machine`;
  const more = missing.length === 0 ? '' : `, ${missing.length} more can be installed: list targets`;
  return [
    ...(chosen.race.about.length > width - NAME_COLUMNS - 2 ? wrapped(chosen.race.about, width).map((line): Line => [span(line)]) : []),
    keyTitle('the cache', '→', { width, theme }),
    [span(`${left} `, 'key'), span(cacheText(cache), 'accent'), span(` ${right}`, 'key'), span(`  ${place}${more}`, 'muted')],
    ...wrapped(plain(cache.about), width).map((line): Line => [span(line)]),
    keyTitle('the purge', 'Tab', { width, theme }),
    wayLine(chosen, theme, way === undefined),
  ];
}

function keyTitle(what: string, key: string, { width, theme }: Pick<Room, 'width' | 'theme'>): Line {
  return titleLine([span(`${what}: `, 'muted'), span(keyText(key, theme), 'key')], width, theme);
}

function wayLine(chosen: Chosen, theme: Theme, isNone: boolean): Line {
  return isNone ? [span(`${theme.tones.warning.mark} ${wayText(chosen)}`, 'warning')] : [span(wayText(chosen))];
}
