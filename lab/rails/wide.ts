/** Purges that may meet more than what this run made. */
import type { PurgeWay } from '../../services/protocol/purge-ways.ts';

const WIDE_WORDS = /\*|\ball\b/i;

/**
 * Whether the rails count it as wide: by its type, or because it says so. A request that means everything to a cache and looks like that of one
 * content cannot be told from it by reading: the self-check sees it by what it purges.
 */
export function isWide({ type, request: { path, headers } }: PurgeWay): boolean {
  return type === 'all' || type === 'pattern' || [path, ...Object.values(headers)].some((text) => WIDE_WORDS.test(text));
}
