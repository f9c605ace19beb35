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
  if ('problems' in found) throw new TypeError(found.problems.map(({ name, problem }) => `${name}: ${problem}`).join('; '));
  KNOWN.set(ownKeys, found.keys);
  return found.keys;
}

/** `problems`: of each name, what is wrong with it. */
export type Rebound =
  | { readonly keys: readonly KeyBinding[] }
  | { readonly problems: readonly { readonly name: string; readonly problem: string }[] };

/** Two that do different things cannot be one key. */
export function rebound(wanted: OwnKeys): Rebound {
  const names = GLOBAL.flatMap(({ name }) => name ?? []);
  const keys = GLOBAL.map((binding) => withKey(binding, binding.name === undefined ? undefined : wanted.get(binding.name)));
  const problems = [...wanted].flatMap(([name, key]) => {
    if (!names.includes(name)) return [{ name, problem: `no such key (known keys: ${names.join(', ')})${didYouMean(name, names)}` }];
    const other = keys.find((binding) => binding.keys.includes(key) && binding.name !== name);
    return other === undefined ? [] : [{ name, problem: `${key} is the key of ${other.name ?? other.about} already` }];
  });
  return problems.length > 0 ? { problems } : { keys };
}

/** Keys with names (Enter, the arrows) stay beside it. */
function withKey(binding: KeyBinding, key: string | undefined): KeyBinding {
  if (key === undefined) return binding;
  const named = binding.keys.filter((known) => [...known].length > 1);
  const [, ...others] = binding.shown.split(', ');
  return { ...binding, keys: [key, ...named], shown: [key, ...others].join(', ') };
}
