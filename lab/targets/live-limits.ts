/** What cannot be broken around a cache that the lab does not start, and what its rails let a load have. */
import type { PurgeWay } from '../../services/protocol/purge-ways.ts';
import { PURGES_PER_SECOND_MAX } from '../rails/rails.ts';
import { isWide } from '../rails/wide.ts';
import type { LinkKind } from '../system/parts.ts';
import type { TargetKind } from '../system/target.ts';
import { hasSoftPurge } from './soft-purge.ts';
import type { LiveTarget } from './target.ts';

/** At an edge: they are of its purger, which is ours. */
const OF_SETTINGS: readonly string[] = ['propagation-delay', 'strategy'];
/** What slows alone: the cache answers all the same. */
const SLOWING: readonly string[] = ['latency', 'bandwidth'];
/** Without them the cache would answer 5xx. */
const OF_ORIGIN: readonly (TargetKind | LinkKind)[] = ['origin', 'postgres', 'origin-postgres', 'edge-origin'];
const CAN = "the lab can break the purger, the log and their links, and can slow the link to the lab's origin";

export interface BrokenPart {
  readonly fault: string;
  /** Of a link its kind, else that of the node. */
  readonly part: TargetKind | LinkKind;
}

/** Why the lab cannot do that, in words; undefined: it can. */
export function whyNotLive(
  { name, live, purges }: Pick<LiveTarget, 'name' | 'live' | 'purges'>,
  { fault, part }: BrokenPart,
): string | undefined {
  if (part === 'edge' && !OF_SETTINGS.includes(fault)) return `${name} is a live target, so the lab cannot ${fault} it; ${CAN}`;
  if (fault === 'strategy' && !hasSoftPurge({ purges })) return `${name} has no soft purge; ${CAN}`;
  if (part === 'redis') return `${name} is a live target, and has no redis; ${CAN}`;
  if (!OF_ORIGIN.includes(part)) return undefined;
  if (live.origin !== undefined)
    return `${name} has an origin of its own, which the lab does not break; the lab can break the purger, the log and their links`;
  if (SLOWING.includes(fault)) return undefined;
  return `${name} would answer 5xx, and the third 5xx ends the run; ${CAN}`;
}

/**
 * The purges that a run sends: those that name what it made. Patterns may mean more, and so may all, unless that is
 * allowed.
 */
export function waysOfRun({ purges, live }: Pick<LiveTarget, 'purges' | 'live'>, allowsWidePurge: boolean): readonly PurgeWay[] {
  const known = live.origin === undefined ? ['key', 'tag', 'all'] : ['key', 'all'];
  return purges.filter((way) => known.includes(way.type) && (allowsWidePurge || !isWide(way)));
}

/**
 * A second. Room for purges is left in the requests, and room between purges: one that waits for its turn looks like a
 * late one.
 */
export interface Pace {
  readonly reads: number;
  readonly writes: number;
  readonly keys: number;
}

/** Each is written twice before the load, at the pace of purges. */
const KEYS_MAX = 5;

/**
 * `perSecond`: requests. `purgesPerWrite`: how often each is purged. `requestsPerWrite`: of the write itself, where it
 * goes through the rails.
 */
export function paceOf(
  perSecond: number,
  { purgesPerWrite, requestsPerWrite }: { readonly purgesPerWrite: number; readonly requestsPerWrite: number },
): Pace {
  const writes = Math.min(PURGES_PER_SECOND_MAX / (2 * purgesPerWrite), perSecond / 4);
  const left = perSecond - 2 * writes * (purgesPerWrite + requestsPerWrite);
  return { reads: Math.max(left, perSecond / 4), writes, keys: KEYS_MAX };
}
