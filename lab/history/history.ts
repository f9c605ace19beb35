/**
 * The history of a run: every operation, before it is sent and after it ends, and what else is known of the time.
 * Checks judge nothing else. What is added is told as a line, too, at once: see `history-lines.ts`. Reads that a load
 * generator has sent are added when they have ended, so operations need not be in the order of their times.
 *
 * Reads are many: they can be gone through again and again, in their order, and are not all in memory
 * (`read-store.ts`).
 */
import type { EdgeBounds, RegionBounds } from '../system/edges/edge.ts';
import { ownEdge } from '../system/edges/own.ts';
import type { HistoryHead, OnHistoryLine } from './history-lines.ts';
import { firstIndex } from './ordered.ts';
import { ReadStore } from './read-store.ts';
import { type RecordKind, type RecordOf, toRecordLine } from './record-kinds.ts';
import type { Change, Ending, FaultChangeRecord, FaultRecord, LoadPlanned, Operation, ReadOperation } from './records.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface HistoryOptions {
  /** Takes everything that is added, as it is. */
  readonly onLine?: OnHistoryLine | undefined;
  /** Of one without a head, which tells them otherwise. */
  readonly bounds?: RegionBounds;
  /** How many reads are in memory at most. Left out: some tens of thousands. */
  readonly readsInMemory?: number;
}

export class History {
  /** By their ids. */
  readonly #changes: Change[] = [];
  readonly #reads: ReadStore;
  /** Those that have not ended, by their ids. */
  readonly #open = new Map<number, Operation>();
  readonly #faults: Mutable<FaultRecord>[] = [];
  readonly #records: { [Kind in RecordKind]?: RecordOf<Kind>[] } = {};
  readonly #onLine: OnHistoryLine | undefined;
  #head: HistoryHead | undefined;
  /** By region. */
  #bounds: ReadonlyMap<string, EdgeBounds>;
  #endedMs: number | undefined;
  #revision = 0;
  #nextId = 0;

  constructor({ onLine, bounds = {}, readsInMemory }: HistoryOptions = {}) {
    this.#onLine = onLine;
    this.#bounds = new Map(Object.entries(bounds));
    this.#reads = new ReadStore(readsInMemory);
  }

  get head(): HistoryHead | undefined {
    return this.#head;
  }

  /** undefined: the run did not get to its end. */
  get endedMs(): number | undefined {
    return this.#endedMs;
  }

  /** Of a run that was stopped, or has not got to its end yet. */
  get isCutOff(): boolean {
    return this.#head !== undefined && this.#endedMs === undefined;
  }

  /** Another one after each change. */
  get revision(): number {
    return this.#revision;
  }

  /** Writes and purges, in the order in which they were sent. */
  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** undefined: there is none, or it is a read. */
  change(id: number): Change | undefined {
    const at = firstIndex(this.#changes.length, (place) => (this.#changes[place]?.id ?? 0) >= id);
    const found = this.#changes[at];
    return found?.id === id ? found : undefined;
  }

  /** Every read, ended or not, in the order in which they began. It can be gone through again. */
  get reads(): Iterable<ReadOperation> {
    const open = [...this.#open.values()].filter((operation) => operation.kind === 'read');
    return this.#reads.inOrder(open);
  }

  /** What was sent and has not ended. */
  openOperation(id: number): Operation | undefined {
    return this.#open.get(id);
  }

  get openCount(): number {
    return this.#open.size;
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

  /** As many operations as there are. */
  get nextId(): number {
    return this.#nextId;
  }

  /** All records of a kind, in the order in which they were added. */
  of<Kind extends RecordKind>(kind: Kind): readonly RecordOf<Kind>[] {
    return this.#listOf(kind);
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
    this.#nextId += 1;
    if (operation.kind !== 'read') this.#changes.push(operation);
    if (operation.outcome === undefined) this.#open.set(operation.id, operation);
    else if (operation.kind === 'read') this.#reads.add(operation);
    this.#onLine?.({ line: 'sent', operation });
    return operation;
  }

  /** After it has ended. What the history holds of it is changed in place. */
  endOperation(operation: Operation, ending: Ending): void {
    this.#revision += 1;
    Object.assign(operation, ending);
    if (this.#open.delete(operation.id) && operation.kind === 'read') this.#reads.add(operation);
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
