/**
 * A database that is answered for before it is there: until its tables are made, every call is refused as if it were
 * away. So an origin that starts before its database serves 503 and comes up by itself.
 */
import { type Clock, sleep } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { type Database, DatabaseUnavailable, type Lease } from './database.ts';

export interface PreparedDatabaseOptions {
  readonly database: Database;
  /** Safe to repeat. */
  readonly prepare: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const BACKOFF_MS_MIN = 100;
const BACKOFF_MS_MAX = 2_000;

export class PreparedDatabase implements Database {
  readonly #options: PreparedDatabaseOptions;
  readonly #closing = new AbortController();
  #ready = false;

  private constructor(options: PreparedDatabaseOptions) {
    this.#options = options;
  }

  /**
   * Prepared when it resolves; or, when the database is away, prepared as soon as it is there. Any other error is
   * thrown.
   */
  static async open(options: PreparedDatabaseOptions): Promise<PreparedDatabase> {
    const prepared = new PreparedDatabase(options);
    if (!(await prepared.#attempt())) void prepared.#retry();
    return prepared;
  }

  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]> {
    return this.#whenReady(() => this.#options.database.query<Row>(sql, parameters));
  }

  execute(sql: string): Promise<void> {
    return this.#whenReady(() => this.#options.database.execute(sql));
  }

  tryLock(key: number): Promise<Lease | undefined> {
    return this.#whenReady(() => this.#options.database.tryLock(key));
  }

  async connected(): Promise<boolean> {
    return this.#ready && this.#options.database.connected();
  }

  /** Stops preparing; who opened the database closes it. */
  async close(): Promise<void> {
    this.#closing.abort();
  }

  #whenReady<T>(call: () => Promise<T>): Promise<T> {
    return this.#ready ? call() : Promise.reject(new DatabaseUnavailable('the database has not answered yet'));
  }

  async #attempt(): Promise<boolean> {
    try {
      await this.#options.prepare();
      this.#ready = true;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      this.#options.logger.warn({ error: error.message }, 'the database does not answer yet, trying again');
    }
    return this.#ready;
  }

  async #retry(): Promise<void> {
    const { clock, logger } = this.#options;
    for (let backoffMs = BACKOFF_MS_MIN; !this.#closing.signal.aborted; backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)) {
      await sleep(clock, backoffMs, this.#closing.signal);
      if (this.#closing.signal.aborted) return;
      const ready = await this.#attempt().catch((error: unknown) => {
        logger.error({ error: String(error) }, 'the tables could not be made, trying again');
        return false;
      });
      if (ready) return logger.info({}, 'the database is there');
    }
  }
}
