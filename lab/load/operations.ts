/**
 * Each operation of a load, written down before it is sent and after it has ended; one that a load generator has sent,
 * when it has ended.
 */
import { contentKey } from '../../services/protocol/content.ts';
import type { Clock } from '../../services/runtime/clock.ts';
import type { History } from '../history/history.ts';
import type { Ending, Operation, ReadOperation } from '../history/records.ts';
import type { WallClock } from '../history/wall-clock.ts';
import type { Phase } from '../report/events.ts';
import type { Clients } from '../system/clients.ts';
import type { EdgeRead } from '../system/edges/edge.ts';
import { CallFailed } from '../system/transport.ts';
import { writerOf } from './bodies.ts';

export interface OperationsOptions {
  readonly clients: Clients;
  readonly history: History;
  readonly wallClock: WallClock;
  readonly clock: Clock;
  /** Monotonic time of the run's start. */
  readonly startedAt: number;
}

export interface ReadOptions {
  readonly region: string;
  readonly id: number;
  /** The slot that has the id, or had it; empty: none. */
  readonly slot: string;
  /** When the plan has it, on the run's clock. */
  readonly dueMs?: number;
  readonly final: boolean;
}

/** An answer as a history has it, with its time still on the wall clock. */
export interface KeptAnswer extends Omit<EdgeRead, 'body' | 'cachedAt'> {
  /** ms since 1970; left out: the cache does not tell. */
  readonly cachedAt?: number | undefined;
  /** The operation that wrote the body; null: not the workload's. Left out of a 404. */
  readonly writer?: number | null;
}

/** A read of the plan that another process has sent: when, on the run's clock, and what came of it. */
export interface SentRead {
  readonly region: string;
  readonly id: number;
  readonly dueMs: number;
  readonly startMs: number;
  readonly endMs: number;
  /** What failed says why. */
  readonly result: KeptAnswer | string;
}

/** Below this a send is at its time. */
const LATE_MS_MIN = 1;

export class Operations {
  readonly #options: OperationsOptions;
  #phase: Phase = 'warmup';

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
  }

  /** What every operation begins with: one that is sent now, unless `startMs` says when it was. */
  base(slot: string, dueMs: number | undefined, startMs: number = this.#now()) {
    const { history } = this.#options;
    const late = dueMs === undefined || startMs - dueMs < LATE_MS_MIN ? {} : { dueMs };
    return { id: history.nextId, phase: this.#phase, slot, ...late, startMs };
  }

  async read({ region, id, slot, dueMs, final }: ReadOptions): Promise<ReadOperation> {
    const { history, clients } = this.#options;
    const operation = history.addOperation<ReadOperation>({ ...this.base(slot, dueMs), kind: 'read', region, key: contentKey(id), final });
    await this.settle(operation, async () => this.#dated(keptOf(await clients.edge(region).read(id))));
    return operation;
  }

  /** Writes down a read that has ended, of the content in a slot. */
  addSent({ region, id, dueMs, startMs, endMs, result }: SentRead, slot: string): void {
    const { history } = this.#options;
    const base = this.base(slot, dueMs, startMs);
    const operation = history.addOperation<ReadOperation>({ ...base, kind: 'read', region, key: contentKey(id), final: false });
    if (typeof result === 'string') history.endOperation(operation, { outcome: 'fail', error: result, endMs });
    else history.endOperation(operation, { ...this.#dated(result), outcome: 'ok', endMs });
  }

  /** Runs an operation to its end and records how it ended. Reads change nothing, so a failed one is `fail`. */
  async settle(operation: Operation, send: () => Promise<Partial<Ending>>): Promise<void> {
    const { history } = this.#options;
    try {
      const answer = await send();
      history.endOperation(operation, { ...answer, outcome: 'ok', endMs: this.#now() });
    } catch (failure) {
      const outcome = operation.kind === 'read' || (failure instanceof CallFailed && failure.definite) ? 'fail' : 'unknown';
      history.endOperation(operation, { outcome, error: messageOf(failure), endMs: this.#now() });
    }
  }

  #dated({ cachedAt, ...kept }: KeptAnswer): Partial<Ending> {
    return cachedAt === undefined ? kept : { ...kept, cachedMs: this.#options.wallClock.toRunMs(cachedAt) };
  }

  #now(): number {
    return this.#options.clock.monotonicMs() - this.#options.startedAt;
  }
}

export function keptOf({ body, ...answer }: EdgeRead): KeptAnswer {
  return body === undefined ? answer : { ...answer, writer: writerOf(body) };
}

export function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
