/**
 * Offsets committed to Kafka, for whoever looks at the group there: gathered for a moment, and a failure costs nothing.
 */
import type { Clock, Timer } from '../../runtime/clock.ts';
import { within } from '../../runtime/deadline.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Consumer } from './client.ts';

export interface CommitsOptions {
  readonly topic: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const COMMIT_EVERY_MS = 500;
const LAST_COMMIT_MS_MAX = 500;

export class Commits {
  readonly #options: CommitsOptions;
  readonly #noted = new Map<number, number>();
  #consumer: Consumer | undefined;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: CommitsOptions) {
    this.#options = options;
  }

  use(consumer: Consumer | undefined): void {
    this.#consumer = consumer;
  }

  note(nextOffsets: ReadonlyMap<number, number>): void {
    for (const [partition, next] of nextOffsets) this.#noted.set(partition, next);
    if (this.#closed) return;
    this.#timer ??= this.#options.clock.setTimer(COMMIT_EVERY_MS, () => {
      this.#timer = undefined;
      void this.#send();
    });
  }

  /** Sends what is left, unless Kafka does not answer soon. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    const deadline = { clock: this.#options.clock, ms: LAST_COMMIT_MS_MAX, what: 'the last commit' };
    await within(deadline, this.#send()).catch(() => {});
  }

  async #send(): Promise<void> {
    const { topic, logger } = this.#options;
    if (this.#consumer === undefined || this.#noted.size === 0) return;
    const offsets = [...this.#noted].map(([partition, next]) => ({ topic, partition, offset: String(next) }));
    this.#noted.clear();
    try {
      await this.#consumer.commitOffsets(offsets);
    } catch (error) {
      logger.debug({ error: String(error) }, 'commit failed');
    }
  }
}
