/** The keys that select a region, and those that open a screen on top. */
import { EMPTY_PROMPT } from '../state/screen-state.ts';
import { SORTS, type Sort, topOf, type ViewState } from '../state/state.ts';
import { openTour } from '../tour/engine.ts';
import type { KeyBinding } from './binding.ts';
import { open } from './open.ts';
import { openRaces } from './open-races.ts';
import { PAST } from './past.ts';

const ONE_REGION = 'there is no other region';
const SORT_WORDS: Readonly<Record<Sort, string>> = {
  key: 'versions by key',
  behind: 'versions: the most behind first',
  read: 'versions: the most read first, of the last minute',
};

function stepped(by: number): KeyBinding['act'] {
  return ({ regions }) => (regions.length === 0 ? undefined : { type: 'step-selection', by });
}

/** Shows what is there; the next one is asked for by the screen's own key. */
const trace: KeyBinding['act'] = ({ phase, trace: shown }) => {
  if (phase !== 'playing') return undefined;
  const ask = { type: 'sent', command: { do: 'trace', id: 1 }, text: 'trace content:1' } as const;
  return [...(shown === undefined ? [ask] : []), { type: 'open', screen: { screen: 'trace' } }];
};

/** The list; the run, where one is under way. */
const catalogue: KeyBinding['act'] = (state) => {
  if (state.phase !== 'playing') return undefined;
  const list = { type: 'open', screen: { screen: 'catalogue', at: 0 } } as const;
  const now = state.lookedAtMs === undefined ? [] : [{ type: 'look-now' } as const];
  if (state.run !== undefined && !state.run.isOver) return [...now, list, { type: 'open', screen: { screen: 'run', scroll: 0 } }];
  return [
    ...(state.scenarios === undefined ? [{ type: 'sent', command: { do: 'list-scenarios' }, text: 'scenarios' } as const] : []),
    ...now,
    list,
  ];
};

const sort: KeyBinding['act'] = ({ sort: now, regions }) => {
  if (regions.length === 0) return undefined;
  const by = SORTS[(SORTS.indexOf(now) + 1) % SORTS.length] ?? 'key';
  return [
    { type: 'sort', by },
    { type: 'echo', text: SORT_WORDS[by] },
  ];
};

export const LOOK: readonly KeyBinding[] = [
  {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    shown: '1-9',
    group: 'look',
    about: 'select a region',
    nothing: 'that region is already selected, or there are fewer regions',
    act: ({ regions }, key) => (regions.length === 0 ? undefined : { type: 'select', index: Number(key) - 1 }),
  },
  {
    keys: ['tab', 'right', 'down', 'l', 'j'],
    shown: 'Tab, →, ↓, l, j',
    group: 'look',
    about: 'select the next region',
    nothing: ONE_REGION,
    act: stepped(1),
  },
  {
    keys: ['shift+tab', 'left', 'up', 'h', 'k'],
    shown: 'Shift-Tab, ←, ↑, h, k',
    group: 'look',
    about: 'select the previous region',
    nothing: ONE_REGION,
    act: stepped(-1),
  },
  {
    name: 'zoom',
    keys: ['z', 'return'],
    shown: 'z, Enter',
    group: 'look',
    short: 'zoom',
    about: 'look at the region closely, and back',
    act: open({ screen: 'zoom' }),
  },
  {
    name: 'scenarios',
    keys: ['r'],
    shown: 'r',
    group: 'look',
    short: 'run',
    about: 'run a scenario of the catalogue in this world',
    act: catalogue,
  },
  {
    name: 'races',
    keys: ['R'],
    shown: 'R',
    group: 'look',
    short: 'races',
    about: 'play a race of a cache step by step: can it lose an invalidation?',
    act: openRaces,
  },
  {
    name: 'mystery',
    keys: ['M'],
    shown: 'M',
    group: 'look',
    about: 'in a mystery: the suspects and your guesses',
    act: (state) => (state.mystery === undefined ? undefined : open({ screen: 'mystery', scroll: 0 })(state, 'M')),
  },
  { name: 'tour', keys: ['T'], shown: 'T', group: 'look', short: 'tour', about: 'a guided tour in six short steps', act: openTour },
  { name: 'trace', keys: ['t'], shown: 't', group: 'look', short: 'trace', about: 'follow one write through its ten steps', act: trace },
  {
    name: 'events',
    keys: ['e'],
    shown: 'e',
    group: 'look',
    short: 'events',
    about: 'every event in full, the newest first',
    act: open({ screen: 'events', scroll: 0 }),
  },
  ...PAST,
  {
    name: 'filter',
    keys: ['/'],
    shown: '/',
    group: 'look',
    short: 'filter',
    about: 'show only the versions and events with a word',
    act: open({ screen: 'filter', prompt: EMPTY_PROMPT }),
  },
  {
    name: 'sort',
    keys: ['S'],
    shown: 'S',
    group: 'look',
    short: 'sort',
    about: 'order the versions: by key, the most behind first, the most read first',
    act: sort,
  },
  {
    name: 'command',
    keys: [':'],
    shown: ':',
    group: 'look',
    short: 'command',
    about: 'a line for commands; Tab completes them',
    act: open({ screen: 'command', prompt: EMPTY_PROMPT }),
  },
  {
    keys: ['escape'],
    shown: 'Esc',
    group: 'look',
    about: 'back; on the overview: show everything again',
    nothing: 'this is the overview without a filter; q leaves',
    act: back,
  },
  {
    name: 'help',
    keys: ['?'],
    shown: '?',
    group: 'look',
    short: 'help',
    about: 'the keys of this screen',
    act: open({ screen: 'help', scroll: 0 }, { always: true }),
  },
];

function back(state: ViewState): ReturnType<KeyBinding['act']> {
  if (topOf(state).screen !== 'overview') return { type: 'back' };
  return state.filter === '' ? undefined : { type: 'filter', text: '' };
}
