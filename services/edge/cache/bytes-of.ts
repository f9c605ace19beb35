/** About how much memory a JSON value takes, rather more than less: two bytes a character. However deep it is. */

const BYTES_EACH = 16;
const BYTES_A_CHARACTER = 2;

export function bytesOf(value: unknown): number {
  const rest: unknown[] = [value];
  let bytes = 0;
  while (rest.length > 0) {
    const each = rest.pop();
    if (typeof each !== 'object' || each === null) {
      bytes += bytesOfLeaf(each);
      continue;
    }
    bytes += BYTES_EACH;
    const names = Object.keys(each);
    for (const name of names) {
      const inner = (each as Record<string, unknown>)[name];
      bytes += BYTES_A_CHARACTER * name.length;
      if (typeof inner === 'object' && inner !== null) rest.push(inner);
      else bytes += bytesOfLeaf(inner);
    }
  }
  return bytes;
}

function bytesOfLeaf(value: unknown): number {
  return BYTES_EACH + (typeof value === 'string' ? BYTES_A_CHARACTER * value.length : 0);
}
