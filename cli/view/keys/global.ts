/**
 * The keys that hold wherever no screen has taken them: on the overview and on what lies over it without asking something.
 *
 * What acts on a region acts on the selected one. A fault's key injects it, and heals it when it is in force.
 */
import { type EdgeConfigChange, PROPAGATION_DELAY_MS_MAX } from '../../../services/protocol/edge-api.ts';
import { delayText, plain } from '../format.ts';
import { cacheOf, edgeOf, kafkaLinkOf, originLinkOf } from '../links.ts';
import { injectionAction } from '../orders.ts';
import { EMPTY_PROMPT, type ScreenState } from '../screen-state.ts';
import { topOf, type ViewState } from '../state.ts';
import { type Settings, settingsOf } from '../wanted.ts';
import { type KeyBinding, selectedOf } from './binding.ts';

export const BURST = 50;
const DELAY_STEP_MS = 100;

function write(count: number, text: string): KeyBinding['act'] {
  return ({ phase }) => (phase === 'playing' ? { type: 'sent', command: { do: 'write', count }, text } : undefined);
}

/** Injects the fault on a target of the selected region; heals it when it is there. */
function toggle(fault: string, targetOf: (region: string) => string): KeyBinding['act'] {
  return (state) => {
    const region = selectedOf(state)?.region;
    if (region === undefined) return undefined;
    const target = targetOf(region);
    const active = state.faults.find((known) => known.fault === fault && known.target === target);
    if (active === undefined) return injectionAction({ do: 'inject', fault, target });
    return { type: 'sent', command: { do: 'heal', id: active.id }, text: `heal ${fault} ${plain(target)}` };
  };
}

/** What the selected region's settings become; without figures of it nobody knows what they are. */
function change(toSettings: (now: Settings) => EdgeConfigChange): KeyBinding['act'] {
  return (state) => {
    const region = selectedOf(state);
    if (region === undefined) return undefined;
    const now = settingsOf(region.wanted, region.seen.metrics);
    const name = plain(region.region);
    if (now === undefined) return { type: 'echo', text: `${name} has not told its settings yet` };
    const { propagationDelayMs, strategy } = toSettings(now);
    const command = {
      do: 'configure',
      region: region.region,
      ...(propagationDelayMs === undefined ? {} : { propagationDelayMs }),
      ...(strategy === undefined ? {} : { strategy }),
    } as const;
    return { type: 'sent', command, text: `${name}: ${strategy ?? `delay ${delayText(propagationDelayMs ?? now.propagationDelayMs)}`}` };
  };
}

function changeDelay(byMs: number): KeyBinding['act'] {
  return change((now) => ({ propagationDelayMs: Math.min(PROPAGATION_DELAY_MS_MAX, Math.max(0, now.propagationDelayMs + byMs)) }));
}

const switchStrategy = change(({ strategy }) => ({ strategy: strategy === 'eager' ? 'lazy' : 'eager' }));

const healAll: KeyBinding['act'] = ({ phase, faults }) =>
  phase !== 'playing' || faults.length === 0 ? undefined : { type: 'sent', command: { do: 'heal-all' }, text: 'heal everything' };

const undo: KeyBinding['act'] = ({ phase, faults }) => {
  const last = faults.findLast(({ state }) => state !== 'healing');
  if (phase !== 'playing' || last === undefined) return undefined;
  return { type: 'sent', command: { do: 'heal', id: last.id }, text: `heal ${last.fault} ${plain(last.target)}` };
};

/** Opens it; closes it when it is open already. Before the world is up there is nothing to show. */
function open(screen: ScreenState, { always = false } = {}): KeyBinding['act'] {
  return (state) => {
    if (topOf(state).screen === screen.screen) return { type: 'back' };
    return always || state.regions.length > 0 ? { type: 'open', screen } : undefined;
  };
}

/** Shows what is there; the next one is asked for by the screen's own key. */
const trace: KeyBinding['act'] = ({ phase, trace: shown }) => {
  if (phase !== 'playing') return undefined;
  const ask = { type: 'sent', command: { do: 'trace', id: 1 }, text: 'trace content:1' } as const;
  return [...(shown === undefined ? [ask] : []), { type: 'open', screen: { screen: 'trace' } }];
};

const BREAK: readonly KeyBinding[] = [
  {
    name: 'faults',
    keys: ['f'],
    shown: 'f',
    group: 'break',
    short: 'faults',
    about: 'every fault there is, with target and time',
    act: open({ screen: 'menu', at: 0, form: undefined }),
  },
  {
    name: 'cut',
    keys: ['c'],
    shown: 'c',
    group: 'break',
    short: 'cut',
    about: 'cut the region off the log',
    act: toggle('partition', kafkaLinkOf),
  },
  {
    name: 'cut-origin',
    keys: ['o'],
    shown: 'o',
    group: 'break',
    about: 'cut the region off the origin',
    act: toggle('partition', originLinkOf),
  },
  {
    name: 'isolate',
    keys: ['i'],
    shown: 'i',
    group: 'break',
    short: 'isolate',
    about: 'cut every link of the edge',
    act: toggle('isolate', edgeOf),
  },
  { name: 'pause', keys: ['p'], shown: 'p', group: 'break', short: 'pause', about: 'freeze the edge', act: toggle('pause', edgeOf) },
  {
    name: 'kill',
    keys: ['x'],
    shown: 'x',
    group: 'break',
    short: 'kill',
    about: 'kill the edge (asks first); the heal starts it',
    act: toggle('kill', edgeOf),
  },
  { name: 'pause-cache', keys: ['P'], shown: 'P', group: 'break', about: 'freeze the cache', act: toggle('pause', cacheOf) },
  {
    name: 'kill-cache',
    keys: ['X'],
    shown: 'X',
    group: 'break',
    about: 'kill the cache (asks first); it comes back empty',
    act: toggle('kill', cacheOf),
  },
  { name: 'undo', keys: ['u'], shown: 'u', group: 'break', short: 'undo', about: 'heal the last fault', act: undo },
  { name: 'heal-all', keys: ['a'], shown: 'a', group: 'break', short: 'heal all', about: 'heal every fault', act: healAll },
];

const SET: readonly KeyBinding[] = [
  {
    name: 'delay-up',
    keys: ['+', '='],
    shown: '+',
    group: 'set',
    short: 'delay',
    about: 'raise the propagation delay by 100 ms',
    act: changeDelay(DELAY_STEP_MS),
  },
  { name: 'delay-down', keys: ['-', '_'], shown: '-', group: 'set', about: 'lower it by 100 ms', act: changeDelay(-DELAY_STEP_MS) },
  {
    name: 'strategy',
    keys: ['s'],
    shown: 's',
    group: 'set',
    short: 'strategy',
    about: 'change between eager and lazy',
    act: switchStrategy,
  },
];

const LOOK: readonly KeyBinding[] = [
  {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    shown: '1-9',
    group: 'look',
    about: 'select a region',
    act: (_state, key) => ({ type: 'select', index: Number(key) - 1 }),
  },
  {
    keys: ['tab', 'right', 'down', 'l', 'j'],
    shown: 'Tab, →, ↓, l, j',
    group: 'look',
    about: 'select the next region',
    act: () => ({ type: 'step-selection', by: 1 }),
  },
  {
    keys: ['shift+tab', 'left', 'up', 'h', 'k'],
    shown: 'Shift-Tab, ←, ↑, h, k',
    group: 'look',
    about: 'select the one before',
    act: () => ({ type: 'step-selection', by: -1 }),
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
  { name: 'trace', keys: ['t'], shown: 't', group: 'look', short: 'trace', about: 'follow one write through its ten steps', act: trace },
  {
    name: 'filter',
    keys: ['/'],
    shown: '/',
    group: 'look',
    about: 'show only the versions and events with a word',
    act: open({ screen: 'filter', prompt: EMPTY_PROMPT }),
  },
  {
    name: 'command',
    keys: [':'],
    shown: ':',
    group: 'look',
    about: 'a line for commands; Tab completes them',
    act: open({ screen: 'command', prompt: EMPTY_PROMPT }),
  },
  {
    keys: ['escape'],
    shown: 'Esc',
    group: 'look',
    about: 'back; on the overview: show everything again',
    act: back,
  },
  {
    name: 'help',
    keys: ['?'],
    shown: '?',
    group: 'look',
    short: 'help',
    about: 'the keys that hold here',
    act: open({ screen: 'help', scroll: 0 }, { always: true }),
  },
];

function back(state: ViewState): ReturnType<KeyBinding['act']> {
  if (topOf(state).screen !== 'overview') return { type: 'back' };
  return state.filter === '' ? undefined : { type: 'filter', text: '' };
}

/** Hold everywhere, whatever is asked or typed but for `q` where it is a letter. */
export const LEAVE: readonly KeyBinding[] = [
  {
    name: 'quit',
    keys: ['q'],
    shown: 'q',
    group: 'look',
    short: 'quit',
    about: 'heal everything, stop what was started, leave',
    act: () => ({ type: 'leave', by: 'quit' }),
  },
  {
    keys: ['ctrl+c'],
    shown: 'Ctrl-C',
    group: 'look',
    about: 'the same with exit code 105; twice: at once',
    act: () => ({ type: 'leave', by: 'interrupt' }),
  },
];

export const GLOBAL: readonly KeyBinding[] = [
  {
    name: 'write',
    keys: ['w'],
    shown: 'w',
    group: 'write',
    short: 'write',
    about: 'change one content at the origin',
    act: write(1, 'write one'),
  },
  {
    name: 'burst',
    keys: ['b'],
    shown: 'b',
    group: 'write',
    short: 'burst',
    about: `change contents ${BURST} times at once`,
    act: write(BURST, `write ${BURST}`),
  },
  ...BREAK,
  ...SET,
  ...LOOK,
  ...LEAVE,
];
