/**
 * What origin and edge tell of their own process with every answer to `/metrics`, so that whoever judges them by time
 * can tell a wrong program from a machine that did not let it run, and a late event from a clock that is not the same.
 */
import { z } from 'zod';

/** A time in which the timers of its event loop ran late. A single late timer is one that is late for all of it. */
const lateSpell = z.object({
  /** Goes up by one with each; a gap says that some were forgotten. */
  number: z.int().nonnegative(),
  /** How long before this answer it ended, by its own monotonic clock: nobody has to compare wall clocks. */
  endedMsAgo: z.number().nonnegative(),
  /** From when the first timer was due until the last of them ran. */
  overMs: z.number().nonnegative(),
  /** By how much they ran late altogether: how much of that time nothing was done that was due. */
  lateMs: z.number().nonnegative(),
});
export type LateSpell = z.infer<typeof lateSpell>;

export const eventLoop = z.object({
  /** RFC 3339, by its own clock: when this process began to look. Numbers and sums begin anew with it. */
  since: z.string(),
  /** Since then: by how much its timers ran late altogether, and the latest of them. */
  lateMs: z.number().nonnegative(),
  lateMsMax: z.number().nonnegative(),
  /** The last of them, oldest first: those of the last minute, at most 200. */
  spells: z.array(lateSpell),
  /** Linux: since it began, for how long it was ready to run and no processor was free for it; null elsewhere. */
  waitedMs: z.number().nonnegative().nullable(),
});
export type EventLoop = z.infer<typeof eventLoop>;

export const processTold = z.object({
  /** Its wall clock as it answers, ms since 1970. */
  now: z.int(),
  /** For how long it had the question by then: the answer is so much younger than the question. */
  heldMs: z.number().nonnegative(),
  /** null where nobody looks: services that share the process of something else. */
  eventLoop: eventLoop.nullable(),
});
export type ProcessReport = z.infer<typeof processTold>;
