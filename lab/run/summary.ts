/** How a run ended, as its Start and Summary say it. */
import { toTimestamp } from '../../services/runtime/clock.ts';
import { type Anomaly, type CheckResult, composeVerdict, type Verdict } from '../checks/check.ts';
import { consistencyFigures, stalenessFigures } from '../checks/figures.ts';
import { EXIT, EXIT_OF_VERDICT, type ExitCode, exitCodeOf, worstOf } from '../errors.ts';
import { convergenceOf } from '../history/convergence.ts';
import type { History } from '../history/history.ts';
import { HISTORY_VERSION, type HistoryHead } from '../history/history-lines.ts';
import type { RailsReport } from '../rails/rails.ts';
import { type LabEvent, SCHEMA_VERSION, type StartEvent, type Summary } from '../report/events.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { toDocument } from '../scenarios/written.ts';
import type { RegionBounds } from '../system/edges/edge.ts';
import { isCrossed, type ThresholdResult, unmeasured } from '../thresholds/evaluate.ts';
import type { WorldRegion } from '../worlds/world.ts';
import type { RunIdentity } from './identity.ts';

export interface Ended {
  readonly status: Summary['status'];
  readonly verdict: Verdict;
  readonly exitCode: ExitCode;
  readonly results: readonly CheckResult[];
  readonly thresholds: readonly ThresholdResult[];
  readonly error?: string;
}

export function toStart({ backend, seed, version, argv, clock }: RunIdentity, scenario: StartEvent['scenario']): StartEvent {
  const time = toTimestamp(clock.now());
  return { type: 'Start', schemaVersion: SCHEMA_VERSION, tool: 'edgesync-lab', version, backend, seed, scenario, argv: [...argv], time };
}

export interface HeadOptions {
  readonly scenario: Scenario;
  readonly regions: readonly WorldRegion[];
  readonly bounds: RegionBounds;
  /** ms since the run's start. */
  readonly runMs: number;
  readonly hasOneClock?: boolean | undefined;
}

/** What a history must say of itself to be judged again. */
export function toHead(
  { backend, seed, version, clock, mutant, place }: RunIdentity,
  { scenario, regions, bounds, hasOneClock, runMs }: HeadOptions,
): HistoryHead {
  const { id, staleness, checks, system } = scenario;
  const begun = Object.fromEntries(
    regions.map(({ region, delayMs, strategy }) => [region, { ...system.regions[region], delay: delayMs, strategy }]),
  );
  const startedAt = toTimestamp(clock.now() - runMs);
  return {
    line: 'head',
    historyVersion: HISTORY_VERSION,
    tool: 'edgesync-lab',
    version,
    backend,
    seed,
    scenario: id,
    regions: regions.map(({ region }) => region),
    staleness,
    checks: [...checks],
    startedAt,
    written: toDocument({ ...scenario, system: { ...system, regions: begun } }),
    ...(mutant === undefined ? {} : { mutant }),
    bounds,
    ...targetsOf(regions),
    ...place,
    ...(hasOneClock ? { oneClock: true as const } : {}),
  };
}

function targetsOf(regions: readonly WorldRegion[]): Pick<HistoryHead, 'targets'> {
  const targets = regions.flatMap(({ region, target }) => (target === undefined ? [] : [[region, target.name] as const]));
  return targets.length === 0 ? {} : { targets: Object.fromEntries(targets) };
}

export interface Judged {
  readonly results: readonly CheckResult[];
  readonly thresholds: readonly ThresholdResult[];
}

/**
 * What the checks and the thresholds come to. A threshold that was crossed fails a run whose invariants held, with a
 * code of its own.
 */
export function conclude({ results: found, thresholds }: Judged): Omit<Ended, 'status' | 'error'> {
  const results = [...found, ...unmeasured(thresholds)];
  const ofChecks = composeVerdict(results);
  const crossed = thresholds.some(isCrossed);
  const exitCode = worstOf([EXIT_OF_VERDICT[ofChecks], ...(crossed ? [EXIT.threshold] : [])]);
  return { verdict: crossed ? 'fail' : ofChecks, exitCode, results, thresholds };
}

export function toFailure(error: unknown): Ended {
  const message = error instanceof Error ? error.message : String(error);
  return { status: 'failed', verdict: 'unknown', exitCode: exitCodeOf(error), results: [], thresholds: [], error: message };
}

export function toAnomalyEvent({ version: _, witness, ...anomaly }: Anomaly, t: number): Extract<LabEvent, { type: 'Anomaly' }> {
  return { type: 'Anomaly', t, ...anomaly, witness: witness.map((shown) => ({ ...shown })) };
}

export interface SummaryOptions {
  readonly ended: Ended;
  readonly history: History;
  /** What could not be healed. */
  readonly left: readonly string[];
  readonly reproduce: string;
  /** What went to a live target. Left out: there is none. */
  readonly rails?: RailsReport | undefined;
}

export function toSummary({ ended, history, left, reproduce, rails }: SummaryOptions): Summary {
  const { status, verdict, results, error } = ended;
  const exitCode = left.length === 0 ? ended.exitCode : worstOf([ended.exitCode, EXIT.notHealed]);
  const regions = history.head?.regions ?? [];
  const perRegion = <Figures>(figures: (region: string) => Figures) =>
    Object.fromEntries(regions.map((region) => [region, figures(region)]));
  return {
    type: 'Summary',
    schemaVersion: SCHEMA_VERSION,
    status,
    verdict,
    exitCode,
    checks: results.map((result) => ({
      check: result.check,
      verdict: result.verdict,
      reason: result.reason,
      anomalies: result.anomalies.length,
    })),
    thresholds: [...ended.thresholds],
    faults: history.faults.map(({ id, fault, target, effect, recoveryAllowanceMs, slows }) => ({
      id,
      fault,
      target: target.text,
      effect,
      recoveryAllowanceMs,
      ...(slows === undefined ? {} : { slowsByMs: slows.invalidationMs }),
    })),
    convergence: convergenceOf(history, regions),
    staleness: perRegion((region) => stalenessFigures(history, region)),
    consistency: perRegion((region) => consistencyFigures(history, region)),
    operations: countOperations(history),
    heal: { clean: left.length === 0, left: [...left] },
    ...(error === undefined ? {} : { error }),
    ...(rails === undefined ? {} : { rails: toRailsTold(rails) }),
    reproduce,
  };
}

function toRailsTold({ hosts, ...told }: RailsReport): NonNullable<Summary['rails']> {
  return { ...told, hosts: hosts.map(({ addresses, ...host }) => ({ ...host, addresses: [...addresses] })) };
}

function countOperations({ changes, reads, nextId }: History): Summary['operations'] {
  const counts = { ok: 0, fail: 0, unknown: 0, open: 0 };
  for (const { outcome = 'open' } of changes) counts[outcome] += 1;
  for (const { outcome = 'open' } of reads) counts[outcome] += 1;
  return { reads: nextId - changes.length, writes: changes.length, failed: counts.fail, unknown: counts.unknown };
}
