/** Purges that may meet more than what this run made. */
import type { PurgeWay } from '../../services/protocol/purge-ways.ts';

/** As words of their own, however they are joined: `purge_all`, `PurgeEverything`, `x-purge-all`. */
const WIDE_WORDS = /\*|(?:^|[^a-z])(?:all|any|everything|everywhere)(?:[^a-z]|$)|purge-?_?(?:all|everything)/i;
/** A place inside what looks like a regular expression may be a small part of what is meant. */
const PATTERN_SIGNS = /[()|^$\\[\]+]|\.[?+]|[?]$|[=!\s]~|~[=\s]/;
const PLACE = /<(?:id|tag|pattern)>/;

/**
 * Whether the rails count it as wide: by its type, or because it says so. A request that means everything to a cache
 * and looks like that of one content cannot be told from it by reading: the self-check sees it by what it purges.
 */
export function isWide({ type, request: { path, headers, body } }: PurgeWay): boolean {
  const texts = [path, ...Object.entries(headers).flat(), ...(body === undefined ? [] : textsIn(JSON.parse(body)))].map(decoded);
  return (
    type === 'all' || type === 'pattern' || texts.some((text) => WIDE_WORDS.test(text) || (PLACE.test(text) && PATTERN_SIGNS.test(text)))
  );
}

/** Every key and every text of JSON. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}

/** As the last of several servers has it, which decode one after another. What is no encoding stands for itself. */
function decoded(text: string): string {
  return text.replace(/%(?:25)*([2-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
