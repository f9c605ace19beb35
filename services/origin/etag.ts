/** The tag of a content, in the two places that make it: the store contract holds them to be the same. */
import type { Content } from '../protocol/content.ts';

/** Strong: one version of one content has one representation. The time keeps two databases apart. */
export function etagOf({ id, version, updated_at }: Pick<Content, 'id' | 'version' | 'updated_at'>): string {
  return `"${id}-${version}-${Date.parse(updated_at)}"`;
}

/** Of a row of `content`. To the millisecond, as times are answered: the original EdgeSync's rows have microseconds. */
export const ETAG_SQL = `'"' || id || '-' || version || '-' || floor(extract(epoch FROM updated_at) * 1000)::bigint || '"'`;
