/**
 * What a trace comes to, as it is printed, shown, and sent to whoever watches. Times are whole ms since the PUT was
 * sent.
 */
import { z } from 'zod';
import { strategy } from '../../services/protocol/invalidation.ts';

const ms = z.number();

/** Of a service whose clock is certainly another one than the lab's. */
const traceClock = z.strictObject({
  /** `origin`, `edge:eu-west`, or `kafka`, which nobody can ask. */
  of: z.string(),
  /** By how much it is ahead, negative: behind; null: not known. */
  aheadMs: ms.nullable(),
  /** To within so many ms. */
  withinMs: ms.nullable(),
});
export type TraceClock = Readonly<z.infer<typeof traceClock>>;

/** One of the ten. `ms` where it happens once, `regions` where it happens in each; null when it was not seen. */
const traceStep = z.strictObject({
  step: z.int().positive(),
  name: z.string(),
  file: z.string(),
  ms: ms.nullable().exactOptional(),
  regions: z.record(z.string(), ms.nullable()).exactOptional(),
});
export type TraceStep = Readonly<z.infer<typeof traceStep>>;

const traceServed = z.strictObject({
  region: z.string(),
  strategy,
  delayMs: ms,
  /** What the region answered, each from `ms` on until the next. */
  answers: z
    .array(
      z.strictObject({
        ms,
        version: z.int().nonnegative(),
        status: z.enum(['fresh', 'stale']),
        source: z.enum(['cache', 'origin']),
      }),
    )
    .readonly(),
});
export type TraceServed = Readonly<z.infer<typeof traceServed>>;

export const trace = z.strictObject({
  key: z.string(),
  /** The version the write made. */
  version: z.int().positive(),
  /** The event's id; null when it was not seen. */
  event: z.string().nullable(),
  /** RFC 3339. */
  sentAt: z.string(),
  answeredMs: ms,
  /** Every step was seen. */
  complete: z.boolean(),
  /** Clocks that are not the lab's: what they stamped is corrected. */
  clocks: z.array(traceClock).readonly(),
  steps: z.array(traceStep).readonly(),
  served: z.array(traceServed).readonly(),
  verdict: z.enum(['pass', 'fail', 'unknown']),
  reason: z.string(),
});
export type Trace = Readonly<z.infer<typeof trace>>;
