/** The outbox: invalidations written with their change, waiting to be published in order. */
import { type InvalidationEvent, type PurgeRequest, TARGET_ALL } from '../protocol/invalidation.ts';
import { type Clock, toTimestamp } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { Queries } from './database/database.ts';
import { type OutboxRow, STATEMENTS } from './statements.ts';

export interface OutboxOptions {
  readonly database: Queries;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Claim {
  readonly ids: readonly string[];
  readonly events: readonly InvalidationEvent[];
  /** Wall time in ms. */
  readonly claimedAt: number;
}

export interface OutboxStatus {
  readonly pending: number;
  readonly oldestAgeMs: number | null;
}

const SENT_KEPT_MS = 3_600_000;

export class Outbox {
  readonly #database: Queries;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ database, clock, random }: OutboxOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#random = random;
  }

  /** The same outbox, through a session of whoever asks. */
  through(database: Queries): Outbox {
    return new Outbox({ database, clock: this.#clock, random: this.#random });
  }

  /** Queues a purge; answers the event's id. */
  async enqueue({ type, target, mode }: PurgeRequest): Promise<string> {
    const eventId = this.#random.uuid();
    await this.#database.query(STATEMENTS.enqueue, [eventId, type, target ?? TARGET_ALL, mode, toTimestamp(this.#clock.now())]);
    return eventId;
  }

  /** The oldest rows not yet sent, in order. Only the relay that holds the lock may call this. */
  async claim(limit: number): Promise<Claim> {
    const rows = await this.#database.query<OutboxRow>(STATEMENTS.claim, [limit]);
    return { ids: rows.map((row) => row.id), events: rows.map(toEvent), claimedAt: this.#clock.now() };
  }

  async markSent(ids: readonly string[]): Promise<void> {
    await this.#database.query(STATEMENTS.markSent, [ids, toTimestamp(this.#clock.now())]);
  }

  /** Drops rows sent more than an hour ago. */
  async prune(): Promise<void> {
    await this.#database.query(STATEMENTS.prune, [toTimestamp(this.#clock.now() - SENT_KEPT_MS)]);
  }

  async status(): Promise<OutboxStatus> {
    const [row] = await this.#database.query<{ pending: number; oldest: Date | null }>(STATEMENTS.pending);
    const oldest = row?.oldest ?? null;
    return { pending: row?.pending ?? 0, oldestAgeMs: oldest === null ? null : Math.max(0, this.#clock.now() - oldest.getTime()) };
  }
}

function toEvent(row: OutboxRow): InvalidationEvent {
  return {
    id: row.event_id,
    type: row.type,
    target: row.target,
    ...(row.version === null ? {} : { version: row.version }),
    ...(row.mode === null ? {} : { mode: row.mode }),
    timestamp: toTimestamp(row.created_at.getTime()),
    priority: row.priority,
  };
}
