/**
 * Records of the topic that invalidate nothing. A heartbeat says: whatever could be seen at the origin before `time`
 * stands before this record in its partition. A record of a kind that this program does not know is passed over where
 * it says that it may be skipped.
 */
import { z } from 'zod';
import { parseExactJson } from './exact-json.ts';
import { invalidationType } from './invalidation.ts';

export const HEARTBEAT_TYPE = 'heartbeat';

const heartbeat = z.object({
  type: z.literal(HEARTBEAT_TYPE),
  /** When the relay was about to ask the outbox what there is: its wall clock, ms since 1970. */
  time: z.int().nonnegative(),
  /** How many partitions the log has: one heartbeat is in each. */
  partitions: z.int().positive(),
});

/** Of any kind, also of one that this program does not know. */
const passable = z.object({ type: z.string(), skippable: z.literal(true) });

export type Heartbeat = Readonly<Pick<z.infer<typeof heartbeat>, 'time' | 'partitions'>>;

/** What a record says that leaves no mark; without a heartbeat: nothing. */
export interface Unmarked {
  readonly beat: Heartbeat | undefined;
}

export function heartbeatValue({ time, partitions }: Heartbeat): string {
  return JSON.stringify({ type: HEARTBEAT_TYPE, time, partitions, skippable: true });
}

/** undefined: the record is an invalidation, or cannot be read. */
export function parseUnmarked(value: string): Unmarked | undefined {
  let json: unknown;
  try {
    json = parseExactJson(value);
  } catch {
    return undefined;
  }
  const record = passable.safeParse(json);
  if (!record.success || invalidationType.safeParse(record.data.type).success) return undefined;
  const beat = heartbeat.safeParse(json);
  return { beat: beat.success ? { time: beat.data.time, partitions: beat.data.partitions } : undefined };
}
