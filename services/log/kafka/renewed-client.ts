/**
 * One kafkajs producer or admin, connected at its first use and built anew after every failure: a broken one is never
 * used twice, and what it still had under way is cut.
 */
import type { Clock } from '../../runtime/clock.ts';
import { within } from '../../runtime/deadline.ts';
import { LogUnavailable } from '../log.ts';
import type { KafkaClient } from './client.ts';

interface Part {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

export interface RenewedClientOptions<P extends Part> {
  readonly createClient: () => KafkaClient;
  readonly create: (client: KafkaClient) => P;
  readonly clock: Clock;
  /** Told after each call whether Kafka answered it. */
  readonly onAnswer: (answered: boolean) => void;
}

interface Made<P extends Part> {
  readonly client: KafkaClient;
  readonly part: P;
  readonly connected: Promise<void>;
}

const CLOSE_MS_MAX = 1_000;

export class RenewedClient<P extends Part> {
  readonly #options: RenewedClientOptions<P>;
  #made: Made<P> | undefined;
  #closed = false;

  constructor(options: RenewedClientOptions<P>) {
    this.#options = options;
  }

  /** Throws LogUnavailable, after `ms` at the latest. */
  async use<T>({ what, ms }: { readonly what: string; readonly ms: number }, call: (part: P) => Promise<T>): Promise<T> {
    const { clock, onAnswer } = this.#options;
    if (this.#closed) throw new LogUnavailable('the log is closed');
    this.#made ??= this.#make();
    const made = this.#made;
    try {
      const result = await within(
        { clock, ms, what },
        made.connected.then(() => call(made.part)),
      );
      onAnswer(true);
      return result;
    } catch (error) {
      onAnswer(false);
      this.#drop(made);
      throw new LogUnavailable(`${what}: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const made = this.#made;
    this.#made = undefined;
    if (made === undefined) return;
    await within({ clock: this.#options.clock, ms: CLOSE_MS_MAX, what: 'disconnecting' }, made.part.disconnect()).catch(() => {});
    made.client.destroy();
  }

  #make(): Made<P> {
    const client = this.#options.createClient();
    const part = this.#options.create(client);
    const connected = part.connect();
    // Whoever uses it hears of it.
    connected.catch(() => {});
    return { client, part, connected };
  }

  #drop(made: Made<P>): void {
    if (this.#made === made) this.#made = undefined;
    made.part.disconnect().catch(() => {});
    made.client.destroy();
  }
}
