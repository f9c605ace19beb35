/** The port to Postgres: a server through its driver, or PGlite in this process. The same SQL runs on both. */

/** What runs statements, one at a time. */
export interface Queries {
  /**
   * One statement with `$1`-style parameters. Throws DatabaseUnavailable, or UniqueViolation, or the driver's error.
   */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

/** A lock, and the session that holds it: what is asked there waits for nobody else's connection. */
export interface Lease extends Queries {
  /** False once the session that holds the lock is gone. */
  held(): boolean;
  release(): Promise<void>;
}

export interface Database extends Queries {
  /** Several statements, no parameters: the schema. */
  execute(sql: string): Promise<void>;
  /** A session-wide advisory lock; undefined while another session holds it. */
  tryLock(key: number): Promise<Lease | undefined>;
  /** Whether it answers a query now. */
  connected(): Promise<boolean>;
  close(): Promise<void>;
}

export class DatabaseUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DatabaseUnavailable';
  }
}

/** A unique index refused the row. */
export class UniqueViolation extends Error {
  readonly constraint: string;

  constructor(constraint: string, cause: unknown) {
    super(`unique constraint ${constraint} violated`, { cause });
    this.name = 'UniqueViolation';
    this.constraint = constraint;
  }
}

const UNIQUE_VIOLATION = '23505';

/** Reads SQLSTATE and constraint off a driver's error; both drivers carry them under these names. */
export function toDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== UNIQUE_VIOLATION) return error;
  return new UniqueViolation('constraint' in error ? String(error.constraint) : 'unknown', error);
}
