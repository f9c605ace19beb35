/** Counts in sentences. */

/** `1 event`, `3 events`; `many` is the plural of a word that does not take an s. */
export function plural(count: number, one: string, many?: string): string {
  return `${count} ${nounOf(count, one, many)}`;
}

/** The noun alone, for a count that is written in another way. */
export function nounOf(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}

/** `1 event was`, `3 events were`. */
export function pluralWere(count: number, one: string, many?: string): string {
  return `${plural(count, one, many)} ${count === 1 ? 'was' : 'were'}`;
}
