/** The keys that break things and heal them. A fault's key injects it, and heals it when it is in force. */

import { injectionAction } from '../commands/injection.ts';
import { plain } from '../draw/format.ts';
import { cacheOf, edgeOf, kafkaLinkOf, originLinkOf } from '../state/links.ts';
import { type KeyBinding, selectedOf } from './binding.ts';
import { open } from './open.ts';

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

const healAll: KeyBinding['act'] = ({ phase, faults }) =>
  phase !== 'playing' || faults.length === 0 ? undefined : { type: 'sent', command: { do: 'heal-all' }, text: 'heal everything' };

const undo: KeyBinding['act'] = ({ phase, faults }) => {
  const last = faults.findLast(({ state }) => state !== 'healing');
  if (phase !== 'playing' || last === undefined) return undefined;
  return { type: 'sent', command: { do: 'heal', id: last.id }, text: `heal ${last.fault} ${plain(last.target)}` };
};

const NOTHING_IN_FORCE = 'nothing is in force';

export const BREAK: readonly KeyBinding[] = [
  {
    name: 'faults',
    keys: ['f'],
    shown: 'f',
    group: 'break',
    short: 'faults',
    about: 'list every fault, with target and time',
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
    about: 'kill the edge (asks first); the heal starts the edge',
    act: toggle('kill', edgeOf),
  },
  { name: 'pause-cache', keys: ['P'], shown: 'P', group: 'break', about: 'freeze the cache', act: toggle('pause', cacheOf) },
  {
    name: 'kill-cache',
    keys: ['X'],
    shown: 'X',
    group: 'break',
    about: 'kill the cache (asks first); the cache comes back empty',
    act: toggle('kill', cacheOf),
  },
  {
    name: 'undo',
    keys: ['u'],
    shown: 'u',
    group: 'break',
    short: 'undo',
    about: 'heal the last fault',
    nothing: NOTHING_IN_FORCE,
    act: undo,
  },
  {
    name: 'heal-all',
    keys: ['a'],
    shown: 'a',
    group: 'break',
    short: 'heal all',
    about: 'heal every fault',
    nothing: NOTHING_IN_FORCE,
    act: healAll,
  },
];
