/** What the origin answers beside content: `/metrics` and `/health`. */
import { z } from 'zod';

export const originMetrics = z.object({
  success: z.literal(true),
  /** The contents changed last, newest first, at most 100. A deleted one has its last version and `deleted`. */
  versions: z.array(z.object({ key: z.string(), version: z.int(), deleted: z.boolean() })),
  outbox: z.object({ pending: z.int(), oldestAgeMs: z.number().nullable() }),
  requests: z.object({ reads: z.int(), writes: z.int() }),
});
export type OriginMetrics = z.infer<typeof originMetrics>;

export const originHealth = z.object({
  status: z.enum(['ok', 'unavailable']),
  postgres: z.enum(['connected', 'disconnected']),
  log: z.enum(['connected', 'disconnected']),
});
export type OriginHealth = z.infer<typeof originHealth>;
