/** About how much memory a JSON value takes, rather more than less: two bytes a character. It is never deeper than it can be walked. */

const BYTES_EACH = 16;
const BYTES_A_CHARACTER = 2;

export function bytesOf(value: unknown): number {
  const rest: unknown[] = [value];
  let bytes = 0;
  while (rest.length > 0) {
    const each = rest.pop();
    bytes += BYTES_EACH;
    if (typeof each === 'string') bytes += BYTES_A_CHARACTER * each.length;
    else if (typeof each === 'object' && each !== null) {
      for (const [name, inner] of Object.entries(each)) {
        bytes += BYTES_A_CHARACTER * name.length;
        rest.push(inner);
      }
    }
  }
  return bytes;
}
