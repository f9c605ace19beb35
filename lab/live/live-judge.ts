/**
 * The verdict while somebody plays: stale-after-bound over the last minute, once a second. It needs no end of the session, and
 * every version-regression is one, too.
 *
 * A window says less than a whole history, never more: a version superseded before it begins counts as superseded only from
 * the first answer in it that shows a later one. Faults and delays are kept for as long as they can excuse anything. Epsilon
 * is measured as a run measures it, before anything was broken, and is at least a second: here other things go on beside the
 * lab, and nobody can run it again.
 */
import { answerOf, cellOf, type Staleness, type StaleRead, stalenessOf } from '../checks/staleness.ts';
import { worstOf } from '../checks/verdict.ts';
import type { AnsweredRead } from '../checks/versions.ts';
import { History } from '../load/history.ts';
import { quantilesOf } from '../load/quantiles.ts';
import type { DelayChange, FaultChangeRecord, FaultRecord, Operation, Stall, StrategyChange } from '../load/records.ts';
import type { LiveVerdict, RegionStaleness } from './live-lab.ts';

const EPSILON_MS_MIN = 1_000;
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
  /** Violations not told before, each in one sentence. */
  readonly found: readonly string[];
  readonly staleness: ReadonlyMap<string, RegionStaleness>;
}

export class LiveJudge {
  readonly #regions: readonly string[];
  #operations: Operation[] = [];
  /** Of the calm before the first fault: kept to the end, for epsilon. */
  readonly #steady: Operation[] = [];
  #faults: FaultRecord[] = [];
  #delays: DelayChange[] = [];
  #strategies: StrategyChange[] = [];
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

  addStrategy(change: StrategyChange): void {
    this.#strategies.push(change);
  }

  addStall(stall: Stall): void {
    this.#stalls.push(stall);
  }

  addFault(fault: FaultRecord): void {
    this.#isCalm = false;
    this.#faults.push(fault);
  }

  changeFault(id: string, change: FaultChangeRecord): void {
    const known = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    this.#faults = this.#faults.map((fault) => (fault.id === id ? { ...fault, ...known } : fault));
  }

  judge(nowMs: number): Judgement {
    this.#forget(nowMs - WINDOW_MS);
    const staleness = stalenessOf(this.#history(), RULE);
    const judged = staleness.reads.filter((read) => staleness.couldBeOld(read));
    const found = violationsOf(judged, staleness).filter((stale) => this.#isNew(stale));
    const why = staleness.whyNone(judged.length, 'began after a change of their key');
    const state = this.#told.size > 0 ? 'violated' : why === undefined ? 'clear' : 'unknown';
    return {
      verdict: { state, violations: this.#told.size, reason: why ?? `${judged.length} reads judged` },
      found: found.map((stale) => explain(stale, staleness)),
      staleness: this.#figures(staleness, nowMs),
    };
  }

  /** One version of a key in a region is one violation. */
  #isNew({ read }: StaleRead): boolean {
    if (this.#told.has(cellOf(read)) || this.#told.size >= VIOLATIONS_MAX) return false;
    this.#told.add(cellOf(read));
    return true;
  }

  #history(): History {
    const history = new History();
    for (const operation of [...this.#steady, ...this.#operations]) history.add({ ...operation, id: history.nextId });
    for (const change of this.#delays) history.addDelay(change);
    for (const change of this.#strategies) history.addStrategy(change);
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
    this.#delays = inForceSince(this.#delays, beforeMs);
    this.#strategies = inForceSince(this.#strategies, beforeMs);
  }

  #figures({ byRegion, versions }: Staleness, nowMs: number): ReadonlyMap<string, RegionStaleness> {
    return new Map(
      this.#regions.map((region) => {
        const reads = (byRegion.get(region) ?? []).filter((read) => read.startMs >= nowMs - FIGURES_MS);
        const ages = reads.map((read) => read.startMs - (versions.supersededBefore(read)?.atMs ?? read.startMs));
        const quantiles = quantilesOf(ages);
        const oldReads = ages.filter((ms) => ms > 0).length;
        return [region, { p99: quantiles?.p99 ?? null, max: quantiles?.max ?? null, oldReads, reads: reads.length }];
      }),
    );
  }
}

/** The worst read of each version: further above its bound than this machine's own hesitation, and not while it stood still. */
function violationsOf(judged: readonly AnsweredRead[], staleness: Staleness): readonly StaleRead[] {
  const marginMs = Math.max(0, EPSILON_MS_MIN - staleness.epsilonMs);
  const above = judged
    .map((read) => staleness.judge(read))
    .filter((stale) => stale !== undefined)
    .filter((stale) => staleness.excessMs(stale) > marginMs && !staleness.isDoubtful(stale));
  return worstOf(above, staleness);
}

function explain(stale: StaleRead, staleness: Staleness): string {
  const { read, superseding } = stale;
  return `${read.region} answered ${read.key} with ${answerOf(read)}, expected ${superseding.version} or later: ${staleness.because(stale)}`;
}

/** The last before the moment is the one in force then. */
function inForceSince<Change extends DelayChange | StrategyChange>(changes: readonly Change[], ms: number): Change[] {
  return changes.filter(
    ({ region, atMs }, at) => atMs >= ms || !changes.some((later, other) => other > at && later.region === region && later.atMs < ms),
  );
}
