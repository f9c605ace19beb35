/**
 * Postgres in WebAssembly, in this process and in memory (PGlite, owned by this file). It has one session: advisory
 * locks do not exclude anybody in it, which is right as long as one process has one relay.
 */
import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { type Database, DatabaseUnavailable, type Lease, toDatabaseError } from './database.ts';

export interface PgliteOptions {
  /**
   * An empty cluster dumped at build time: 0.4 s to load instead of 2 to 3 s to make. Made when the file is missing.
   */
  readonly dumpFile?: string;
}

export class PgliteDatabase implements Database {
  readonly #pglite: PGlite;

  private constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  static async open({ dumpFile }: PgliteOptions = {}): Promise<PgliteDatabase> {
    const dump = dumpFile === undefined ? undefined : await readFile(dumpFile).catch(() => undefined);
    return new PgliteDatabase(await PGlite.create(dump === undefined ? {} : { loadDataDir: new Blob([new Uint8Array(dump)]) }));
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    this.#assertOpen();
    try {
      return (await this.#pglite.query<Row>(sql, [...parameters])).rows;
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  async execute(sql: string): Promise<void> {
    this.#assertOpen();
    await this.#pglite.exec(sql);
  }

  async tryLock(key: number): Promise<Lease | undefined> {
    const [row] = await this.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [key]);
    if (row?.locked !== true) return undefined;
    return {
      held: () => !this.#pglite.closed,
      query: (sql, parameters) => this.query(sql, parameters),
      release: async () => void (await this.query('SELECT pg_advisory_unlock($1)', [key])),
    };
  }

  async connected(): Promise<boolean> {
    return this.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    if (!this.#pglite.closed) await this.#pglite.close();
  }

  #assertOpen(): void {
    if (this.#pglite.closed) throw new DatabaseUnavailable('the database is closed');
  }
}

/** A freshly made, empty cluster, for `dumpFile`. */
export async function dumpEmptyCluster(): Promise<Uint8Array> {
  const pglite = await PGlite.create();
  const dump = await pglite.dumpDataDir('gzip');
  await pglite.close();
  return new Uint8Array(await dump.arrayBuffer());
}
