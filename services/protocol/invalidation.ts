/**
 * The events on the topic `cache.invalidation` and what a cache makes of them.
 *
 * A write to a content carries the version it made; a purge carries none. Only a key has versions: an event that gives
 * one to a tag, a pattern or all could mean either, so it cannot be read. `mode` is the event's own wish; without one
 * each region applies its strategy (eager: hard, lazy: soft).
 */
import { z } from 'zod';
import { parseExactJson } from './exact-json.ts';

export const INVALIDATION_TOPIC = 'cache.invalidation';
export const INVALIDATION_PARTITIONS = 3;
/** How long the topic keeps an invalidation, as the origin makes it. */
export const INVALIDATION_RETENTION_MS = 24 * 3_600_000;
/** Header that repeats the event's type, so that a reader of the topic can filter without parsing. */
export const EVENT_TYPE_HEADER = 'event-type';

const TARGET_LENGTH_MAX = 512;
/** The target written for `type: all`, where the caller need not give one. */
export const TARGET_ALL = '*';

export const invalidationType = z.enum(['key', 'tag', 'pattern', 'all']);
export type InvalidationType = z.infer<typeof invalidationType>;

export const invalidationMode = z.enum(['hard', 'soft']);
export type InvalidationMode = z.infer<typeof invalidationMode>;

export const strategy = z.enum(['eager', 'lazy']);
export type Strategy = z.infer<typeof strategy>;

/** What an event without a mode means in a region. */
export function modeOf(inForce: Strategy): InvalidationMode {
  return inForce === 'eager' ? 'hard' : 'soft';
}

export const invalidationEvent = z
  .object({
    id: z.string().min(1).max(100),
    type: invalidationType,
    target: z.string().min(1).max(TARGET_LENGTH_MAX),
    version: z.int().positive().optional(),
    mode: invalidationMode.optional(),
    /** RFC 3339: when the origin accepted the write. */
    timestamp: z.string(),
    priority: z.enum(['normal', 'high']),
  })
  .refine(({ type, version }) => type === 'key' || version === undefined, { path: ['version'], message: 'only with type key' });
export type InvalidationEvent = z.infer<typeof invalidationEvent>;

/** Body of `POST /api/invalidate`. */
export const purgeRequest = z
  .strictObject({
    type: invalidationType,
    target: z
      .string()
      .min(1)
      .max(TARGET_LENGTH_MAX)
      .refine((text) => !text.includes('\0') && text.isWellFormed(), 'must not contain NUL or half a surrogate pair')
      .optional(),
    mode: invalidationMode.default('hard'),
  })
  .refine((request) => request.type === 'all' || request.target !== undefined, {
    path: ['target'],
    message: 'required unless type is all',
  });
export type PurgeRequest = z.infer<typeof purgeRequest>;

/** Text of a log record back to an event; undefined when it cannot be read as one. */
export function parseInvalidation(value: string): InvalidationEvent | undefined {
  let json: unknown;
  try {
    json = parseExactJson(value);
  } catch {
    return undefined;
  }
  const parsed = invalidationEvent.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}
