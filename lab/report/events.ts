/**
 * What a run says, as it happens: one discriminated union, its schema declared once. `--json` prints these lines and
 * nothing else; plain text and reports are drawn from the same events.
 */

import { z } from 'zod';
import { entryState } from '../../services/protocol/edge-api.ts';
import { BACKENDS } from '../worlds/worlds.ts';

export const SCHEMA_VERSION = 1;

export const phase = z.enum(['warmup', 'steady', 'fault', 'heal', 'settle', 'final']);
export type Phase = z.infer<typeof phase>;

const t = z.number().nonnegative();
const verdict = z.enum(['pass', 'fail', 'unknown']);
/** Nearest rank, ms. */
const quantiles = z.strictObject({ min: z.number(), p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() });

export const start = z.strictObject({
  type: z.literal('Start'),
  schemaVersion: z.literal(SCHEMA_VERSION),
  tool: z.literal('edgesync-lab'),
  version: z.string(),
  backend: z.enum(BACKENDS),
  seed: z.int().nonnegative(),
  scenario: z.record(z.string(), z.unknown()),
  argv: z.array(z.string()),
  time: z.string(),
});

export const step = z.strictObject({ type: z.literal('Step'), t, step: z.string(), elapsedMs: z.number() });
export const phaseEvent = z.strictObject({ type: z.literal('Phase'), t, phase });

const metric = z.strictObject({
  type: z.literal('Metric'),
  metric: z.string(),
  data: z.strictObject({ type: z.enum(['counter', 'rate', 'trend']), contains: z.enum(['default', 'time']) }),
});

export const point = z.strictObject({
  type: z.literal('Point'),
  t,
  metric: z.string(),
  data: z.strictObject({ time: z.string(), value: z.number(), tags: z.strictObject({ region: z.string(), phase }) }),
});

const region = z.strictObject({
  type: z.literal('Region'),
  t,
  region: z.string(),
  /** 0 to 1 over the last 10 s; null without reads. */
  hitRatio: z.number().nullable(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  staleHits: z.int(),
  lag: z.int().nullable(),
  versions: z.array(z.strictObject({ key: z.string(), version: z.int(), state: entryState })),
});

export const fault = z.strictObject({
  type: z.literal('Fault'),
  t,
  id: z.string(),
  fault: z.string(),
  target: z.string(),
  event: z.enum(['injected', 'healed']),
  effect: z.enum(['confirmed', 'unconfirmed']),
});

export const anomaly = z.strictObject({
  type: z.literal('Anomaly'),
  t,
  anomaly: z.string(),
  /** Of a lost invalidation: unpublished, undelivered, unapplied or overwritten. */
  subKind: z.string().optional(),
  region: z.string(),
  key: z.string(),
  explain: z.string(),
  witness: z.array(z.record(z.string(), z.unknown())),
});

export const summary = z.strictObject({
  type: z.literal('Summary'),
  schemaVersion: z.literal(SCHEMA_VERSION),
  status: z.enum(['completed', 'failed', 'aborted']),
  verdict,
  exitCode: z.int(),
  checks: z.array(z.strictObject({ check: z.string(), verdict, reason: z.string(), anomalies: z.int() })),
  thresholds: z.array(
    z.strictObject({
      metric: z.string(),
      threshold: z.string(),
      ok: z.boolean(),
      value: z.number().nullable(),
      samples: z.int(),
      /** Why it was crossed by something else than the system: then it makes the verdict unknown. */
      doubt: z.string().optional(),
    }),
  ),
  faults: z.array(
    z.strictObject({
      id: z.string(),
      fault: z.string(),
      target: z.string(),
      effect: z.enum(['confirmed', 'unconfirmed']),
      /** For so long after its heal its after-effects are excused at most. */
      recoveryAllowanceMs: z.number(),
      /** Of one that slows: by so much later an invalidation may be applied while it lasts. It excuses nothing else. */
      slowsByMs: z.number().optional(),
    }),
  ),
  /** Per region, from the answer to a write until the first read there that shows it or a later one; ms. */
  convergence: z.record(z.string(), quantiles.nullable()),
  /**
   * Per region, of every answer that could be old; ms. Raw: since its version was superseded. Adjusted: as the checks
   * measure it, without the time of faults.
   */
  staleness: z.record(z.string(), z.strictObject({ samples: z.int(), raw: quantiles.nullable(), adjusted: quantiles.nullable() })),
  /**
   * Per region and t in ms, the share of writes after which no read begun later than t showed an older version; of
   * those read afterwards.
   */
  consistency: z.record(z.string(), z.strictObject({ writes: z.int(), within: z.record(z.string(), z.number().nullable()) })),
  operations: z.strictObject({ reads: z.int(), writes: z.int(), failed: z.int(), unknown: z.int() }),
  heal: z.strictObject({ clean: z.boolean(), left: z.array(z.string()) }),
  error: z.string().optional(),
  /** Of a live target: whom the lab asked, and how much. */
  rails: z
    .strictObject({
      hosts: z.array(z.strictObject({ host: z.string(), addresses: z.array(z.string()), isNamed: z.boolean() })),
      perSecond: z.number(),
      allowsWidePurge: z.boolean(),
      requests: z.int(),
      purges: z.int(),
      /** To an origin of the user's own. */
      writes: z.int().optional(),
      /** Why nothing more was sent. */
      stopped: z.string().optional(),
    })
    .optional(),
  reproduce: z.string(),
});

/** Of `sim --mutants`: whether a known bug was caught. */
const mutant = z.strictObject({
  type: z.literal('Mutant'),
  mutant: z.string(),
  seeds: z.int(),
  /** How many seeds a check that names its damage failed. */
  caught: z.int(),
  check: z.string().nullable(),
  firstSeed: z.int().nullable(),
  meanSeeds: z.number().nullable(),
  /** Seeds that failed by other checks only. */
  otherwise: z.int(),
  /** Seeds that broke down or ended their process: nothing was judged. */
  crashed: z.array(z.int()),
});

/** Of `run --dry-run`, after its Start and instead of everything else. Times in ms from the start of the load. */
export const plan = z.strictObject({
  type: z.literal('Plan'),
  seed: z.int().nonnegative(),
  regions: z.array(z.strictObject({ region: z.string(), delayMs: z.number(), strategy: z.string() })),
  phases: z.array(phase),
  /** As a scenario file says it. */
  steadyState: z.strictObject({ title: z.string(), probes: z.array(z.record(z.string(), z.unknown())) }),
  /** Whether it must hold after the heal, too. */
  isJudgedAgain: z.boolean(),
  load: z.strictObject({
    durationMs: z.number(),
    keys: z.int(),
    reads: z.int(),
    updates: z.int(),
    creates: z.int(),
    deletes: z.int(),
    purges: z.int(),
  }),
  /** Over a live target: how it differs from the scenario as it is written. */
  notes: z.array(z.string()).optional(),
  /** Over a live target: the first request of each kind. */
  requests: z
    .array(
      z.strictObject({
        kind: z.string(),
        method: z.string(),
        url: z.string(),
        headers: z.record(z.string(), z.string()),
        body: z.string().optional(),
      }),
    )
    .optional(),
  faults: z.array(
    z.strictObject({
      atMs: z.number(),
      fault: z.string(),
      /** One, also where the scenario says one, majority or *. */
      target: z.string(),
      parameters: z.record(z.string(), z.unknown()),
      /** Whether it is in force until it is healed, or over at once. */
      lasts: z.boolean(),
      /** null: not before everything is healed. */
      healMs: z.number().nullable(),
    }),
  ),
  settleMs: z.number(),
  checks: z.array(z.string()),
  thresholds: z.array(
    z.strictObject({ metric: z.string(), threshold: z.string(), abortOnFail: z.boolean(), delayAbortEvalMs: z.number() }),
  ),
});

export const labEvent = z.discriminatedUnion('type', [
  start,
  plan,
  step,
  phaseEvent,
  metric,
  point,
  region,
  fault,
  anomaly,
  mutant,
  summary,
]);
export type LabEvent = z.infer<typeof labEvent>;
export type Summary = z.infer<typeof summary>;
export type StartEvent = z.infer<typeof start>;

/** Takes events as they happen. */
export type Report = (event: LabEvent) => void;
