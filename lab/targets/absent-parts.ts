/** Which parts a region does not have, by whose cache stands in it. */
import { kindOf } from '../system/parts.ts';
import type { ConcreteTarget } from '../system/target.ts';
import { type Backend, worldKind } from '../worlds/worlds.ts';
import { hasSoftPurge } from './soft-purge.ts';
import type { HostedTarget, Target } from './target.ts';

export const WITHOUT_TARGET =
  'our own edges hear of writes by the log, and are not purged: --target puts another cache there, such as varnish';

/** Why there is no such node or link, in words; undefined: there is. `standing`: the cache of others in its region. */
export function whyAbsent(
  target: ConcreteTarget,
  standing: (Pick<Target, 'name'> & Pick<HostedTarget, 'readsLog'>) | undefined,
): string | undefined {
  const kinds = (target.kind === 'link' ? [target.link.caller, target.link.callee] : [target.node]).map(kindOf);
  if (standing === undefined) return kinds.includes('purger') ? WITHOUT_TARGET : undefined;
  if (standing.readsLog && kinds.includes('purger'))
    return `${standing.name} hears of writes by the log itself (edgesync.deliver: own): nobody purges it`;
  return kinds.includes('redis') ? `${standing.name} stands there, and has no redis` : undefined;
}

interface Beyond {
  readonly fault: string;
  readonly backend: Backend;
}

/** Why the cache of others in a region cannot have a fault, in words; undefined: it can, or ours stands there. */
export function whyBeyond(standing: Pick<Target, 'name' | 'purges'> | undefined, { fault, backend }: Beyond): string | undefined {
  if (standing === undefined) return undefined;
  if (fault === 'isolate' && worldKind(backend).targetsBy === 'labels')
    return `${standing.name} stands between two containers of ours, which would not be isolated with it: cut its links, one by one`;
  return fault === 'strategy' && !hasSoftPurge(standing) ? `${standing.name} has no soft purge` : undefined;
}
