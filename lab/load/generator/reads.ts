/** The reads of a plan, from its draw to their answers, in whatever process they are sent. */
import type { Clock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import type { EdgeUnderTest } from '../../system/edges/edge.ts';
import { openEdge } from '../../system/edges/edges.ts';
import type { Transport } from '../../system/transport.ts';
import { keptOf, messageOf } from '../operations.ts';
import { drawReads, type PlannedRead } from '../plan.ts';
import type { SlotId } from '../slot-writes.ts';
import type { GeneratedRead, GeneratorOrder } from './messages.ts';
import { sendAtTimes } from './send-at-times.ts';

export interface ReadsOptions {
  readonly order: GeneratorOrder;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly onRead: (read: GeneratedRead) => void;
}

export class Reads {
  readonly #options: ReadsOptions;
  /** By region. */
  readonly #edges: ReadonlyMap<string, EdgeUnderTest>;
  /** By slot. */
  readonly #ids: Map<number, number>;
  #lastId: number;
  /** At most what is due within a request's deadline: at 10,000 reads a second 50,000. */
  #underWay = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: ReadsOptions) {
    const { order, transport } = options;
    this.#options = options;
    this.#edges = new Map(order.edges.map((address) => [address.region, openEdge(address, { transport, adminToken: undefined })]));
    this.#ids = new Map(order.ids);
    this.#lastId = Math.max(0, ...order.ids.map(([, id]) => id));
  }

  created([slot, id]: SlotId): void {
    this.#ids.set(slot, id);
    this.#lastId = Math.max(this.#lastId, id);
  }

  /** Resolves when all have ended; after an abort nothing more is sent. `begunAt`: monotonic. */
  async run(begunAt: number, signal: AbortSignal): Promise<void> {
    const { order, clock } = this.#options;
    const plan = drawReads({ ...order, random: createRandom(order.seed) });
    await sendAtTimes({ plan, clock, begunAt, send: (planned, dueAt) => this.#send(planned, dueAt), signal });
    if (this.#underWay === 0) return;
    const idle = Promise.withResolvers<void>();
    this.#onIdle = idle.resolve;
    await idle.promise;
  }

  #send(planned: PlannedRead, dueAt: number): void {
    const { region } = planned;
    const edge = this.#edges.get(region);
    const id = planned.kind === 'read' ? this.#ids.get(planned.slot) : this.#lastId + 1;
    if (edge === undefined || id === undefined) return;
    const ahead = planned.kind === 'read' ? {} : ({ isAhead: true } as const);
    const sent = { region, id, ...ahead, dueMs: this.#toRunMs(dueAt), startMs: this.#now() };
    this.#underWay += 1;
    edge.read(id).then(
      (answer) => this.#ended({ ...sent, endMs: this.#now(), result: keptOf(answer) }),
      (failure: unknown) => this.#ended({ ...sent, endMs: this.#now(), result: messageOf(failure) }),
    );
  }

  #ended(read: GeneratedRead): void {
    this.#underWay -= 1;
    this.#options.onRead(read);
    if (this.#underWay === 0) this.#onIdle?.();
  }

  #now(): number {
    return this.#toRunMs(this.#options.clock.monotonicMs());
  }

  #toRunMs(monotonicMs: number): number {
    return monotonicMs - this.#options.order.startedAt;
  }
}
