/** What the origin answers beside content: `/metrics` and `/health`. */
import { z } from 'zod';
import { invalidationType } from './invalidation.ts';
import { processTold } from './process.ts';

/** One invalidation on its way from the outbox into the log. Its times are wall clock, ms since 1970. */
export const publishedInvalidation = z.object({
  id: z.string(),
  type: invalidationType,
  target: z.string(),
  /** null of a purge, which carries none. */
  version: z.int().nullable(),
  /** The time in its row, taken as the one transaction with the change and the row began. */
  createdAt: z.int(),
  /** When the relay claimed it from the outbox. */
  claimedAt: z.int(),
  /** When the log acknowledged it. */
  sentAt: z.int(),
});
export type PublishedInvalidation = z.infer<typeof publishedInvalidation>;

export const originMetrics = z.object({
  success: z.literal(true),
  /** The contents changed last, newest first, at most 100. A deleted one has its last version and `deleted`. */
  versions: z.array(z.object({ key: z.string(), version: z.int(), deleted: z.boolean() })),
  outbox: z.object({ pending: z.int(), oldestAgeMs: z.number().nullable() }),
  /** What was published last, newest first, at most 20; twice what was published twice. */
  published: z.array(publishedInvalidation),
  requests: z.object({ reads: z.int(), writes: z.int() }),
  /** Not told by an older one. */
  process: processTold.optional(),
});
export type OriginMetrics = z.infer<typeof originMetrics>;

export const originHealth = z.object({
  status: z.enum(['ok', 'unavailable']),
  postgres: z.enum(['connected', 'disconnected']),
  log: z.enum(['connected', 'disconnected']),
});
export type OriginHealth = z.infer<typeof originHealth>;
