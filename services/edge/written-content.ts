/** The body of a read, written: the content once for each entry, its label for each answer. */
import type { ReadLabel } from '../protocol/edge-api.ts';
import type { CacheEntry } from './cache/cache.ts';

/** Lives as long as the entry does. */
const contents = new WeakMap<CacheEntry, string>();

/** The text that `JSON.stringify` makes of the body. */
export function writtenAs(entry: CacheEntry, label: ReadLabel): string {
  let content = contents.get(entry);
  if (content === undefined) {
    content = JSON.stringify(entry.content);
    contents.set(entry, content);
  }
  const { source, status, region, latency_ms: latencyMs, cached_at: cachedAt } = label;
  return `{"success":true,"data":${content},"source":"${source}","status":"${status}","region":"${region}","latency_ms":${latencyMs},"cached_at":"${cachedAt}"}`;
}
