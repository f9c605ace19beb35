/** The keys that hold everywhere, with those that the configuration file gives another character. */
import { didYouMean } from '../../../lab/input/nearest.ts';
import type { KeyBinding } from './binding.ts';
import { GLOBAL } from './global.ts';

/** A key by the name of what it does. */
export type OwnKeys = ReadonlyMap<string, string>;
export const NO_OWN_KEYS: OwnKeys = new Map();

const KNOWN = new WeakMap<OwnKeys, readonly KeyBinding[]>();

/** Of own keys that were found right. */
export function everywhere(ownKeys: OwnKeys): readonly KeyBinding[] {
  const known = KNOWN.get(ownKeys);
  if (known !== undefined) return known;
  const found = rebound(ownKeys);
  if ('problem' in found) throw new TypeError(`${found.name}: ${found.problem}`);
  KNOWN.set(ownKeys, found.keys);
  return found.keys;
}

export type Rebound = { readonly keys: readonly KeyBinding[] } | { readonly problem: string; readonly name: string };

/** Two that do different things cannot be one key. */
export function rebound(wanted: OwnKeys): Rebound {
  const names = GLOBAL.flatMap(({ name }) => name ?? []);
  const unknown = [...wanted.keys()].find((name) => !names.includes(name));
  if (unknown !== undefined) return { name: unknown, problem: `no such key (there are ${names.join(', ')})${didYouMean(unknown, names)}` };
  const keys = GLOBAL.map((binding) => withKey(binding, binding.name === undefined ? undefined : wanted.get(binding.name)));
  for (const [name, key] of wanted) {
    const holders = keys.filter((binding) => binding.keys.includes(key));
    const other = holders.find((binding) => binding.name !== name);
    if (other !== undefined) return { name, problem: `${key} is the key of ${other.name ?? other.about} already` };
  }
  return { keys };
}

/** Keys with names (Enter, the arrows) stay beside it. */
function withKey(binding: KeyBinding, key: string | undefined): KeyBinding {
  if (key === undefined) return binding;
  const named = binding.keys.filter((known) => [...known].length > 1);
  const [, ...others] = binding.shown.split(', ');
  return { ...binding, keys: [key, ...named], shown: [key, ...others].join(', ') };
}
