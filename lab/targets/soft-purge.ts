import type { Target } from './target.ts';

/** Whether it can be told that something is stale, and not only that it is gone: without that its region is eager. */
export function hasSoftPurge({ purges }: Pick<Target, 'purges'>): boolean {
  return purges.some(({ mode }) => mode === 'soft');
}
