/**
 * Our own edge as a target, in each of the ways in which it can stand there. It has no file: it runs in the process of
 * the lab.
 */
import type { Target } from './target.ts';

export interface OwnTarget {
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  /** What a write means to it: the old version is gone, or stale. */
  readonly strategy: 'eager' | 'lazy';
  /** Of its cache. */
  readonly store: 'memory' | 'redis';
  /** What it needs of this machine, and how that is got. Left out: nothing. */
  readonly start?: { readonly command: readonly string[]; readonly version: readonly string[]; readonly get: string };
}

/** Whatever can be raced. */
export type AnyTarget = Target | OwnTarget;

const REDIS_SERVER = 'redis-server';

export const OWN_TARGET: OwnTarget = {
  name: 'edgesync',
  about: 'the edge of the lab, eager, with a cache in memory; the edge hears of writes by the log',
  strategy: 'eager',
  store: 'memory',
};

/** The plain one first. */
export const OWN_TARGETS: readonly OwnTarget[] = [
  OWN_TARGET,
  {
    name: 'edgesync-lazy',
    about: 'the edge of the lab, lazy: a purged entry is answered once more, labelled stale, and revalidated',
    strategy: 'lazy',
    store: 'memory',
  },
  {
    name: 'edgesync-redis',
    about: 'the edge of the lab, eager, with a cache in its own Redis',
    strategy: 'eager',
    store: 'redis',
    start: { command: [REDIS_SERVER], version: [REDIS_SERVER, '--version'], get: 'apt-get install redis-server' },
  },
];

export function isOwn(target: AnyTarget): target is OwnTarget {
  return 'strategy' in target;
}
