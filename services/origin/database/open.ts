/** The database that a URL names. Only the adapter asked for is loaded: a container of ours has no PGlite. */
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Database } from './database.ts';

export interface OpenDatabaseOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Does not wait for a server. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  if (options.url === 'pglite:') {
    const { PgliteDatabase } = await import('./pglite.ts');
    return PgliteDatabase.open();
  }
  const { PostgresDatabase } = await import('./postgres.ts');
  return PostgresDatabase.open(options);
}
