/**
 * Scenario files: the load of a run, what breaks while it lasts, and what must hold. Everything wrong with a file is
 * found before anything starts, and told together: file, line, key, and the nearest known word.
 */

import { basename } from 'node:path';
import { z } from 'zod';
import { HOT_MS_MAX } from '../../services/protocol/edge-api.ts';
import { strategy } from '../../services/protocol/invalidation.ts';
import { CHECKS, type CheckName } from '../checks/checks.ts';
import { InvalidInput } from '../errors.ts';
import { delay } from '../faults/parameters.ts';
import { duration, lasting, rate, share } from '../input/duration.ts';
import { printable } from '../input/printable.ts';
import { type Problem, problemsOf, refusal, shown } from '../input/problems.ts';
import { parseYaml, readSource } from '../input/yaml-source.ts';
import { MEMBERS_MAX } from '../system/parts.ts';
import { writtenDeliver } from '../targets/deliver.ts';
import { SHIELDS } from '../targets/target.ts';
import { type Threshold, thresholdProblems, toThresholds, writtenThresholds } from '../thresholds/threshold.ts';
import { type Hypothesis, hypothesis } from './hypothesis.ts';
import { methodProblems, type ScheduledFault, shortened, timeProblems, toMethod } from './method.ts';

const KEYS_MAX = 10_000;
const SEED_MAX = 2 ** 32 - 1;
const FAULTS_MAX = 1_000;
const BURST_MAX = 1_000;
const WARM_CONCURRENCY_MAX = 1_000;
/** Without any, what is still on its way when the load ends would be taken for lost. */
const SETTLE_MS_MIN = 1_000;

/** What rounding may add to a sum of shares. */
const SHARES_ROUNDED = 1e-9;

const workload = z
  .strictObject({
    /** From the start of the fault phase. */
    duration: lasting,
    /** Over all regions, evenly. */
    reads: rate,
    writes: rate,
    keys: z.int().min(1).max(KEYS_MAX),
    /** Exponent of the Zipf distribution; 0 is uniform. */
    skew: z.number().min(0).max(3).default(0.9),
    /** Of the writes. What is left of them are updates. */
    creates: share.default(0),
    deletes: share.default(0),
    purges: share.default(0),
    /** Deletions, each with the creation of the same slug right behind it. */
    replaces: share.optional(),
    /** Of the updates: those that give the content another tag. */
    retags: share.optional(),
    /** Of the purges: those with more purges of patterns right behind them than a cache keeps. */
    floods: share.optional(),
    /** Of the reads: those of the id that the next creation is likely to get. */
    ahead: share.optional(),
    /** How many writes are sent together; left out: one. */
    burst: z.int().min(1).max(BURST_MAX).optional(),
  })
  .superRefine(({ creates, deletes, purges, replaces = 0 }, context) => {
    const sum = creates + deletes + purges + replaces;
    if (sum <= 1 + SHARES_ROUNDED) return;
    const kinds = replaces === 0 ? 'creates, deletes and purges' : 'creates, deletes, replaces and purges';
    const message = `expected ${kinds} to be at most 100 % of the writes together, got ${Math.round(sum * 100)} %`;
    context.addIssue({ code: 'custom', message });
  });
export type Workload = z.infer<typeof workload>;

const MS_PER_S = 1000;
/** How long an entry is fresh, and then as long stale. */
const lifetime = lasting.refine((ms) => ms % MS_PER_S === 0, 'expected whole seconds');

/** How many invalidations a cache remembers. */
const marks = z.int().min(1);

/** For how long an edge answers what its cache has told it without asking again. */
const hot = duration.refine((ms) => ms <= HOT_MS_MAX, `expected at most ${HOT_MS_MAX / MS_PER_S} s`);

const members = z.int().min(1).max(MEMBERS_MAX);

const CHECK_NAMES = Object.keys(CHECKS) as [CheckName, ...CheckName[]];

/** Overrides of compose.yaml. Which regions there are shows when the world is known. */
const system = z.strictObject({
  /** Of the regions those that run; left out: all. For worlds that can start without some. */
  only: z.array(z.string()).min(1).optional(),
  /**
   * `differ`: each service has a clock of its own, drawn from the seed: ahead or behind, faster or slower. `jump`: and
   * every other one is set while the load lasts. For the world in virtual time.
   */
  clocks: z.enum(['differ', 'jump']).optional(),
  /**
   * For how long edges may call an answer fresh without word from the origin; 0s: without a bound. Left out: as their
   * configuration says.
   */
  lease: duration.optional(),
  /** By how much the clocks of origin and edges may differ where there is a lease. For worlds that end with the lab. */
  skew: duration.optional(),
  /** Whether our edges stop asking an origin that does not answer. Left out: as their configuration says. */
  breaker: z.boolean().optional(),
  /**
   * How many of the most-read contents our edges fetch before they are read, when their caches may have lost them, and
   * how many at a time.
   */
  warming: z
    .strictObject({ keys: z.int().min(0).max(KEYS_MAX), concurrency: z.int().min(1).max(WARM_CONCURRENCY_MAX).optional() })
    .optional(),
  /** Of caches of others: how invalidations are brought to them, in place of what their targets say. */
  deliver: writtenDeliver.optional(),
  /** Of caches of others: a 304 of their upstreams says nothing of tags. */
  'untagged-304': z.boolean().optional(),
  /**
   * Of caches of others: each stands behind another one of its kind, a shield, which is purged before it or after it.
   */
  shield: z.enum(SHIELDS).optional(),
  regions: z
    .record(
      z.string(),
      z.strictObject({
        delay: delay.optional(),
        strategy: strategy.optional(),
        lifetime: lifetime.optional(),
        marks: marks.optional(),
        hot: hot.optional(),
        /** How many edges answer for the region, from one cache. For worlds that end with the lab. */
        members: members.optional(),
      }),
    )
    .default({}),
});

/** Each step is judged by the fault it names (`method.ts`). */
export const writtenMethod = z.array(z.unknown()).max(FAULTS_MAX);

export const scenarioFile = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  seed: z.int().min(0).max(SEED_MAX).optional(),
  system: system.default({ regions: {} }),
  workload,
  /** The gate before the faults, judged again after the heal; left out: every region equals the origin, before. */
  'steady-state-hypothesis': hypothesis.optional(),
  method: writtenMethod.default([]),
  settle: lasting
    .refine((ms) => ms >= SETTLE_MS_MIN, `expected at least ${SETTLE_MS_MIN} ms, the time that a correct region needs to converge`)
    .default(10_000),
  /** Left out: all that the workload gives something to judge. */
  checks: z.array(z.enum(CHECK_NAMES)).min(1).optional(),
  /** Whether the windows of faults are subtracted from staleness. */
  staleness: z.enum(['adjusted', 'strict']).default('adjusted'),
  /** By metric and tags. */
  thresholds: writtenThresholds.default({}),
});

export interface ParsedScenario extends Omit<z.infer<typeof scenarioFile>, 'method' | 'checks' | 'thresholds' | 'steady-state-hypothesis'> {
  readonly hypothesis: Hypothesis | undefined;
  readonly thresholds: readonly Threshold[];
  readonly method: readonly ScheduledFault[];
  readonly checks: readonly CheckName[];
  /**
   * Those of the same scenario under another workload. (Functions, both, so that no JSON of a scenario carries them.)
   */
  readonly checksUnder: (workload: Workload) => readonly CheckName[];
  /** What is found wrong later is told with file and line too. */
  readonly refuse: (problems: readonly Problem[]) => InvalidInput;
}

export interface Scenario extends ParsedScenario {
  /** Of the file's name; names the folder of its output. */
  readonly id: string;
}

const ID = /^[a-z0-9-]{1,64}$/;

/** Throws InvalidInput naming file, line and key of every problem, a line each. */
export async function readScenario(file: string): Promise<Scenario> {
  const text = await readSource(file);
  const id = basename(file).replace(/\.(ya?ml|json)$/, '');
  if (!ID.test(id))
    throw new InvalidInput(
      `${printable(file)}: expected a file named by 1 to 64 of a-z, 0-9 and -, with .yaml, .yml or .json, got ${shown(basename(file))}`,
    );
  return { id, ...parseScenario(text, file) };
}

export function parseScenario(text: string, file: string): ParsedScenario {
  const source = parseYaml(text, { file });
  const { steps, thresholds } = judgedElsewhere(source.value);
  const under = (key: string, problems: readonly Problem[]) => problems.map(({ path, message }) => ({ path: [key, ...path], message }));
  const problems = [
    ...problemsOf(scenarioFile, source.value),
    ...under('method', methodProblems(steps)),
    ...under('thresholds', thresholdProblems(thresholds)),
  ];
  if (problems.length > 0) throw refusal(source, problems);
  const { 'steady-state-hypothesis': steady, ...parsed } = scenarioFile.parse(source.value);
  const leaseMs = parsed.system.lease;
  const checksUnder = (under: Workload) => parsed.checks ?? checksFor(under, { leaseMs });
  const scenario = {
    ...parsed,
    checks: checksUnder(parsed.workload),
    checksUnder,
    hypothesis: steady,
    method: toMethod(steps),
    thresholds: toThresholds(thresholds),
    refuse: (found: readonly Problem[]) => refusal(source, found),
  };
  return checkTimes(scenario);
}

/** What the schema leaves to the tables of faults and metrics. */
function judgedElsewhere(value: unknown) {
  const steps = z.looseObject({ method: writtenMethod }).safeParse(value).data?.method ?? [];
  const thresholds = z.looseObject({ thresholds: writtenThresholds }).safeParse(value).data?.thresholds ?? {};
  return { steps, thresholds };
}

/**
 * Without a deletion nothing can come back, without a purge none can be ignored: such a check could only ever be
 * unknown. It is left out where the load makes fewer than `expectedMin` deletions or purges on average. So is the bound
 * of a lease where the scenario asks for none.
 */
export function checksFor(
  { writes, duration: durationMs, deletes, purges, replaces = 0 }: Workload,
  { expectedMin = 1, leaseMs = 0 }: { readonly expectedMin?: number; readonly leaseMs?: number | undefined } = {},
): readonly CheckName[] {
  const isExpected = (of: number) => (of * writes * durationMs) / 1000 >= expectedMin;
  return CHECK_NAMES.filter(
    (name) =>
      (name !== 'resurrection' || isExpected(deletes + replaces)) &&
      (name !== 'purge-ignored' || isExpected(purges)) &&
      (name !== 'fresh-beyond-lease' || leaseMs > 0),
  );
}

function checkTimes<Timed extends ParsedScenario>(scenario: Timed): Timed {
  const problems = timeProblems(scenario.method, scenario.workload.duration);
  if (problems.length > 0) throw scenario.refuse(problems);
  return scenario;
}

/**
 * The same under a load of another length: under a shorter one the faults come and go sooner, under a longer one they
 * stay as they are.
 */
export function withDuration(scenario: Scenario, durationMs: number | undefined): Scenario {
  if (durationMs === undefined) return scenario;
  const workload = { ...scenario.workload, duration: durationMs };
  const method = shortened(scenario.method, Math.min(1, durationMs / scenario.workload.duration));
  return { ...scenario, workload, method, checks: scenario.checksUnder(workload) };
}
