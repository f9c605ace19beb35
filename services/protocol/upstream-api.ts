/**
 * What the upstream adds to each answer for a content: by it a reader tells whence an answer is, without any help of
 * the cache. And what it tells of itself.
 */
import { z } from 'zod';
import { processTold } from './process.ts';

/** When the origin was asked, wall clock of the upstream, ms since 1970. */
export const ASKED_HEADER = 'x-edgesync-asked';
/** The number of the fetch, from 1. A 304 has one of its own, which a cache may or may not keep. */
export const FETCH_HEADER = 'x-edgesync-fetch';
/** Which upstream: another one for each start, so that an answer kept from before is known. */
export const RUN_HEADER = 'x-edgesync-run';

/** What every answer is tagged with. */
export const ALL_TAG = 'all';

/** What every answer for a content is tagged with, a 404, too. */
export function contentTag(id: string): string {
  return `content-${id}`;
}

/**
 * Where an answer of the origin can be held back. `head`: nothing of it was sent; `body`: the headers and half of the
 * body were.
 */
export const holdPlace = z.enum(['head', 'body']);
export type HoldPlace = z.infer<typeof holdPlace>;

const count = z.int().nonnegative();

/** One request of the cache for a content. */
export const upstreamFetch = z.object({
  number: count,
  path: z.string(),
  /** It asked whether what it holds has changed. */
  conditional: z.boolean(),
  askedAt: z.number(),
  /** undefined: the origin has not answered. */
  status: z.int().optional(),
  /** When the answer was sent whole; undefined: not yet, or the cache did not wait for it. */
  endedAt: z.number().optional(),
});
export interface UpstreamFetch {
  readonly number: number;
  readonly path: string;
  readonly conditional: boolean;
  readonly askedAt: number;
  readonly status?: number | undefined;
  readonly endedAt?: number | undefined;
}

export const upstreamMetrics = z.object({
  success: z.literal(true),
  /** What its stamps say. */
  run: z.string(),
  /** Requests for contents since the start; `failed`: those of them that the origin did not answer. */
  fetches: z.object({ asked: count, failed: count }),
  process: processTold,
});
export type UpstreamMetrics = z.infer<typeof upstreamMetrics>;

export const upstreamHealth = z.object({ status: z.literal('ok'), run: z.string() });
export type UpstreamHealth = z.infer<typeof upstreamHealth>;

const contentPath = z.string().regex(/^\/api\/content\/\d+$/, 'expected /api/content/ID');

/** What is asked to hold an answer back: the one to the next fetch of the path that no other hold takes. */
export const newHold = z.strictObject({ path: contentPath, at: holdPlace });

/** A hold, and the fetch whose answer waits there; null: none does yet. */
export const heldAnswer = z.object({
  success: z.literal(true),
  data: z.object({ id: count, path: z.string(), at: holdPlace, fetch: upstreamFetch.nullable() }),
});
export type HeldAnswer = z.infer<typeof heldAnswer>;

export const fetchesQuery = z.strictObject({ path: contentPath });
export const fetchesAnswer = z.object({ success: z.literal(true), data: z.array(upstreamFetch) });

/** What is done to the answers for one path from then on. */
export const newPathSettings = z.strictObject({
  path: contentPath,
  /** In place of the usual lifetime, in ms. */
  lifetimeMs: z.int().positive().optional(),
  /** A 304 says nothing of tags. */
  untagged304: z.boolean().optional(),
});
