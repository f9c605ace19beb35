/** An origin for tests, over a database of the test file's own (PGlite takes 2 to 3 s to open: one per file). */
import { afterAll, beforeAll } from 'vitest';
import type { InvalidationLog, LogMessage, LogSubscriber, LogSubscription, PartitionBounds } from '../../log/log.ts';
import { MemoryLog } from '../../log/memory.ts';
import { INVALIDATION_PARTITIONS, type InvalidationEvent, invalidationEvent } from '../../protocol/invalidation.ts';
import { systemClock } from '../../runtime/clock.ts';
import { readConfig } from '../../runtime/config.ts';
import { silentLogger } from '../../runtime/log.ts';
import { systemRandom } from '../../runtime/random.ts';
import { ORIGIN_SETTINGS } from '../config.ts';
import { migrate } from '../contents.ts';
import type { Database } from '../database/database.ts';
import { PgliteDatabase } from '../database/pglite.ts';
import { startOrigin } from '../origin.ts';

const DROP = 'DROP TABLE IF EXISTS content, deleted_content, outbox CASCADE';

export const TEST_CONFIG = readConfig(ORIGIN_SETTINGS, {
  PORT: '0',
  DATABASE_URL: 'pglite:',
  KAFKA_BROKERS: 'memory:',
  FRESHNESS_LEASE: '0',
});

/** Opened before the file's tests and closed after them. */
export function openedDatabase(): () => PgliteDatabase {
  let database: PgliteDatabase | undefined;
  beforeAll(async () => {
    database = await PgliteDatabase.open();
  });
  afterAll(() => database?.close());
  return () => {
    if (database === undefined) throw new Error('the database is open only while tests run');
    return database;
  };
}

/** As at the first start: three rows, ids from 1, an empty outbox. */
export async function resetTables(database: Database): Promise<void> {
  await database.execute(DROP);
  await migrate(database);
}

export function createLog(): MemoryLog {
  return new MemoryLog({ clock: systemClock, partitions: INVALIDATION_PARTITIONS });
}

export interface OriginUnderTest {
  readonly port: number;
  readonly database: Database;
}

/** A started origin over fresh tables. */
export async function withOrigin<T>(
  { database, log = createLog(), fresh = true }: { readonly database: Database; readonly log?: InvalidationLog; readonly fresh?: boolean },
  use: (origin: OriginUnderTest) => Promise<T>,
): Promise<T> {
  if (fresh) await resetTables(database);
  const origin = await startOrigin(TEST_CONFIG, { database, log, clock: systemClock, random: systemRandom, logger: silentLogger });
  try {
    return await use({ port: origin.port, database });
  } finally {
    await origin.close();
  }
}

/** A log that keeps every message it was given, and can be told to fail. */
export class RecordingLog implements InvalidationLog {
  readonly messages: LogMessage[] = [];
  /** Called before each append; what it throws is the append's failure. */
  before: (messages: readonly LogMessage[]) => void | Promise<void> = () => {};
  /** Called after each append: the messages are in the log, whatever it throws. */
  after: () => void | Promise<void> = () => {};
  readonly #log = createLog();
  readonly #waiting = new Set<() => void>();

  async append(messages: readonly LogMessage[]): Promise<void> {
    await this.before(messages);
    await this.#log.append(messages);
    this.messages.push(...messages);
    for (const look of this.#waiting) look();
    await this.after();
  }

  get events(): readonly InvalidationEvent[] {
    return this.messages.map(({ value }) => invalidationEvent.parse(JSON.parse(value)));
  }

  /** Resolves once `holds` is true of the messages; the test's own timeout bounds it. */
  until(holds: (messages: readonly LogMessage[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds(this.messages)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  subscribe(subscriber: LogSubscriber): Promise<LogSubscription> {
    return this.#log.subscribe(subscriber);
  }

  bounds(): Promise<readonly PartitionBounds[]> {
    return this.#log.bounds();
  }

  connected(): boolean {
    return this.#log.connected();
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
