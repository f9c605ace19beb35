/** What was typed, as the names that the tables of keys use. A name of one character is that character, typed. */
import type { Token } from './tokens.ts';

/** Keys that came together, or a paste. */
export type Stroke = { readonly keys: readonly string[]; readonly isTyped: boolean } | { readonly paste: string };

/** Typed faster than it is read: more at once is no typing. */
const TYPED_MAX = 8;
/** Where a text is typed. */
const TEXT_MAX = 200;

/** Characters that came without anything else between them are one. */
export function strokesOf(tokens: readonly Token[]): readonly Stroke[] {
  const strokes: Stroke[] = [];
  let typed: string[] | undefined;
  for (const token of tokens) {
    if (token.kind !== 'typed') typed = undefined;
    if (token.kind === 'paste') strokes.push({ paste: token.text });
    else if (token.kind === 'key') strokes.push({ keys: [token.name], isTyped: false });
    else if (typed !== undefined) typed.push(token.name);
    else {
      typed = [token.name];
      strokes.push({ keys: typed, isTyped: true });
    }
  }
  return strokes;
}

/** None for what came too fast to be typed. */
export function keyNames({ keys, isTyped }: Exclude<Stroke, { readonly paste: string }>, isText: boolean): readonly string[] {
  return isTyped && keys.length > (isText ? TEXT_MAX : TYPED_MAX) ? [] : keys;
}
