/** Postgres across a wire: what the origin has of it. A statement that had no answer may have been executed. */
import { type Database, DatabaseUnavailable, type Lease } from '../../../services/origin/database/database.ts';
import type { Gate } from './gate.ts';
import type { Wire } from './wire.ts';

const QUERY_DEADLINE_MS = 2_000;

export interface WiredDatabaseOptions {
  readonly database: Database;
  readonly wire: Wire;
  readonly caller: Gate;
  readonly callee: Gate;
}

export class WiredDatabase implements Database {
  readonly #options: WiredDatabaseOptions;

  constructor(options: WiredDatabaseOptions) {
    this.#options = options;
  }

  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#call((database) => database.query<Row>(sql, parameters));
  }

  execute(sql: string): Promise<void> {
    return this.#call((database) => database.execute(sql));
  }

  /** The session that holds it ends when the server stops. */
  async tryLock(key: number): Promise<Lease | undefined> {
    const lease = await this.#call((database) => database.tryLock(key));
    if (lease === undefined) return undefined;
    let isLost = false;
    const stopListening = this.#options.callee.onChange(() => {
      isLost ||= this.#options.callee.state === 'stopped';
    });
    return {
      held: () => !isLost && lease.held(),
      query: <Row>(sql: string, parameters: readonly unknown[] = []) => this.#call(() => lease.query<Row>(sql, parameters)),
      release: () => {
        stopListening();
        return this.#call(() => lease.release());
      },
    };
  }

  connected(): Promise<boolean> {
    return this.#call((database) => database.connected()).catch(() => false);
  }

  close(): Promise<void> {
    return this.#options.database.close();
  }

  #call<T>(send: (database: Database) => Promise<T>): Promise<T> {
    const { database, wire, caller } = this.#options;
    const toError = (why: string) => new DatabaseUnavailable(`the database does not answer: ${why}`);
    return wire.call(() => send(database), { caller, deadlineMs: QUERY_DEADLINE_MS, toError });
  }
}
