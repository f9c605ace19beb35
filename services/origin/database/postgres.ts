/**
 * Postgres through its driver (pg 8, owned by this file): a pool in which every wait has an end, and the relay's lock
 * in a session of its own, in which the relay also claims: however many wait for the pool, it does not.
 *
 * Nothing waits for the server to be there: a pool is opened at once and connects at its first query. An error that
 * says the server is away, or may be, becomes DatabaseUnavailable: the statement may have taken effect all the same.
 */
import { Socket } from 'node:net';
import pg from 'pg';
import { type Clock, sleep } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { type Database, DatabaseUnavailable, type Lease, toDatabaseError } from './database.ts';

export interface PostgresOptions {
  /** postgres: or postgresql:, as libpq takes it. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const CONNECTIONS_MAX = 10;
const CONNECT_MS_MAX = 2_000;
const STATEMENT_MS_MAX = 5_000;
/** Above the server's own bound, so that its error comes first when there is one. */
const QUERY_MS_MAX = STATEMENT_MS_MAX + 1_000;
const IDLE_MS_MAX = 30_000;
const KEEP_ALIVE_MS = 10_000;
const PROBE_MS_MAX = 1_000;
const CLOSE_MS_MAX = 2_000;

/** The lock's session says something so often; a server that hears nothing for longer ends it, which frees the lock. */
const LOCK_BEAT_MS = 2_000;
const LOCK_ANSWER_MS_MAX = 2_000;
const LOCK_SILENCE_MS_MAX = 6_000;

const BEAT = { text: 'SELECT 1', query_timeout: LOCK_ANSWER_MS_MAX };

const INT8_OID = 20;
/** Of SQLSTATE: connection exception, insufficient resources, operator intervention (shutdown, start-up, cancelled). */
const UNAVAILABLE_CLASSES = ['08', '53', '57'];

/** As PGlite has it: a number as long as it is exact. */
function parseInt8(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID && format !== 'binary' ? parseInt8 : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/**
 * What the server says is its error, by SQLSTATE; what else goes wrong, but for a mistake of ours, is the way to it.
 */
function translate(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return error;
  const isAway = !(error instanceof pg.DatabaseError) || UNAVAILABLE_CLASSES.some((prefix) => error.code?.startsWith(prefix));
  if (!isAway) return toDatabaseError(error);
  // An AggregateError (one failure per address) has no message of its own.
  return new DatabaseUnavailable(error.message || ('code' in error ? String(error.code) : error.name), error);
}

export class PostgresDatabase implements Database {
  readonly #options: PostgresOptions;
  readonly #pool: pg.Pool;
  #probe: Promise<boolean> | undefined;
  #closed = false;

  private constructor(options: PostgresOptions) {
    this.#options = options;
    this.#pool = new pg.Pool({ ...configOf(options.url), max: CONNECTIONS_MAX, idleTimeoutMillis: IDLE_MS_MAX });
    // Of connections that nobody uses; without a listener it would end the process.
    this.#pool.on('error', (error) => options.logger.debug({ error: error.message }, 'an idle connection to Postgres has ended'));
  }

  /** Connects behind whoever calls. */
  static open(options: PostgresOptions): PostgresDatabase {
    return new PostgresDatabase(options);
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    this.#assertOpen();
    try {
      const { rows } = await this.#pool.query(sql, [...parameters]);
      return rows;
    } catch (error) {
      throw translate(error);
    }
  }

  async execute(sql: string): Promise<void> {
    this.#assertOpen();
    try {
      await this.#pool.query(sql);
    } catch (error) {
      throw translate(error);
    }
  }

  async tryLock(key: number): Promise<Lease | undefined> {
    this.#assertOpen();
    const session = new LockSession(this.#options);
    try {
      if (await session.tryLock(key)) return session;
      await session.release();
      return undefined;
    } catch (error) {
      await session.release();
      throw translate(error);
    }
  }

  /** One probe at a time, so that a server that hangs does not collect them. */
  connected(): Promise<boolean> {
    this.#probe ??= this.#ask().finally(() => {
      this.#probe = undefined;
    });
    return Promise.race([this.#probe, sleep(this.#options.clock, PROBE_MS_MAX).then(() => false)]);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.race([this.#pool.end(), sleep(this.#options.clock, CLOSE_MS_MAX)]);
  }

  #ask(): Promise<boolean> {
    return this.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  #assertOpen(): void {
    if (this.#closed) throw new DatabaseUnavailable('the database is closed');
  }
}

function configOf(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'edgesync-origin',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    query_timeout: QUERY_MS_MAX,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    types,
  };
}

/** A session that holds one advisory lock until it is released or gone, whichever side notices. */
class LockSession implements Lease {
  readonly #clock: Clock;
  readonly #client: pg.Client;
  readonly #socket = new Socket();
  readonly #over = new AbortController();
  #held = false;
  #underWay = 0;

  constructor({ url, clock }: PostgresOptions) {
    this.#clock = clock;
    this.#client = new pg.Client({ ...configOf(url), stream: () => this.#socket });
    this.#client.on('error', () => this.#lose());
    this.#client.on('end', () => this.#lose());
  }

  async tryLock(key: number): Promise<boolean> {
    await this.#client.connect();
    await this.#client.query(`SET idle_session_timeout = ${LOCK_SILENCE_MS_MAX}`);
    const { rows } = await this.#client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [key]);
    this.#held = rows[0]?.locked === true && !this.#over.signal.aborted;
    if (this.#held) void this.#beat();
    return this.#held;
  }

  held(): boolean {
    return this.#held;
  }

  /** A server that does not answer may have ended the session: then the lock is taken for lost. */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    this.#underWay += 1;
    try {
      const { rows } = await this.#client.query(sql, [...parameters]);
      return rows;
    } catch (error) {
      const translated = translate(error);
      if (translated instanceof DatabaseUnavailable) this.#lose();
      throw translated;
    } finally {
      this.#underWay -= 1;
    }
  }

  async release(): Promise<void> {
    this.#held = false;
    this.#over.abort();
    await Promise.race([this.#client.end().catch(() => {}), sleep(this.#clock, CLOSE_MS_MAX)]);
    this.#socket.destroy();
  }

  async #beat(): Promise<void> {
    for (;;) {
      await sleep(this.#clock, LOCK_BEAT_MS, this.#over.signal);
      if (this.#over.signal.aborted) return;
      // A statement under way says something itself, and has an end of its own.
      if (this.#underWay === 0) await this.#client.query(BEAT).catch(() => this.#lose());
    }
  }

  #lose(): void {
    this.#held = false;
    this.#over.abort();
    this.#socket.destroy();
  }
}
