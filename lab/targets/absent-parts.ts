/** Which parts a region does not have, by whose cache stands in it. */
import { kindOf } from '../system/parts.ts';
import type { ConcreteTarget } from '../system/target.ts';
import { type Backend, worldKind } from '../worlds/worlds.ts';
import { hasSoftPurge } from './soft-purge.ts';
import type { HostedTarget, Target } from './target.ts';

export const WITHOUT_TARGET =
  'the edges of the lab hear of writes by the log and are not purged: use --target for another cache, such as varnish';

/** Why there is no such node or link, in words; undefined: there is. `standing`: the cache of others in its region. */
export function whyAbsent(
  target: ConcreteTarget,
  standing: (Pick<Target, 'name'> & Pick<HostedTarget, 'readsLog'>) | undefined,
): string | undefined {
  const kinds = (target.kind === 'link' ? [target.link.caller, target.link.callee] : [target.node]).map(kindOf);
  if (standing === undefined) return kinds.includes('purger') ? WITHOUT_TARGET : undefined;
  if (standing.readsLog && kinds.includes('purger'))
    return `${standing.name} reads the log itself (edgesync.deliver: own) and has no purger`;
  return kinds.includes('redis') ? `the cache of this region is ${standing.name}, which has no redis` : undefined;
}

interface Beyond {
  readonly fault: string;
  readonly backend: Backend;
}

/** Why the cache of others in a region cannot have a fault, in words; undefined: it can, or ours stands there. */
export function whyBeyond(standing: Pick<Target, 'name' | 'purges'> | undefined, { fault, backend }: Beyond): string | undefined {
  if (standing === undefined) return undefined;
  if (fault === 'isolate' && worldKind(backend).targetsBy === 'labels')
    return `${standing.name} stands between two containers of the lab, which would stay connected: cut its links, one by one`;
  return fault === 'strategy' && !hasSoftPurge(standing) ? `${standing.name} has no soft purge` : undefined;
}
