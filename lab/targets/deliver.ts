/** How an invalidation is brought to a cache of others, as a file says it. */
import { z } from 'zod';
import type { Deliver } from '../../services/protocol/purge-ways.ts';
import { lasting } from '../input/duration.ts';

const AGAIN_MS_MAX = 60_000;

export const writtenDeliver = z.union(
  [
    z.enum(['repeat', 'once', 'none']),
    z.strictObject({ again: z.array(lasting.refine((ms) => ms <= AGAIN_MS_MAX, 'expected at most a minute')).min(1) }),
  ],
  {
    error: 'expected repeat, once, none or { again: [700ms] }',
  },
);
export type WrittenDeliver = z.output<typeof writtenDeliver>;

export function deliverOf(deliver: WrittenDeliver): Deliver {
  return typeof deliver === 'string' ? { how: deliver } : { how: 'again', afterMs: deliver.again };
}
