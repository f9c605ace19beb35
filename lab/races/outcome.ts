/** What the looks of a race come to. */

import { isWanted, type Look, lookText } from './look.ts';
import type { RaceFinding } from './race.ts';
import type { Way } from './raced-cache.ts';

export interface Seen {
  readonly way: Way;
  /** From then on no other version is right. */
  readonly wanted: number;
  /** In their order, each begun after everything else of the race had ended. */
  readonly looks: readonly Look[];
  /** Those who began after the purge was taken, while a fetch from before it was under way. */
  readonly joined?: readonly Look[];
  /** The purge was taken only when the fetch under way had ended. */
  readonly hasWaited?: boolean;
}

/**
 * After a soft purge the first look may be of the old version: it asks for the new one. Where the cache has a word for
 * that, it says it.
 */
export function judgeLooks({ way, wanted, looks, joined = [], hasWaited = false }: Seen): RaceFinding {
  const last = looks.at(-1);
  const isOld = (look: Look) => look?.version !== undefined && look.version < wanted;
  const all = [...looks, ...joined];
  if (!isOld(last) && all.some((look) => look?.version === undefined))
    return { outcome: 'unjudged', why: `not every reader got a version: ${all.map(lookText).join(', ')}` };
  const strange = all.find((look) => !isOld(look) && !isWanted(look, wanted));
  if (!isOld(last) && strange !== undefined)
    return { outcome: 'unjudged', why: `the origin never held ${lookText(strange)}: it holds version ${wanted}` };
  if (isOld(last)) return { outcome: 'kept', why: `${lookText(last)} is still served, but the origin holds version ${wanted}` };
  const allowed = way.mode === 'soft' ? 1 : 0;
  const late = looks.slice(allowed).filter(isOld);
  const fresh = looks.slice(0, allowed).find((look) => isOld(look) && look?.isCalledFresh);
  const lateJoined = way.mode === 'soft' ? [] : joined.filter(isOld);
  if (late.length > 0) return { outcome: 'late', why: `${late.length} of ${looks.length} reads after the purge got ${lookText(late[0])}` };
  if (fresh !== undefined)
    return { outcome: 'late', why: `the first read after the purge got ${lookText(fresh)}, which is not labelled as stale` };
  if (lateJoined.length > 0)
    return { outcome: 'late', why: `readers who joined the fetch in flight got ${lookText(lateJoined[0])}, later readers did not` };
  return hasWaited
    ? { outcome: 'waits', why: 'the purge was answered only after the fetch had ended' }
    : { outcome: 'ok', why: `version ${wanted} after the purge` };
}
