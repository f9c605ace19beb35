/**
 * The history of a run: every operation, before it is sent and after it ends, and what else is known of the time. Checks judge
 * nothing else. What is added is told as a line, too, at once: see `history-lines.ts`. Reads that a load generator has sent are added when
 * they have ended, so operations need not be in the order of their times.
 */
import type { EdgeBounds, RegionBounds } from '../system/edges/edge.ts';
import { ownEdge } from '../system/edges/own.ts';
import type { HistoryHead, OnHistoryLine } from './history-lines.ts';
import { type RecordKind, type RecordOf, toRecordLine } from './record-kinds.ts';
import type { Ending, FaultChangeRecord, FaultRecord, LoadPlanned, Operation, ReadOperation } from './records.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class History {
  readonly #operations: Operation[] = [];
  readonly #faults: Mutable<FaultRecord>[] = [];
  readonly #records: { [Kind in RecordKind]?: RecordOf<Kind>[] } = {};
  readonly #onLine: OnHistoryLine | undefined;
  #head: HistoryHead | undefined;
  /** By region. */
  #bounds: ReadonlyMap<string, EdgeBounds>;
  #endedMs: number | undefined;
  #revision = 0;

  /** `onLine` takes everything that is added, as it is. `bounds`: of one without a head, which tells them otherwise. */
  constructor(onLine?: OnHistoryLine, bounds: RegionBounds = {}) {
    this.#onLine = onLine;
    this.#bounds = new Map(Object.entries(bounds));
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

  get faults(): readonly FaultRecord[] {
    return this.#faults;
  }

  /** undefined: the load has not begun. */
  get load(): LoadPlanned | undefined {
    return this.of('load').at(-1);
  }

  /** What the answers of a region are judged by that follows from how its cache is made. */
  boundsOf(region: string): EdgeBounds {
    return this.#bounds.get(region) ?? ownEdge.bounds;
  }

  get nextId(): number {
    return this.#operations.length;
  }

  /** All records of a kind, in the order in which they were added. */
  of<Kind extends RecordKind>(kind: Kind): readonly RecordOf<Kind>[] {
    return this.#listOf(kind);
  }

  reads(): ReadOperation[] {
    return this.#operations.filter((operation) => operation.kind === 'read');
  }

  begin(head: HistoryHead): void {
    this.#revision += 1;
    this.#head = head;
    if (head.bounds !== undefined) this.#bounds = new Map(Object.entries(head.bounds));
    this.#onLine?.(head);
  }

  /** The run went through all its phases. */
  finish(atMs: number): void {
    this.#revision += 1;
    this.#endedMs = atMs;
    this.#onLine?.({ line: 'end', atMs });
  }

  add<Kind extends RecordKind>(kind: Kind, record: RecordOf<Kind>): void {
    this.#revision += 1;
    this.#listOf(kind).push(record);
    this.#onLine?.(toRecordLine(kind, record));
  }

  /** Before it is sent, by this process. Its id must be `nextId`. */
  addOperation<Op extends Operation>(operation: Op): Op {
    this.#revision += 1;
    this.#operations.push(operation);
    this.#onLine?.({ line: 'sent', operation });
    return operation;
  }

  /** After it has ended. What the history holds of it is changed in place. */
  endOperation(operation: Operation, ending: Ending): void {
    this.#revision += 1;
    Object.assign(operation, ending);
    this.#onLine?.({ line: 'ended', id: operation.id, ...ending });
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

  #listOf<Kind extends RecordKind>(kind: Kind): RecordOf<Kind>[] {
    this.#records[kind] ??= [];
    return this.#records[kind];
  }
}
