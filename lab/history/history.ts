/**
 * The history of a run: every operation, before it is sent and after it ends, and what else is known of the time. Checks judge
 * nothing else. What is added is told as a line, too, at once: see `history-lines.ts`.
 */
import type { HistoryHead, HistoryLine, OnHistoryLine } from './history-lines.ts';
import type {
  Abort,
  Applied,
  ClockShift,
  DelayChange,
  EdgeSample,
  Ending,
  FaultChangeRecord,
  FaultRecord,
  Finding,
  LoadPlanned,
  Operation,
  OriginSample,
  OriginState,
  PhaseEntered,
  Pressure,
  Published,
  ReadOperation,
  Stall,
  StrategyChange,
} from './records.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class History {
  readonly #operations: Operation[] = [];
  readonly #origin: OriginState[] = [];
  readonly #faults: Mutable<FaultRecord>[] = [];
  readonly #delays: DelayChange[] = [];
  readonly #strategies: StrategyChange[] = [];
  readonly #stalls: Stall[] = [];
  readonly #pressures: Pressure[] = [];
  readonly #shifts: ClockShift[] = [];
  readonly #originSamples: OriginSample[] = [];
  readonly #edgeSamples: EdgeSample[] = [];
  readonly #published: Published[] = [];
  readonly #applied: Applied[] = [];
  readonly #phases: PhaseEntered[] = [];
  readonly #aborts: Abort[] = [];
  readonly #findings: Finding[] = [];
  readonly #onLine: OnHistoryLine | undefined;
  #head: HistoryHead | undefined;
  #load: LoadPlanned | undefined;
  #endedMs: number | undefined;
  #revision = 0;

  /** `onLine` takes everything that is added, as it is. */
  constructor(onLine?: OnHistoryLine) {
    this.#onLine = onLine;
  }

  get head(): HistoryHead | undefined {
    return this.#head;
  }

  /** undefined: the run did not get to its end. */
  get endedMs(): number | undefined {
    return this.#endedMs;
  }

  /** Another one after each change. */
  get revision(): number {
    return this.#revision;
  }

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  get origin(): readonly OriginState[] {
    return this.#origin;
  }

  get faults(): readonly FaultRecord[] {
    return this.#faults;
  }

  get delays(): readonly DelayChange[] {
    return this.#delays;
  }

  get strategies(): readonly StrategyChange[] {
    return this.#strategies;
  }

  get stalls(): readonly Stall[] {
    return this.#stalls;
  }

  get pressures(): readonly Pressure[] {
    return this.#pressures;
  }

  get shifts(): readonly ClockShift[] {
    return this.#shifts;
  }

  get originSamples(): readonly OriginSample[] {
    return this.#originSamples;
  }

  get edgeSamples(): readonly EdgeSample[] {
    return this.#edgeSamples;
  }

  get published(): readonly Published[] {
    return this.#published;
  }

  get applied(): readonly Applied[] {
    return this.#applied;
  }

  get phases(): readonly PhaseEntered[] {
    return this.#phases;
  }

  /** undefined: the load has not begun. */
  get load(): LoadPlanned | undefined {
    return this.#load;
  }

  get aborts(): readonly Abort[] {
    return this.#aborts;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  get nextId(): number {
    return this.#operations.length;
  }

  begin(head: HistoryHead): void {
    this.#revision += 1;
    this.#head = head;
    this.#onLine?.(head);
  }

  /** The run went through all its phases. */
  finish(atMs: number): void {
    this.#revision += 1;
    this.#endedMs = atMs;
    this.#onLine?.({ line: 'end', atMs });
  }

  /** Before it is sent. Its id must be `nextId`. */
  add<Op extends Operation>(operation: Op): Op {
    this.#revision += 1;
    this.#operations.push(operation);
    this.#onLine?.({ line: 'sent', operation });
    return operation;
  }

  /** After it has ended. What the history holds of it is changed in place. */
  end(operation: Operation, ending: Ending): void {
    this.#revision += 1;
    Object.assign(operation, ending);
    this.#onLine?.({ line: 'ended', id: operation.id, ...ending });
  }

  addOrigin(state: OriginState): void {
    this.#revision += 1;
    this.#origin.push(state);
    this.#onLine?.({ line: 'origin', ...state });
  }

  addFault(fault: FaultRecord): void {
    this.#revision += 1;
    this.#faults.push({ ...fault });
    const { id, target, injectedMs, recoveryAllowanceMs, slows, effect, seenMs, healingMs, healedMs } = fault;
    const line = { line: 'fault', id, fault: fault.fault, target: target.text, injectedMs, recoveryAllowanceMs, effect } as const;
    this.#onLine?.(slows === undefined ? line : { ...line, slows });
    for (const change of [{ seenMs }, { healingMs }, { healedMs }])
      if (Object.values(change).some((ms) => ms !== undefined)) this.#onLine?.({ line: 'fault-changed', id, ...change });
  }

  /** Of the last fault of that id. */
  changeFault(id: string, change: FaultChangeRecord): void {
    const fault = this.#faults.findLast((known) => known.id === id);
    if (fault === undefined) throw new TypeError(`expected a fault of the history, got ${id}`);
    this.#revision += 1;
    Object.assign(fault, change);
    this.#onLine?.({ line: 'fault-changed', id, ...change });
  }

  addDelay(change: DelayChange): void {
    this.#revision += 1;
    this.#delays.push(change);
    this.#onLine?.({ line: 'delay', ...change });
  }

  addStrategy(change: StrategyChange): void {
    this.#revision += 1;
    this.#strategies.push(change);
    this.#onLine?.({ line: 'strategy', ...change });
  }

  addStall(stall: Stall): void {
    this.#keep(this.#stalls, stall, { line: 'stall', ...stall });
  }

  addPressure(pressure: Pressure): void {
    this.#keep(this.#pressures, pressure, { line: 'pressure', ...pressure });
  }

  addShift(shift: ClockShift): void {
    this.#keep(this.#shifts, shift, { line: 'clock', ...shift });
  }

  addOriginSample(sample: OriginSample): void {
    this.#keep(this.#originSamples, sample, { line: 'origin-sample', ...sample });
  }

  addEdgeSample(sample: EdgeSample): void {
    this.#keep(this.#edgeSamples, sample, { line: 'edge-sample', ...sample });
  }

  addPublished(event: Published): void {
    this.#keep(this.#published, event, { line: 'published', ...event });
  }

  addApplied(event: Applied): void {
    this.#keep(this.#applied, event, { line: 'applied', ...event });
  }

  enterPhase(entered: PhaseEntered): void {
    this.#revision += 1;
    this.#phases.push(entered);
    this.#onLine?.({ line: 'phase', ...entered });
  }

  planLoad(load: LoadPlanned): void {
    this.#revision += 1;
    this.#load = load;
    this.#onLine?.({ line: 'load', ...load });
  }

  addAbort(abort: Abort): void {
    this.#revision += 1;
    this.#aborts.push(abort);
    this.#onLine?.({ line: 'abort', ...abort });
  }

  addFinding(finding: Finding): void {
    this.#revision += 1;
    this.#findings.push(finding);
    this.#onLine?.({ line: 'finding', ...finding });
  }

  reads(): ReadOperation[] {
    return this.#operations.filter((operation) => operation.kind === 'read');
  }
  #keep<Kept>(kept: Kept[], item: Kept, line: HistoryLine): void {
    this.#revision += 1;
    kept.push(item);
    this.#onLine?.(line);
  }
}
