/**
 * About how much memory an entry of the cache takes with the text written of it, rather more than less. The worst found
 * took 1.6 times as much: objects of one name each that no other has. However deep it is. A text takes a byte a
 * character, and two once one of its characters asks for two. The names that every entry has are shared by all; the
 * names below them may be found in no other entry, and each of them may make a shape of its own.
 */

/** For what holds an entry beside it: its key, its place in a map, its times. */
export const BYTES_HELD = 400;
const BYTES_AN_OBJECT = 64;
const BYTES_A_LEAF = 16;
/** Of a name that is not shared: its text, and its place in a shape or a table. */
const BYTES_A_NAME = 48;
/** An entry, and its content. */
const LEVELS_SHARED = 2;
const SMALL_MAX = 2 ** 31;
/** `-1.2345678901234567e-300`. */
const NUMBER_LENGTH_MAX = 24;
const WIDE = /[\u0100-\uffff]/;
/** What is written in six characters: `\u0001`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const ESCAPED = /[\u0000-\u0007\u000b\u000e-\u001f]/;

export function bytesOf(value: unknown): number {
  let [bytes, characters, isWide] = [0, 0, false];
  const addLeaf = (leaf: unknown) => {
    bytes += BYTES_A_LEAF;
    if (typeof leaf === 'number' && !isSmall(leaf)) characters += NUMBER_LENGTH_MAX;
    if (typeof leaf !== 'string') return;
    const isWideItself = WIDE.test(leaf);
    characters += ESCAPED.test(leaf) ? JSON.stringify(leaf).length : leaf.length;
    bytes += isWideItself ? 2 * leaf.length : leaf.length;
    isWide ||= isWideItself;
  };
  if (typeof value !== 'object' || value === null) addLeaf(value);
  let level: readonly object[] = typeof value === 'object' && value !== null ? [value] : [];
  for (let depth = 0; level.length > 0; depth += 1) {
    const below: object[] = [];
    for (const each of level) {
      const bytesAName = depth < LEVELS_SHARED || Array.isArray(each) ? 0 : BYTES_A_NAME;
      bytes += BYTES_AN_OBJECT;
      for (const name of Object.keys(each)) {
        const inner = (each as Record<string, unknown>)[name];
        bytes += bytesAName + name.length;
        characters += name.length;
        if (typeof inner === 'object' && inner !== null) below.push(inner);
        else addLeaf(inner);
      }
    }
    level = below;
  }
  return bytes + (isWide ? 2 : 1) * characters;
}

function isSmall(number: number): boolean {
  return Number.isInteger(number) && Math.abs(number) < SMALL_MAX;
}
