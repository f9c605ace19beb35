/**
 * A subscription across a wire. Records travel as long as the link takes; while it is not open none do, and those on
 * the way are lost. When it is open again each partition is read on from the first record that did not arrive.
 *
 * After more than a session without the link the group has given the partitions away: the subscriber is assigned them
 * again and answers where to read from, as after Kafka's rebalance. One that cannot answer is asked again while the
 * link is open; one that threw at records is assigned anew, for it may have lost them.
 *
 * States: flowing -> held -> (short) flowing | (long) rejoining -> flowing ... -> closed
 */
import {
  type InvalidationLog,
  type LogRecord,
  type LogSubscriber,
  type LogSubscription,
  LogUnavailable,
} from '../../../services/log/log.ts';
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import type { Gate } from './gate.ts';
import type { Wire } from './wire.ts';

export interface WiredLogOptions {
  readonly log: InvalidationLog;
  readonly wire: Wire;
  readonly caller: Gate;
  readonly clock: Clock;
}

/** Kafka's session.timeout.ms, as the edges set it. */
export const SESSION_MS = 6_000;
const CHECK_DEADLINE_MS = 1_000;
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1_000;

interface PartitionFlow {
  /** The next record to deliver. */
  next: number;
  /** The subscriber asked for a pause. */
  paused: boolean;
  /** Counts seeks and losses: what was read before one is not delivered after it. */
  epoch: number;
  /** Records arrive in order, the last one at this moment of the monotonic clock. */
  arrivesMs: number;
  /** Batches on the way. */
  travelling: number;
  /**
   * When the last of them has been delivered: of timers of about one moment any may run first, on a real clock, too.
   */
  arrived: Promise<void>;
}

export class WiredSubscription implements LogSubscription {
  readonly #options: WiredLogOptions;
  readonly #subscriber: LogSubscriber;
  readonly #flows = new Map<number, PartitionFlow>();
  readonly #stopListening: (() => void)[];
  #inner: LogSubscription | undefined;
  /** Since when nothing flows; undefined while it does. */
  #heldSinceMs: number | undefined;
  #rejoining = false;
  /** One question at a time, whoever asks: the link's return, or a log that has dropped what was to be read. */
  #asking: Promise<unknown> = Promise.resolve();
  /** The subscriber has yet to say where to read on. */
  #isAsked = false;
  readonly #closing = new AbortController();

  private constructor(options: WiredLogOptions, subscriber: LogSubscriber) {
    this.#options = options;
    this.#subscriber = subscriber;
    this.#stopListening = [options.wire.onChange(() => this.#sync()), options.caller.onChange(() => this.#sync())];
  }

  static async open(options: WiredLogOptions, subscriber: LogSubscriber): Promise<WiredSubscription> {
    const subscription = new WiredSubscription(options, subscriber);
    try {
      subscription.#inner = await options.log.subscribe({
        group: subscriber.group,
        ...(subscriber.closing === undefined ? {} : { closing: subscriber.closing }),
        onAssigned: (bounds) =>
          subscription.#assign(
            bounds.map(({ partition }) => partition),
            () => subscriber.onAssigned(bounds),
          ),
        onRecords: (partition, records) => subscription.#carry(partition, records),
      });
    } catch (error) {
      subscription.#unlisten();
      throw error;
    }
    subscription.#sync();
    return subscription;
  }

  seek(partition: number, offset: number): void {
    const flow = this.#flow(partition);
    flow.next = offset;
    flow.epoch += 1;
    this.#inner?.seek(partition, offset);
  }

  pause(partition: number): void {
    this.#flow(partition).paused = true;
    this.#inner?.pause(partition);
  }

  resume(partition: number): void {
    this.#flow(partition).paused = false;
    if (this.#heldSinceMs === undefined) this.#inner?.resume(partition);
  }

  async commit(nextOffsets: ReadonlyMap<number, number>): Promise<void> {
    if (this.#heldSinceMs === undefined) await this.#inner?.commit(nextOffsets);
  }

  async isSameLog(): Promise<boolean> {
    const { wire, caller } = this.#options;
    const inner = this.#inner;
    if (inner === undefined || this.#closed || this.#heldSinceMs !== undefined) return false;
    const toError = (why: string) => new LogUnavailable(`the log does not answer: ${why}`);
    return wire.call(() => inner.isSameLog(), { caller, deadlineMs: CHECK_DEADLINE_MS, toError }).catch(() => false);
  }

  async close(): Promise<void> {
    this.#unlisten();
    await this.#inner?.close();
  }

  #unlisten(): void {
    // With a reason: without one an exception is made for it.
    this.#closing.abort('closed');
    for (const stop of this.#stopListening) stop();
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Whether anything comes through, in both ends' opinion. */
  get #isOpen(): boolean {
    return this.#options.wire.isOpen && this.#options.caller.state === 'running';
  }

  #flow(partition: number): PartitionFlow {
    const known = this.#flows.get(partition) ?? {
      next: 0,
      paused: false,
      epoch: 0,
      arrivesMs: 0,
      travelling: 0,
      arrived: Promise.resolve(),
    };
    this.#flows.set(partition, known);
    return known;
  }

  async #assign(partitions: readonly number[], ask: () => Promise<ReadonlyMap<number, number>>): Promise<ReadonlyMap<number, number>> {
    const answered = this.#asking.then(ask);
    this.#asking = answered.catch(() => {});
    const positions = await answered;
    for (const partition of partitions) {
      const flow = this.#flow(partition);
      flow.next = positions.get(partition) ?? flow.next;
      flow.epoch += 1;
    }
    return positions;
  }

  #carry(partition: number, records: readonly LogRecord[]): void {
    const { clock, wire } = this.#options;
    const flow = this.#flow(partition);
    if (this.#heldSinceMs !== undefined || this.#closed) return;
    const nowMs = clock.monotonicMs();
    flow.arrivesMs = Math.max(flow.arrivesMs, nowMs + wire.drawRoundTripMs());
    if (flow.arrivesMs <= nowMs && flow.travelling === 0) return this.#deliver(partition, flow, records);
    const { epoch, arrivesMs, arrived } = flow;
    flow.travelling += 1;
    flow.arrived = Promise.all([sleep(clock, arrivesMs - nowMs), arrived]).then(() => {
      flow.travelling -= 1;
      if (epoch === flow.epoch && !this.#closed) this.#deliver(partition, flow, records);
    });
  }

  #deliver(partition: number, flow: PartitionFlow, records: readonly LogRecord[]): void {
    const last = records.at(-1);
    if (last === undefined) return;
    flow.next = last.offset + 1;
    try {
      for (let copy = 0; copy < this.#options.wire.copies('back'); copy += 1) this.#subscriber.onRecords(partition, records);
    } catch {
      this.#hold();
      void this.#rejoin();
    }
  }

  /** Follows the wire and the process: holds when either does not let anything through, goes on when both do. */
  #sync(): void {
    const { caller, clock } = this.#options;
    if (this.#closed || this.#inner === undefined) return;
    // Who was killed does not say goodbye; its connection is gone all the same.
    if (caller.state === 'stopped') return void this.close();
    if (this.#rejoining) return;
    if (!this.#isOpen && this.#heldSinceMs === undefined) this.#hold();
    else if (this.#isOpen && this.#heldSinceMs !== undefined) {
      if (this.#isAsked || clock.monotonicMs() - this.#heldSinceMs > SESSION_MS) void this.#rejoin();
      else this.#goOn();
    }
  }

  #hold(): void {
    this.#heldSinceMs = this.#options.clock.monotonicMs();
    for (const [partition, flow] of this.#flows) {
      flow.epoch += 1;
      this.#inner?.pause(partition);
    }
  }

  #goOn(): void {
    this.#heldSinceMs = undefined;
    for (const [partition, flow] of this.#flows) {
      this.#inner?.seek(partition, flow.next);
      if (!flow.paused) this.#inner?.resume(partition);
    }
  }

  async #rejoin(): Promise<void> {
    this.#rejoining = true;
    this.#isAsked = true;
    await this.#assignUntilAnswered();
    this.#rejoining = false;
    this.#sync();
  }

  /** Never throws. What is not answered before the link is cut again is asked when it is repaired. */
  async #assignUntilAnswered(): Promise<void> {
    const { log, clock } = this.#options;
    for (let backoffMs = BACKOFF_MS_MIN; this.#isOpen && !this.#closed; backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)) {
      try {
        const bounds = await log.bounds();
        await this.#assign([...this.#flows.keys()], () => this.#subscriber.onAssigned(bounds));
        this.#isAsked = false;
        return this.#goOn();
      } catch {
        // As it was before: the subscriber cannot answer, its cache being away, say; or it closes.
        await sleep(clock, backoffMs, this.#closing.signal);
      }
    }
  }
}
