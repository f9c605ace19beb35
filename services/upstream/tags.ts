/** The tags of a content, as caches take them. */
import { z } from 'zod';

/** Under these names: of Varnish's xkey, of Fastly and Souin, of Cloudflare. */
const TAG_HEADERS = [
  { name: 'xkey', separator: ' ' },
  { name: 'surrogate-key', separator: ' ' },
  { name: 'cache-tag', separator: ',' },
] as const;
const tagged = z.object({ data: z.object({ tags: z.array(z.string()) }) });
/** In a header. Another tag is not sent: what is purged by it is purged as everything. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Of a content as the origin answers it; none of what is no content. */
export function tagsIn(body: Buffer): readonly string[] {
  const { data } = tagged.safeParse(parsed(body));
  return data?.data.tags.filter((tag) => SENDABLE.test(tag)) ?? [];
}

export function tagHeaders(tags: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(TAG_HEADERS.map(({ name, separator }) => [name, tags.join(separator)]));
}

/** undefined: it is no JSON. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
