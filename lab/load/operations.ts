/** Each operation of a load, written down before it is sent and after it has ended. */
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

  /** What every operation begins with that is sent now. */
  base(slot: string, dueMs: number | undefined) {
    const { history } = this.#options;
    const startMs = this.#now();
    const late = dueMs === undefined || startMs - dueMs < LATE_MS_MIN ? {} : { dueMs };
    return { id: history.nextId, phase: this.#phase, slot, ...late, startMs };
  }

  async read({ region, id, slot, dueMs, final }: ReadOptions): Promise<ReadOperation> {
    const { history, clients } = this.#options;
    const operation = history.addOperation<ReadOperation>({ ...this.base(slot, dueMs), kind: 'read', region, key: contentKey(id), final });
    await this.settle(operation, async () => this.#toAnswer(await clients.edge(region).read(id)));
    return operation;
  }

  /** Runs an operation to its end and records how it ended. Reads change nothing, so a failed one is `fail`. */
  async settle(operation: Operation, send: () => Promise<Partial<Ending>>): Promise<void> {
    const { history } = this.#options;
    try {
      const answer = await send();
      history.endOperation(operation, { ...answer, outcome: 'ok', endMs: this.#now() });
    } catch (failure) {
      const outcome = operation.kind === 'read' || (failure instanceof CallFailed && failure.definite) ? 'fail' : 'unknown';
      const error = failure instanceof Error ? failure.message : String(failure);
      history.endOperation(operation, { outcome, error, endMs: this.#now() });
    }
  }

  #toAnswer({ cachedAt, body, ...answer }: EdgeRead): Partial<Ending> {
    const writer = body === undefined ? {} : { writer: writerOf(body) };
    const cached = cachedAt === undefined ? {} : { cachedMs: this.#options.wallClock.toRunMs(cachedAt) };
    return { ...answer, ...writer, ...cached };
  }

  #now(): number {
    return this.#options.clock.monotonicMs() - this.#options.startedAt;
  }
}
