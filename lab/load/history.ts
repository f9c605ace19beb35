/**
 * The history of a run: every operation, before it is sent and after it ends. Checks judge nothing else.
 *
 * `ok`: answered. `fail`: certainly had no effect. `unknown`: may have happened, now or later.
 * Times are ms on one monotonic clock, from the run's start.
 */
import type { Effect } from '../faults/fault.ts';
import type { ConcreteTarget } from '../faults/target.ts';
import type { Phase } from '../report/events.ts';

export type Outcome = 'ok' | 'fail' | 'unknown';

interface OperationBase {
  readonly id: number;
  readonly phase: Phase;
  /** `lab-3`: one slot of the workload. Its content's id may change when it is deleted and made again. */
  readonly slot: string;
  readonly startMs: number;
  endMs: number | undefined;
  outcome: Outcome | undefined;
  error: string | undefined;
}

export interface WriteOperation extends OperationBase {
  readonly kind: 'create' | 'update' | 'delete';
  /** Cache key; undefined until a create is answered. */
  key: string | undefined;
  /** The version it made; for a delete the version of the deletion. */
  version: number | undefined;
}

export interface PurgeOperation extends OperationBase {
  readonly kind: 'purge';
  readonly type: 'key' | 'tag' | 'pattern' | 'all';
  readonly target: string;
  readonly mode: 'hard' | 'soft';
}

export interface ReadOperation extends OperationBase {
  readonly kind: 'read';
  readonly region: string;
  readonly key: string;
  /** The last read of this key in this region: what divergence is judged by. */
  readonly final: boolean;
  /** 0 for a 404 of an id never created, the deletion's version for a deleted one. */
  version: number | undefined;
  found: boolean | undefined;
  source: 'cache' | 'origin' | undefined;
  status: 'fresh' | 'stale' | undefined;
}

/** What the origin held at the end, per key: read by the lab itself, past every link. */
export interface OriginState {
  readonly key: string;
  readonly slot: string;
  readonly version: number;
  readonly deleted: boolean;
}

/** A fault as it was in force, and for how long after its heal its after-effects are excused. */
export interface FaultRecord {
  readonly id: string;
  readonly fault: string;
  readonly target: ConcreteTarget;
  readonly injectedMs: number;
  /** undefined while it is in force. */
  healedMs: number | undefined;
  readonly recoveryAllowanceMs: number;
  /** Unconfirmed until the world has shown it. */
  effect: Effect;
}

/** The propagation delay of a region from a moment on. The first of a region is at 0. */
export interface DelayChange {
  readonly region: string;
  readonly atMs: number;
  readonly delayMs: number;
}

/** The lab or its services stood still: something that was due at `dueMs` ran `lateMs` later. */
export interface Stall {
  readonly dueMs: number;
  readonly lateMs: number;
}

export type Operation = WriteOperation | PurgeOperation | ReadOperation;

export class History {
  readonly #operations: Operation[] = [];
  readonly #origin: OriginState[] = [];
  readonly #faults: FaultRecord[] = [];
  readonly #delays: DelayChange[] = [];
  readonly #stalls: Stall[] = [];

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

  get stalls(): readonly Stall[] {
    return this.#stalls;
  }

  get nextId(): number {
    return this.#operations.length;
  }

  add<Op extends Operation>(operation: Op): Op {
    this.#operations.push(operation);
    return operation;
  }

  addOrigin(state: OriginState): void {
    this.#origin.push(state);
  }

  addFault(fault: FaultRecord): FaultRecord {
    this.#faults.push(fault);
    return fault;
  }

  addDelay(change: DelayChange): void {
    this.#delays.push(change);
  }

  addStall(stall: Stall): void {
    this.#stalls.push(stall);
  }

  reads(): ReadOperation[] {
    return this.#operations.filter((operation) => operation.kind === 'read');
  }
}
