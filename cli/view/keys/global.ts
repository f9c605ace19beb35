/**
 * The keys that hold wherever no screen has taken them: on the overview and on what lies over it without asking
 * something.
 *
 * What acts on a region acts on the selected one.
 */
import type { KeyBinding } from './binding.ts';
import { BREAK } from './break.ts';
import { LOOK } from './look.ts';
import { SET } from './set.ts';

export const BURST = 50;

function write(count: number, text: string): KeyBinding['act'] {
  return ({ phase }) => (phase === 'playing' ? { type: 'sent', command: { do: 'write', count }, text } : undefined);
}

/** Hold everywhere, whatever is asked or typed. */
export const ALWAYS: readonly KeyBinding[] = [
  {
    keys: ['ctrl+c'],
    shown: 'Ctrl-C',
    group: 'look',
    about: 'leave with exit code 105; twice: leave at once',
    act: () => ({ type: 'leave', by: 'interrupt' }),
  },
  {
    keys: ['ctrl+z'],
    shown: 'Ctrl-Z',
    group: 'look',
    about: 'stop the program and embedded services until fg; nothing is healed in that time',
    act: () => ({ type: 'stop' }),
  },
  {
    keys: ['ctrl+l'],
    shown: 'Ctrl-L',
    group: 'look',
    about: 'draw the screen again',
    act: () => ({ type: 'repaint' }),
  },
];

/** Those that leave, where `q` is no letter. */
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
  ...ALWAYS,
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
