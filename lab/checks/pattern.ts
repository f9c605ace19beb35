/**
 * The judge's own reading of a pattern: `*` stands for any run of characters, `?` for one. By the matcher of the
 * services it would not see where that is wrong.
 *
 * Between two stars each literal piece is taken where it comes first, which leaves the most for those after it.
 */
export function isCovered(text: string, pattern: string): boolean {
  const pieces = pattern.split('*');
  const [head = '', last] = [pieces.shift(), pieces.pop()];
  if (!isAt(head, text, 0)) return false;
  if (last === undefined) return head.length === text.length;
  let from = head.length;
  for (const piece of pieces) {
    while (from + piece.length <= text.length && !isAt(piece, text, from)) from += 1;
    from += piece.length;
  }
  return from + last.length <= text.length && isAt(last, text, text.length - last.length);
}

function isAt(piece: string, text: string, at: number): boolean {
  for (let next = 0; next < piece.length; next += 1) {
    const wanted = piece[next];
    if (at + next >= text.length || (wanted !== '?' && wanted !== text[at + next])) return false;
  }
  return true;
}
