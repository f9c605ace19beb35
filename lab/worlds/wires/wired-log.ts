/** The log across a wire: what an origin or an edge has of Kafka. An append that had no answer may be in the log. */
import {
  type InvalidationLog,
  type LogMessage,
  type LogSubscriber,
  type LogSubscription,
  LogUnavailable,
  type PartitionBounds,
} from '../../../services/log/log.ts';
import { type WiredLogOptions, WiredSubscription } from './wired-subscription.ts';

const APPEND_DEADLINE_MS = 3_000;
const BOUNDS_DEADLINE_MS = 1_000;

export class WiredLog implements InvalidationLog {
  readonly #options: WiredLogOptions;

  constructor(options: WiredLogOptions) {
    this.#options = options;
  }

  append(messages: readonly LogMessage[]): Promise<void> {
    return this.#call(APPEND_DEADLINE_MS, (log) => log.append(messages));
  }

  async subscribe(subscriber: LogSubscriber): Promise<LogSubscription> {
    // Connecting is a call; what is subscribed after it is told of every change of the wire.
    await this.bounds();
    return WiredSubscription.open(this.#options, subscriber);
  }

  bounds(): Promise<readonly PartitionBounds[]> {
    return this.#call(BOUNDS_DEADLINE_MS, (log) => log.bounds());
  }

  connected(): boolean {
    return this.#options.wire.isOpen && this.#options.log.connected();
  }

  close(): Promise<void> {
    return this.#options.log.close();
  }

  #call<T>(deadlineMs: number, send: (log: InvalidationLog) => Promise<T>): Promise<T> {
    const { log, wire, caller } = this.#options;
    return wire.call(() => send(log), { caller, deadlineMs, toError: (why) => new LogUnavailable(`the log does not answer: ${why}`) });
  }
}
