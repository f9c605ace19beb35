/**
 * The tables of an origin of ours, which tells of each content as it is made: the rails let requests for those through,
 * and for no other.
 */
import type { Database, Lease } from '../../../services/origin/database/database.ts';
import { type ContentRow, STATEMENTS } from '../../../services/origin/statements.ts';

type Made = Pick<ContentRow, 'id' | 'slug' | 'tags'>;

export class MadeContents implements Database {
  readonly #database: Database;
  readonly #onMade: (made: Made) => void;

  constructor(database: Database, onMade: (made: Made) => void) {
    this.#database = database;
    this.#onMade = onMade;
  }

  /** Told before whoever has made it hears of it, and before the log does. */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    if (sql !== STATEMENTS.create) return this.#database.query<Row>(sql, parameters);
    const rows = await this.#database.query<ContentRow & Row>(sql, parameters);
    for (const row of rows) this.#onMade(row);
    return rows;
  }

  execute(sql: string): Promise<void> {
    return this.#database.execute(sql);
  }

  tryLock(key: number): Promise<Lease | undefined> {
    return this.#database.tryLock(key);
  }

  connected(): Promise<boolean> {
    return this.#database.connected();
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
