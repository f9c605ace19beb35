/**
 * The verdict while somebody plays: stale-after-bound over the last minute, once a second. It needs no end of the
 * session, and every version-regression is one, too.
 *
 * A window says less than a whole history, never more: a version superseded before it begins counts as superseded only
 * from the first answer in it that shows a later one. Faults and delays are kept for as long as they can excuse
 * anything. Epsilon is measured as a run measures it, before anything was broken, and is at least a second: here other
 * things go on beside the lab, and nobody can run it again. It is what it was when the first fault was told, or the
 * calm was long enough: measured anew, old reads would be without the faults that explained them, for those are
 * forgotten.
 */

import { answerOf, cellOf } from '../checks/answers.ts';
import { Staleness, type StaleRead } from '../checks/staleness.ts';
import { sieveOfWorst } from '../checks/verdict.ts';
import { History } from '../history/history.ts';
import type { RecordKind, RecordOf } from '../history/record-kinds.ts';
import type { DelayChange, FaultChangeRecord, FaultRecord, Operation, StrategyChange } from '../history/records.ts';
import type { RegionBounds } from '../system/edges/edge.ts';
import { Figures } from './figures.ts';
import type { LiveVerdict, RegionStaleness } from './protocol.ts';

const EPSILON_MS_MIN = 1_000;
const WINDOW_MS = 60_000;
/**
 * A fault that ended so long before the window may still be excused in it, for as long as no sample shows that a region
 * has caught up.
 */
const RECOVERY_MS_MAX = 15_000;
/** Reads before the first fault, and within this time, tell epsilon. */
const STEADY_MS = 15_000;
const OPERATIONS_MAX = 20_000;
const VIOLATIONS_MAX = 1_000;
const RULE = 'adjusted';

/** What else of a history the bound, and what excuses a read above it, are made of. */
const JUDGED_KINDS = ['delay', 'strategy', 'stall', 'pressure', 'edge-sample', 'origin-sample'] as const satisfies readonly RecordKind[];
type JudgedKind = (typeof JUDGED_KINDS)[number];

type Unnumbered<Op> = Op extends Operation ? Omit<Op, 'id' | 'phase'> : never;
export type EndedOperation = Unnumbered<Operation>;

export interface Judgement {
  readonly verdict: LiveVerdict;
  /** Violations not told before, each in one sentence. */
  readonly found: readonly string[];
  readonly staleness: Readonly<Record<string, RegionStaleness>>;
  /** By key, how many reads were answered. */
  readonly reads: Readonly<Record<string, number>>;
}

export class LiveJudge {
  readonly #regions: readonly string[];
  readonly #bounds: RegionBounds;
  #operations: Operation[] = [];
  #faults: FaultRecord[] = [];
  readonly #records: { [Kind in JudgedKind]: RecordOf<Kind>[] } = {
    delay: [],
    strategy: [],
    stall: [],
    pressure: [],
    'edge-sample': [],
    'origin-sample': [],
  };
  readonly #reported = new Set<string>();
  #begunMs: number | undefined;
  /** undefined in the calm at the beginning: it is still measured. */
  #epsilonMs: number | undefined;

  constructor(regions: readonly string[], bounds: RegionBounds) {
    this.#regions = regions;
    this.#bounds = bounds;
  }

  /** An operation that has ended. */
  addOperation(ended: EndedOperation): void {
    this.#begunMs ??= ended.startMs;
    const isSteady = this.#epsilonMs === undefined && ended.startMs - this.#begunMs < STEADY_MS;
    this.#operations.push({ ...ended, id: 0, phase: isSteady ? 'steady' : 'fault' } as Operation);
    if (!isSteady) this.#freeze(Number.POSITIVE_INFINITY);
  }

  add<Kind extends JudgedKind>(kind: Kind, record: RecordOf<Kind>): void {
    this.#records[kind].push(record);
  }

  addFault(fault: FaultRecord): void {
    this.#freeze(fault.injectedMs);
    this.#faults.push(fault);
  }

  /** Epsilon is what reads begun before `untilMs` showed. */
  #freeze(untilMs: number): void {
    if (this.#epsilonMs !== undefined) return;
    const calm = this.#operations.map(
      (operation): Operation => (operation.startMs < untilMs ? operation : { ...operation, phase: 'fault' }),
    );
    this.#epsilonMs = new Staleness({ history: this.#history(calm), rule: RULE }).epsilonMs;
  }

  changeFault(id: string, change: FaultChangeRecord): void {
    const known = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    this.#faults = this.#faults.map((fault) => (fault.id === id ? { ...fault, ...known } : fault));
  }

  judge(nowMs: number): Judgement {
    this.#forget(nowMs - WINDOW_MS);
    const staleness = new Staleness({ history: this.#history(this.#operations), rule: RULE, epsilonMs: this.#epsilonMs });
    const { sieve, worst } = sieveOfWorst<StaleRead>(staleness);
    const figures = new Figures(nowMs);
    const marginMs = Math.max(0, EPSILON_MS_MIN - staleness.epsilonMs);
    let judged = 0;
    staleness.eachAnswer((read, stale) => {
      figures.take(read, stale?.superseding.atMs);
      if (!staleness.couldBeOld(read)) return;
      judged += 1;
      // Further above its bound than this machine's own hesitation.
      if (stale !== undefined && staleness.excessMs(stale) > marginMs) sieve.add(stale);
    });
    const found = worst.all.filter((stale) => this.#isNew(stale));
    const why = staleness.whyNone(judged, 'began after a change of their key');
    const state = this.#reported.size > 0 ? 'violated' : why === undefined ? 'clear' : 'unknown';
    return {
      verdict: {
        state,
        violations: this.#reported.size,
        reason:
          why ??
          [`${judged} reads judged`, ...(sieve.doubt === undefined ? [] : [`${sieve.doubted} above their bound ${sieve.doubt}`])].join(
            ', ',
          ),
      },
      found: found.map((stale) => explain(stale, staleness)),
      staleness: Object.fromEntries(this.#regions.map((region) => [region, figures.of(region)])),
      reads: Object.fromEntries(figures.reads),
    };
  }

  /** One version of a key in a region is one violation. */
  #isNew({ read }: StaleRead): boolean {
    if (this.#reported.has(cellOf(read)) || this.#reported.size >= VIOLATIONS_MAX) return false;
    this.#reported.add(cellOf(read));
    return true;
  }

  #history(operations: readonly Operation[]): History {
    const history = new History({ bounds: this.#bounds });
    for (const operation of operations) history.addOperation({ ...operation, id: history.nextId });
    for (const fault of this.#faults) history.addFault(fault);
    for (const kind of JUDGED_KINDS) this.#tell(history, kind);
    return history;
  }

  #tell<Kind extends JudgedKind>(history: History, kind: Kind): void {
    for (const record of this.#records[kind]) history.add(kind, record);
  }

  #forget(beforeMs: number): void {
    const records = this.#records;
    this.#operations = this.#operations.filter(({ startMs }) => startMs >= beforeMs).slice(-OPERATIONS_MAX);
    records.stall = records.stall.filter(({ dueMs, lateMs, overMs = lateMs }) => dueMs + overMs >= beforeMs);
    records.pressure = records.pressure.filter(({ atMs }) => atMs >= beforeMs);
    records['edge-sample'] = records['edge-sample'].filter(({ atMs }) => atMs >= beforeMs - RECOVERY_MS_MAX);
    records['origin-sample'] = records['origin-sample'].filter(({ atMs }) => atMs >= beforeMs - RECOVERY_MS_MAX);
    this.#faults = this.#faults.filter(
      ({ healedMs, recoveryAllowanceMs }) => healedMs === undefined || healedMs + recoveryAllowanceMs >= beforeMs,
    );
    records.delay = inForceSince(records.delay, beforeMs);
    records.strategy = inForceSince(records.strategy, beforeMs);
  }
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
