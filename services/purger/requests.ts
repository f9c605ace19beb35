/**
 * What is sent to a cache for an invalidation. What the cache has no word for is widened: more is purged than was asked for, never less.
 *
 * A key is purged by its own word, else by the tag of its content. A tag and a pattern are purged by their own word, else as all. All is
 * purged by its own word, else by the tag that everything has, else key by key, each that the log has named. In place of a soft purge that
 * the cache does not know stands the hard one; in place of a hard purge that it does not know the soft one, which is all that it can do.
 */
import { contentGlobOf, contentIdOf } from '../protocol/content.ts';
import type { InvalidationMode, InvalidationType } from '../protocol/invalidation.ts';
import { filledRequest, type PurgeRequest, type PurgeWay } from '../protocol/purge-ways.ts';
import { ALL_TAG, contentTag } from '../protocol/upstream-api.ts';

export interface Purge {
  readonly type: InvalidationType;
  readonly target: string;
  readonly mode: InvalidationMode;
}

export interface PurgeRequests {
  readonly requests: readonly PurgeRequest[];
  /** More than was asked for. */
  readonly isWidened: boolean;
}

/** What stands for itself in a glob of ids, and in a regular expression. */
const PLAIN_GLOB = /^[\w*?-]*$/;
/** A tag that no way of writing several makes two of, and no path ends in. */
const PLAIN_TAG = /^[\w.:~-]+$/;

/** `ids`: of all contents that the log has named so far. Throws Error where the cache knows no purge at all. */
export function requestsOf({ type, target, mode }: Purge, ways: readonly PurgeWay[], ids: ReadonlySet<string>): PurgeRequests {
  const send = (wanted: InvalidationType, values: Readonly<Record<string, string>>): PurgeRequest | undefined => {
    const found = wayOf(ways, wanted, mode);
    return found && filledRequest(found.request, values);
  };
  const ofKey = (id: string) => send('key', { id }) ?? send('tag', { tag: contentTag(id) });
  const ofAll = (): readonly PurgeRequest[] => {
    const one = send('all', {}) ?? send('tag', { tag: ALL_TAG }) ?? send('pattern', { pattern: '.*' });
    return one === undefined ? [...ids].flatMap((id) => ofKey(id) ?? []) : [one];
  };
  const own = ownRequest({ type, target }, send, ofKey);
  if (own !== undefined) return { requests: [own], isWidened: false };
  return { requests: ofAll(), isWidened: type !== 'all' };
}

function ownRequest(
  { type, target }: Pick<Purge, 'type' | 'target'>,
  send: (type: InvalidationType, values: Readonly<Record<string, string>>) => PurgeRequest | undefined,
  ofKey: (id: string) => PurgeRequest | undefined,
): PurgeRequest | undefined {
  switch (type) {
    case 'key': {
      const id = contentIdOf(target);
      return id === undefined ? undefined : ofKey(id);
    }
    case 'tag':
      return PLAIN_TAG.test(target) ? send('tag', { tag: target }) : undefined;
    case 'pattern': {
      const pattern = patternOf(target);
      return pattern === undefined ? undefined : send('pattern', { pattern });
    }
    case 'all':
      return undefined;
  }
}

/** A soft purge by a hard one before anything else. */
function wayOf(ways: readonly PurgeWay[], type: InvalidationType, mode: InvalidationMode): PurgeWay | undefined {
  const ofType = ways.filter((way) => way.type === type);
  return ofType.find((way) => way.mode === mode) ?? ofType[0];
}

/** A glob of keys as a regular expression of ids; undefined: it is not of contents alone, or has a sign of its own. */
function patternOf(glob: string): string | undefined {
  const rest = contentGlobOf(glob);
  return rest !== undefined && PLAIN_GLOB.test(rest) ? rest.replaceAll('*', '.*').replaceAll('?', '.') : undefined;
}
