/** What the parser makes of the bytes that a terminal sends. */

export type Token =
  /** A character, or a control key that comes as one byte: many at once are no typing. */
  | { readonly kind: 'typed'; readonly name: string }
  /** A key with a sequence of its own, and Ctrl-C. */
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'paste'; readonly text: string };
