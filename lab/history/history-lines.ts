/**
 * The lines of `history.ndjson`. Most are a record each (`record-kinds.ts`). An operation has two: `sent` before it is
 * sent, `ended` after it has ended; so has a fault. A history without `end` is one of a run that was killed or stopped.
 */

import { z } from 'zod';
import { edgeBounds } from '../system/edges/edge.ts';
import { BACKENDS } from '../worlds/worlds.ts';
import { RECORDS, type RecordLine } from './record-kinds.ts';
import { ending, faultChange, operation, slowing } from './records.ts';

export const HISTORY_VERSION = 1;

/** What a history must say of itself to be judged again. */
export const head = z.strictObject({
  line: z.literal('head'),
  historyVersion: z.literal(HISTORY_VERSION),
  tool: z.literal('edgesync-lab'),
  version: z.string(),
  backend: z.enum(BACKENDS),
  seed: z.int().nonnegative(),
  scenario: z.string(),
  regions: z.array(z.string()).min(1),
  staleness: z.enum(['adjusted', 'strict']),
  checks: z.array(z.string()).min(1),
  /** RFC 3339: where the run's clock begins. */
  startedAt: z.iso.datetime('expected a time in UTC such as 2026-01-31T12:00:00Z'),
  /**
   * The scenario as a file says it, with the delay and strategy each region began with: what is run again. Not known of
   * older histories.
   */
  written: z.record(z.string(), z.unknown()).optional(),
  /** The known bug it was run with. */
  mutant: z.string().optional(),
  /** By region: what follows from how its cache is made. Left out, as of older histories: those of our own edge. */
  bounds: z.record(z.string(), edgeBounds).optional(),
  /** By region: the cache of others that stood there. Left out where all are ours. */
  targets: z.record(z.string(), z.string()).optional(),
  /** The machine it ran on. Left out in virtual time, where each is the same. Not known of older histories. */
  host: z.strictObject({ platform: z.string(), arch: z.string(), processors: z.int().positive(), node: z.string() }).optional(),
  /** Of the git checkout in which the command was given. */
  commit: z.string().optional(),
  /** The services read the clock of the lab itself. */
  oneClock: z.literal(true).optional(),
});
export type HistoryHead = Readonly<z.infer<typeof head>>;

/** What is not one record for good: the head, the parts in which operations and faults become known, and the end. */
const OTHERS = [
  head,
  z.strictObject({ line: z.literal('sent'), operation }),
  z.strictObject({ line: z.literal('ended'), id: z.int().nonnegative(), ...ending.shape }),
  z.strictObject({
    line: z.literal('fault'),
    id: z.string(),
    fault: z.string(),
    /** As a scenario file writes it. */
    target: z.string(),
    injectedMs: z.number(),
    recoveryAllowanceMs: z.number().nonnegative(),
    slows: slowing.optional(),
    effect: z.enum(['confirmed', 'unconfirmed']),
  }),
  z.strictObject({ line: z.literal('fault-changed'), id: z.string(), ...faultChange.shape }),
  /** The run went through all its phases. */
  z.strictObject({ line: z.literal('end'), atMs: z.number().nonnegative() }),
] as const;

export const otherLine = z.discriminatedUnion('line', OTHERS);
export type OtherLine = Readonly<z.infer<typeof otherLine>>;

/** Every line. Each record has the keys of its kind beside the word. */
export const historyLine = z.discriminatedUnion(
  'line',
  [...OTHERS, ...Object.entries(RECORDS).map(([kind, { shape }]) => z.strictObject({ line: z.literal(kind), ...shape }))],
  { error: 'expected a kind of line that a history has' },
);
export type HistoryLine = OtherLine | RecordLine;

export type OnHistoryLine = (line: HistoryLine) => void;
