/**
 * The verdict while somebody plays: the checks of a run that need no end, over the last minute, once a second.
 *
 * A window says less than a whole history, never more: a version superseded before it begins counts as superseded only from
 * the first answer in it that shows a later one. Faults and delays are kept for as long as they can excuse anything. Epsilon
 * is measured as a run measures it, before anything was broken.
 */
import type { Anomaly } from '../checks/check.ts';
import { staleAfterBound } from '../checks/stale-after-bound.ts';
import { stalenessOf } from '../checks/staleness.ts';
import { versionRegression } from '../checks/version-regression.ts';
import type { AnsweredRead } from '../checks/versions.ts';
import { History } from '../load/history.ts';
import { quantilesOf } from '../load/quantiles.ts';
import type { DelayChange, FaultChangeRecord, FaultRecord, Operation, Stall } from '../load/records.ts';
import type { LiveVerdict, RegionStaleness } from './live-lab.ts';

/** What is judged of a session: a violation by these needs no settling and no last reads. */
const CHECKS = [versionRegression, staleAfterBound] as const;
const WINDOW_MS = 60_000;
/** Reads before the first fault, and within this time, tell epsilon. */
const STEADY_MS = 15_000;
const FIGURES_MS = 10_000;
const OPERATIONS_MAX = 20_000;
const VIOLATIONS_MAX = 1_000;
const RULE = 'adjusted';

type Unnumbered<Op> = Op extends Operation ? Omit<Op, 'id' | 'phase'> : never;
export type EndedOperation = Unnumbered<Operation>;

export interface Judgement {
  readonly verdict: LiveVerdict;
  /** Violations not told before. */
  readonly found: readonly Anomaly[];
  readonly staleness: ReadonlyMap<string, RegionStaleness>;
}

export class LiveJudge {
  readonly #regions: readonly string[];
  #operations: Operation[] = [];
  /** Of the calm before the first fault: kept to the end, for epsilon. */
  readonly #steady: Operation[] = [];
  #faults: FaultRecord[] = [];
  #delays: DelayChange[] = [];
  #stalls: Stall[] = [];
  readonly #told = new Set<string>();
  #begunMs: number | undefined;
  #isCalm = true;

  constructor(regions: readonly string[]) {
    this.#regions = regions;
  }

  /** An operation that has ended. */
  add(ended: EndedOperation): void {
    this.#begunMs ??= ended.startMs;
    const isSteady = this.#isCalm && ended.startMs - this.#begunMs < STEADY_MS;
    const operation = { ...ended, id: 0, phase: isSteady ? 'steady' : 'fault' } as Operation;
    (isSteady ? this.#steady : this.#operations).push(operation);
  }

  addDelay(change: DelayChange): void {
    this.#delays.push(change);
  }

  addStall(stall: Stall): void {
    this.#stalls.push(stall);
  }

  addFault(fault: FaultRecord): void {
    this.#isCalm = false;
    this.#faults.push(fault);
  }

  changeFault(id: string, change: FaultChangeRecord): void {
    const { effect, healedMs } = change;
    this.#faults = this.#faults.map((fault) =>
      fault.id === id ? { ...fault, effect: effect ?? fault.effect, healedMs: healedMs ?? fault.healedMs } : fault,
    );
  }

  judge(nowMs: number): Judgement {
    this.#forget(nowMs - WINDOW_MS);
    const history = this.#history();
    const context = { regions: this.#regions, staleness: RULE } as const;
    const results = CHECKS.map((check) => check.judge(history, context));
    const found = results.flatMap(({ anomalies }) => anomalies).filter((anomaly) => this.#isNew(anomaly));
    const why = results.find(({ verdict }) => verdict === 'unknown')?.reason;
    const state = this.#told.size > 0 ? 'violated' : why === undefined ? 'clear' : 'unknown';
    const verdict = { state, violations: this.#told.size, reason: why ?? results.map(({ reason }) => reason).join('; ') } as const;
    return { verdict, found, staleness: this.#stalenessOf(history, nowMs) };
  }

  /** One cause is one violation, whichever check finds it. */
  #isNew({ region, key, version }: Anomaly): boolean {
    const cause = `${region} ${key} ${version ?? ''}`;
    if (this.#told.has(cause) || this.#told.size >= VIOLATIONS_MAX) return false;
    this.#told.add(cause);
    return true;
  }

  #history(): History {
    const history = new History();
    for (const operation of [...this.#steady, ...this.#operations]) history.add({ ...operation, id: history.nextId });
    for (const change of this.#delays) history.addDelay(change);
    for (const fault of this.#faults) history.addFault(fault);
    for (const stall of this.#stalls) history.addStall(stall);
    return history;
  }

  #forget(beforeMs: number): void {
    this.#operations = this.#operations.filter(({ startMs }) => startMs >= beforeMs).slice(-OPERATIONS_MAX);
    this.#stalls = this.#stalls.filter(({ dueMs, lateMs }) => dueMs + lateMs >= beforeMs);
    this.#faults = this.#faults.filter(
      ({ healedMs, recoveryAllowanceMs }) => healedMs === undefined || healedMs + recoveryAllowanceMs >= beforeMs,
    );
    // The last before the window is the one in force when it begins.
    this.#delays = this.#delays.filter(
      ({ region, atMs }, at) =>
        atMs >= beforeMs || !this.#delays.some((later, other) => other > at && later.region === region && later.atMs < beforeMs),
    );
  }

  #stalenessOf(history: History, nowMs: number): ReadonlyMap<string, RegionStaleness> {
    const staleness = stalenessOf(history, RULE);
    return new Map(
      this.#regions.map((region) => {
        const reads = (staleness.byRegion.get(region) ?? []).filter((read) => read.startMs >= nowMs - FIGURES_MS);
        const ages = reads.map((read) => rawMs(read, staleness.judge(read)?.superseding.atMs));
        const quantiles = quantilesOf(ages);
        const old = ages.filter((ms) => ms > 0).length;
        return [region, { p99: quantiles?.p99 ?? null, max: quantiles?.max ?? null, oldReads: old, reads: reads.length }];
      }),
    );
  }
}

function rawMs({ startMs }: AnsweredRead, supersededMs: number | undefined): number {
  return supersededMs === undefined ? 0 : Math.max(0, startMs - supersededMs);
}
