/**
 * The names that a run on a live target has made: all begin alike, so that no purge by tag can mean what is of others.
 */

import type { PurgeWay } from '../../../services/protocol/purge-ways.ts';
import { ALL_TAG, contentTag } from '../../../services/protocol/upstream-api.ts';
import type { Random } from '../../../services/runtime/random.ts';
import type { MadeContent } from '../../rails/allowed-requests.ts';

const BASE = 36;
const NAMES = BASE ** 5;
const TAG = /<tag>/g;

export function drawPrefix(random: Random): string {
  return `run-${random.below(NAMES).toString(BASE)}`;
}

/** As the cache hears of it: with the tags that our upstream gives it. */
export function namedAtCache({ id, slug, tags }: MadeContent, prefix: string): MadeContent {
  const all = [...tags, contentTag(String(id)), ALL_TAG];
  return { id, slug: `${prefix}-${slug}`, tags: all.map((tag) => `${prefix}-${tag}`) };
}

/** The same purges, for tags that begin so. */
export function withTagPrefix(ways: readonly PurgeWay[], prefix: string): readonly PurgeWay[] {
  const prefixed = (text: string) => text.replace(TAG, `${prefix}-<tag>`);
  return ways.map(({ request: { method, path, headers, body }, ...way }) => ({
    ...way,
    request: {
      method,
      path: prefixed(path),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, prefixed(value)])),
      ...(body === undefined ? {} : { body: prefixed(body) }),
    },
  }));
}
