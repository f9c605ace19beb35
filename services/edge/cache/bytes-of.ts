/**
 * About how much memory a JSON value takes with the text written of it, rather more than less, where few characters
 * must be escaped. However deep it is. A text takes a byte a character, and two once one of its characters asks for
 * two.
 */

const BYTES_AN_OBJECT = 64;
const BYTES_A_LEAF = 16;
const WIDE = /[\u0100-\uffff]/;

export function bytesOf(value: unknown): number {
  const rest: unknown[] = [value];
  let [bytes, characters, isWide] = [0, 0, false];
  const addLeaf = (leaf: unknown) => {
    bytes += BYTES_A_LEAF;
    if (typeof leaf !== 'string') return;
    const isWideItself = WIDE.test(leaf);
    characters += leaf.length;
    bytes += isWideItself ? 2 * leaf.length : leaf.length;
    isWide ||= isWideItself;
  };
  while (rest.length > 0) {
    const each = rest.pop();
    if (typeof each !== 'object' || each === null) {
      addLeaf(each);
      continue;
    }
    bytes += BYTES_AN_OBJECT;
    for (const name of Object.keys(each)) {
      const inner = (each as Record<string, unknown>)[name];
      bytes += name.length;
      characters += name.length;
      if (typeof inner === 'object' && inner !== null) rest.push(inner);
      else addLeaf(inner);
    }
  }
  return bytes + (isWide ? 2 : 1) * characters;
}
