/**
 * What is sent to a cache for an invalidation. What the cache has no word for is widened: more is purged than was asked
 * for, never less.
 *
 * A key is purged by its own word, else by the tag of its content. A tag and a pattern are purged by their own word,
 * else as all. All is purged by its own word, else by the tag that everything has, else key by key, each that the log
 * has named. In place of a soft purge that the cache does not know stands the hard one. A soft purge stands for a hard
 * one only where the cache knows no hard purge: it is all that it can do.
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
/** A tag that no way of writing several makes two of, and that is no step up in a path. */
const PLAIN_TAG = /^(?!\.+$)[\w.:~-]+$/;
/** As the last part of a path it might be taken for a step up. */
const STEP_UP = /^\.{1,2}$/;

type Send = (type: InvalidationType, values: Readonly<Record<string, string>>) => PurgeRequest | undefined;

/** `ids`: of all contents that the log has named so far. */
export function requestsOf({ type, target, mode }: Purge, ways: readonly PurgeWay[], ids: ReadonlySet<string>): PurgeRequests {
  const hard = ways.filter((way) => way.mode === 'hard');
  const send = sendBy(mode === 'hard' && hard.length > 0 ? hard : ways, mode);
  const own = ownRequest({ type, target }, send);
  if (own !== undefined) return { requests: [own], isWidened: false };
  const isWidened = type !== 'all';
  const all = wholeRequest(send);
  if (all !== undefined) return { requests: [all], isWidened };
  // A content that the log has not named is at least marked as old, where the cache has a soft word for all.
  const others = wholeRequest(sendBy(ways, mode));
  return { requests: [...[...ids].flatMap((id) => keyRequest(id, send) ?? []), ...(others === undefined ? [] : [others])], isWidened };
}

/** By the way of the same mode before another. */
function sendBy(ways: readonly PurgeWay[], mode: InvalidationMode): Send {
  return (type, values) => {
    const ofType = ways.filter((way) => way.type === type);
    const found = ofType.find((way) => way.mode === mode) ?? ofType[0];
    return found && filledRequest(found.request, values);
  };
}

function ownRequest({ type, target }: Pick<Purge, 'type' | 'target'>, send: Send): PurgeRequest | undefined {
  switch (type) {
    case 'key': {
      const id = contentIdOf(target);
      return id === undefined ? undefined : keyRequest(id, send);
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

function keyRequest(id: string, send: Send): PurgeRequest | undefined {
  return send('key', { id }) ?? send('tag', { tag: contentTag(id) });
}

function wholeRequest(send: Send): PurgeRequest | undefined {
  return send('all', {}) ?? send('tag', { tag: ALL_TAG }) ?? send('pattern', { pattern: '.*' });
}

/** A glob of keys as a regular expression of ids; undefined: it is not of contents alone, or has a sign of its own. */
export function patternOf(glob: string): string | undefined {
  const rest = contentGlobOf(glob);
  if (rest === undefined || !PLAIN_GLOB.test(rest)) return undefined;
  const pattern = rest.replaceAll('*', '.*').replaceAll('?', '.');
  return STEP_UP.test(pattern) ? undefined : pattern;
}
