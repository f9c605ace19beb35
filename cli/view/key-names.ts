/** What the terminal sends, as the names the tables of keys use. A name of one character is that character, typed. */
import type { Key } from 'ink';

/** Typed faster than it is read: more at once is no typing. */
const TYPED_MAX = 8;
/** Where a text is typed. */
const TEXT_MAX = 200;

const NAMED = [
  ['escape', 'escape'],
  ['return', 'return'],
  ['backspace', 'backspace'],
  // Terminals disagree about which of the two the key above Enter sends.
  ['delete', 'backspace'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['end', 'end'],
] as const satisfies readonly (readonly [keyof Key, string])[];

/** Keys that came in one piece with letters, as somebody types who is faster than the terminal. */
const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['\r', 'return'],
  ['\n', 'return'],
  ['\t', 'tab'],
  ['\u007f', 'backspace'],
  ['\b', 'backspace'],
  ['\u0003', 'ctrl+c'],
]);
const CONTROL = /\p{Cc}/u;

/** Several when keys came in one piece; none for what has no name. */
export function keyNames(input: string, key: Key, { isText = false } = {}): readonly string[] {
  if (key.eventType === 'release') return [];
  if (key.tab) return [key.shift ? 'shift+tab' : 'tab'];
  for (const [flag, name] of NAMED) if (key[flag]) return [name];
  if (key.ctrl) return input === '' ? [] : [`ctrl+${input}`];
  if (key.meta) return [];
  const typed = [...input].flatMap((character) => CONTROLS.get(character) ?? (CONTROL.test(character) ? [] : [character]));
  return typed.length > (isText ? TEXT_MAX : TYPED_MAX) ? [] : typed;
}
