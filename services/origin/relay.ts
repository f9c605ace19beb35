/**
 * The relay: publishes the outbox to the log, in order, at least once.
 *
 * One relay at a time holds an advisory lock. It claims what is not sent, publishes it outside any transaction, then
 * marks it sent; a crash in between publishes again, which every edge takes without harm, and loses nothing. It claims
 * and marks in the session that holds the lock, so a crowd that waits for the database holds up neither what it
 * publishes nor its heartbeats.
 *
 * Where there is a lease it also sends heartbeats. Its clock is read *before* the claim, and the heartbeat with that
 * time follows once all that the claim returned is acknowledged, unless the claim was cut short: so what could be seen
 * before that time stands before the heartbeat.
 *
 * States: locking -> idle <-> publishing -> backingOff -> locking ... -> closed
 */
import type { InvalidationLog, LogMessage } from '../log/log.ts';
import { HEARTBEAT_TYPE, heartbeatValue } from '../protocol/heartbeat.ts';
import { EVENT_TYPE_HEADER, type InvalidationEvent } from '../protocol/invalidation.ts';
import type { PublishedInvalidation } from '../protocol/origin-api.ts';
import { type Clock, sleep } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { Recent } from '../runtime/recent.ts';
import type { Database, Lease } from './database/database.ts';
import type { Claim, Outbox } from './outbox.ts';

export interface RelayOptions {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly log: InvalidationLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** At most one heartbeat in so long. Left out or 0: none. */
  readonly heartbeatMs?: number | undefined;
}

/** Any number will do, as long as every relay uses the same. */
const RELAY_LOCK = 4_000_001;
const CLAIM_MAX = 500;
/** A write wakes the relay at once; this finds what another process wrote, or a crash left behind. */
const POLL_MS = 500;
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 2_000;
const PRUNE_EVERY_MS = 60_000;
/** A log that hangs must not keep the process: what it leaves behind, the next relay publishes. */
const CLOSE_MS_MAX = 3_000;

export class Relay {
  readonly #options: RelayOptions;
  readonly #closing = new AbortController();
  readonly #published = new Recent<PublishedInvalidation>();
  #woken = false;
  #wake: () => void = () => {};
  #stopped: Promise<void> | undefined;
  #prunedAt: number;
  /** On the monotonic clock. */
  #nextBeatMs: number;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#prunedAt = options.clock.now();
    this.#nextBeatMs = options.heartbeatMs ? 0 : Number.POSITIVE_INFINITY;
  }

  start(): void {
    this.#stopped = this.#run();
  }

  /** What it published last, newest first. */
  published(): PublishedInvalidation[] {
    return this.#published.list();
  }

  /** There may be something to publish. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Lets the batch being published end, within its bound. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake();
    const ended = new AbortController();
    await Promise.race([this.#stopped, sleep(this.#options.clock, CLOSE_MS_MAX, ended.signal)]);
    ended.abort();
  }

  async #run(): Promise<void> {
    let backoffMs = BACKOFF_MS_MIN;
    while (!this.#closing.signal.aborted) {
      try {
        const lease = await this.#options.database.tryLock(RELAY_LOCK);
        if (lease === undefined) await sleep(this.#options.clock, POLL_MS, this.#closing.signal);
        else
          await this.#relayUnder(lease, () => {
            backoffMs = BACKOFF_MS_MIN;
          });
      } catch (error) {
        this.#options.logger.warn({ error: String(error), backoffMs }, 'relay stopped, trying again');
        await sleep(this.#options.clock, backoffMs, this.#closing.signal);
        backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2);
      }
    }
  }

  async #relayUnder(lease: Lease, onProgress: () => void): Promise<void> {
    const outbox = this.#options.outbox.through(lease);
    try {
      while (lease.held() && !this.#closing.signal.aborted) {
        this.#woken = false;
        const published = await this.#publishOnce(outbox);
        onProgress();
        if (published < CLAIM_MAX) await this.#idle(outbox);
      }
    } finally {
      await lease.release().catch(() => {});
    }
  }

  async #publishOnce(outbox: Outbox): Promise<number> {
    const { clock } = this.#options;
    const askedAt = clock.now();
    const claim = await outbox.claim(CLAIM_MAX);
    const claimed = claim.ids.length;
    if (claimed > 0) await this.#publish(claim, outbox);
    if (claimed < CLAIM_MAX && this.#nextBeatMs <= clock.monotonicMs()) this.#beat(askedAt);
    return claimed;
  }

  async #publish({ ids, events, claimedAt }: Claim, outbox: Outbox): Promise<void> {
    const { log, clock } = this.#options;
    await log.append(events.map(toMessage));
    const sentAt = clock.now();
    for (const event of events) this.#published.add(toPublished(event, claimedAt, sentAt));
    await outbox.markSent(ids);
  }

  /**
   * Behind whoever calls, one at a time: no event waits for a heartbeat. It is true wherever in the log it arrives
   * later.
   */
  #beat(time: number): void {
    const { clock, logger, heartbeatMs = 0 } = this.#options;
    const nextMs = clock.monotonicMs() + heartbeatMs;
    this.#nextBeatMs = Number.POSITIVE_INFINITY;
    this.#sendBeat(time)
      .catch((error) => logger.debug({ error: String(error) }, 'a heartbeat was refused'))
      .finally(() => {
        this.#nextBeatMs = nextMs;
      });
  }

  /** Partitions are counted after the claim: whatever was published before is in one of them. */
  async #sendBeat(time: number): Promise<void> {
    const { log } = this.#options;
    const partitions = (await log.bounds()).map(({ partition }) => partition);
    const value = heartbeatValue({ time, partitions: partitions.length });
    const headers = { [EVENT_TYPE_HEADER]: HEARTBEAT_TYPE };
    await log.append(partitions.map((partition) => ({ key: HEARTBEAT_TYPE, value, headers, partition })));
  }

  /** Until woken, or the next poll. */
  async #idle(outbox: Outbox): Promise<void> {
    const { clock } = this.#options;
    if (clock.now() - this.#prunedAt > PRUNE_EVERY_MS) {
      this.#prunedAt = clock.now();
      await outbox.prune();
    }
    if (this.#woken || this.#closing.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer(Math.min(POLL_MS, Math.max(0, this.#nextBeatMs - clock.monotonicMs())), resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
    this.#wake = () => {};
  }
}

function toMessage(event: InvalidationEvent): LogMessage {
  return { key: event.target, value: JSON.stringify(event), headers: { [EVENT_TYPE_HEADER]: event.type } };
}

/** The event's time is that of its row. */
function toPublished(event: InvalidationEvent, claimedAt: number, sentAt: number): PublishedInvalidation {
  const { id, type, target, version = null, timestamp } = event;
  return { id, type, target, version, createdAt: Date.parse(timestamp), claimedAt, sentAt };
}
