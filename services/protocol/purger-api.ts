/** What a purger answers: `/metrics` in the shape of an edge, and what it has sent to its cache. */
import { z } from 'zod';
import { edgeMetrics } from './edge-api.ts';

const count = z.int().nonnegative();

export const purgerMetrics = edgeMetrics.extend({
  /**
   * Requests to the cache since the start: `taken`, `refused` by their status, or `unanswered`. `widened`: more was
   * purged than was asked for.
   */
  purges: z.object({ sent: count, taken: count, refused: count, unanswered: count, widened: count }),
});
export type PurgerMetrics = z.infer<typeof purgerMetrics>;

export const purgerHealth = z.object({
  status: z.enum(['ok', 'degraded']),
  region: z.string(),
  log: z.enum(['connected', 'disconnected']),
  /** `overdue`: it has not taken for more than a second what is due. */
  cache: z.enum(['takes purges', 'overdue']),
  /** How far it has come; `not stored`: a restart would purge once more what was purged since. */
  positions: z.enum(['stored', 'not stored']),
});
export type PurgerHealth = z.infer<typeof purgerHealth>;
