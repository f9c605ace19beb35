/**
 * The keys of the terminal: one table, from which keys are dispatched, help is drawn and README's table is made.
 *
 * What acts on a region acts on the selected one. A fault's key injects it, and heals it when it is in force.
 */
import { type EdgeConfigChange, PROPAGATION_DELAY_MS_MAX } from '../../services/protocol/edge-api.ts';
import { delayText, plain } from './format.ts';
import { cacheOf, edgeOf, kafkaLinkOf, originLinkOf } from './links.ts';
import type { RegionState, ViewAction, ViewState } from './state.ts';
import { type Settings, settingsOf } from './wanted.ts';

export type KeyGroup = 'write' | 'break' | 'set' | 'look';

export interface KeyBinding {
  /** Names as `key-names.ts` gives them. */
  readonly keys: readonly string[];
  /** As help, footer and README write it. */
  readonly shown: string;
  readonly group: KeyGroup;
  /** For the line of keys; undefined: in help only. */
  readonly short?: string;
  readonly about: string;
  /** undefined: nothing to do now. */
  readonly act: (state: ViewState, key: string) => ViewAction | undefined;
}

const BURST = 50;
const DELAY_STEP_MS = 100;

function selectedOf(state: ViewState): RegionState | undefined {
  return state.regions[state.selected];
}

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
    if (active === undefined) return { type: 'sent', command: { do: 'inject', fault, target }, text: `${fault} ${plain(target)}` };
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

export const KEYS: readonly KeyBinding[] = [
  { keys: ['w'], shown: 'w', group: 'write', short: 'write', about: 'change one content at the origin', act: write(1, 'write one') },
  {
    keys: ['b'],
    shown: 'b',
    group: 'write',
    short: 'burst',
    about: `change contents ${BURST} times at once`,
    act: write(BURST, `write ${BURST}`),
  },
  { keys: ['c'], shown: 'c', group: 'break', short: 'cut', about: 'cut the region off the log', act: toggle('partition', kafkaLinkOf) },
  { keys: ['o'], shown: 'o', group: 'break', about: 'cut the region off the origin', act: toggle('partition', originLinkOf) },
  { keys: ['i'], shown: 'i', group: 'break', short: 'isolate', about: 'cut every link of the edge', act: toggle('isolate', edgeOf) },
  { keys: ['p'], shown: 'p', group: 'break', short: 'pause', about: 'freeze the edge', act: toggle('pause', edgeOf) },
  { keys: ['x'], shown: 'x', group: 'break', short: 'kill', about: 'kill the edge; healing starts it again', act: toggle('kill', edgeOf) },
  { keys: ['P'], shown: 'P', group: 'break', about: 'freeze the cache', act: toggle('pause', cacheOf) },
  { keys: ['X'], shown: 'X', group: 'break', about: 'kill the cache; it comes back empty', act: toggle('kill', cacheOf) },
  { keys: ['a'], shown: 'a', group: 'break', short: 'heal all', about: 'heal every fault', act: healAll },
  {
    keys: ['+', '='],
    shown: '+',
    group: 'set',
    short: 'delay',
    about: 'raise the propagation delay by 100 ms',
    act: changeDelay(DELAY_STEP_MS),
  },
  { keys: ['-', '_'], shown: '-', group: 'set', about: 'lower it by 100 ms', act: changeDelay(-DELAY_STEP_MS) },
  { keys: ['s'], shown: 's', group: 'set', short: 'strategy', about: 'change between eager and lazy', act: switchStrategy },
  {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    shown: '1-9',
    group: 'look',
    about: 'select a region',
    act: (_state, key) => ({ type: 'select', index: Number(key) - 1 }),
  },
  {
    keys: ['tab', 'right', 'l'],
    shown: 'Tab, →, l',
    group: 'look',
    about: 'select the next region',
    act: () => ({ type: 'step-selection', by: 1 }),
  },
  {
    keys: ['shift+tab', 'left', 'h'],
    shown: 'Shift-Tab, ←, h',
    group: 'look',
    about: 'select the one before',
    act: () => ({ type: 'step-selection', by: -1 }),
  },
  {
    keys: ['?'],
    shown: '?',
    group: 'look',
    short: 'help',
    about: 'open and close this help; Esc closes it too',
    act: ({ isHelpOpen }) => ({ type: 'help', open: !isHelpOpen }),
  },
  {
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

/** With the help open nothing acts but what closes it and what leaves. */
const IN_HELP: readonly string[] = ['?', 'q', 'ctrl+c'];

export function actionOf(state: ViewState, key: string): ViewAction | undefined {
  if (state.isHelpOpen && key === 'escape') return { type: 'help', open: false };
  if (state.isHelpOpen && !IN_HELP.includes(key)) return undefined;
  return KEYS.find(({ keys }) => keys.includes(key))?.act(state, key);
}
