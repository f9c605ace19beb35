/** How an invalidation is brought to a cache of others, as a file says it. */
import { z } from 'zod';
import type { Deliver } from '../../services/protocol/purge-ways.ts';
import { lasting } from '../input/duration.ts';

/** The cache is purged by whoever reads the log for it: a label in a compose file, and no word of a target file. */
export const DELIVER_OWN = 'own';
const AGAIN_MS_MAX = 60_000;

export const writtenDeliver = z.union(
  [
    z.enum(['repeat', 'once', 'none']),
    z.strictObject({ again: z.array(lasting.refine((ms) => ms <= AGAIN_MS_MAX, 'expected at most a minute')).min(1) }),
  ],
  {
    error: ({ input }) =>
      input === DELIVER_OWN
        ? `${DELIVER_OWN} is for Docker alone, where the log is a real Kafka: the label edgesync.deliver: ${DELIVER_OWN} of the service of the cache`
        : 'expected repeat, once, none or { again: [700ms] }',
  },
);
export type WrittenDeliver = z.output<typeof writtenDeliver>;

export function deliverOf(deliver: WrittenDeliver): Deliver {
  return typeof deliver === 'string' ? { how: deliver } : { how: 'again', afterMs: deliver.again };
}
