/**
 * From the log to a cache of others: what an edge of ours does with its own entries a purger does by purge requests.
 *
 * It reads the log like an edge: each record is due at its time and the delay. How far it has come is stored only after the cache took the
 * purges, so after any end it purges once more rather than once too little. Where the log is another one, or has dropped what was not read,
 * everything is purged first.
 */
import type { Position } from '../edge/cache/cache.ts';
import type { EdgeMeter } from '../edge/metrics.ts';
import { droppedBefore, hasRecord, isElsewhere, readFrom } from '../edge/places.ts';
import { toLine } from '../edge/queued-record.ts';
import type { InvalidationLog, LogSubscription, PartitionBounds } from '../log/log.ts';
import { TARGET_ALL } from '../protocol/invalidation.ts';
import type { PurgeRequest, PurgeWay } from '../protocol/purge-ways.ts';
import { sleep } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { Partition, type PartitionPorts } from './partition.ts';
import { type Purge, requestsOf } from './requests.ts';
import type { PurgerStore } from './store.ts';

export interface PurgerOptions extends Omit<PartitionPorts, 'send'> {
  readonly region: string;
  readonly log: InvalidationLog;
  readonly store: PurgerStore;
  readonly ways: readonly PurgeWay[];
  /** Statuses of a purge that was taken. */
  readonly ok: readonly number[];
  /** Rejects with NoAnswer, in words. */
  readonly ask: (request: PurgeRequest) => Promise<{ readonly status: number }>;
  readonly meter: EdgeMeter;
  readonly logger: Logger;
}

export interface PurgerStatus {
  readonly catchingUp: boolean;
  readonly joins: number;
  readonly queued: number;
  readonly overdueMs: number;
  /** Per partition the last offset up to which everything was taken; -1 before the first. */
  readonly applied: ReadonlyMap<number, number>;
}

/** What a purger has done so far. */
export interface PurgerCounts {
  sent: number;
  taken: number;
  refused: number;
  unanswered: number;
  widened: number;
}

const BEFORE_FIRST = -1;
const RETRY_MS = 500;
const EVERYTHING: Purge = { type: 'all', target: TARGET_ALL, mode: 'hard' };

export class Purger {
  readonly counts: PurgerCounts = { sent: 0, taken: 0, refused: 0, unanswered: 0, widened: 0 };
  readonly #options: PurgerOptions;
  readonly #closing = new AbortController();
  readonly #partitions = new Map<number, Partition>();
  readonly #positions = new Map<number, Position>();
  readonly #ids = new Set<string>();
  /** What was in the log at the last assignment. */
  #upTo: ReadonlyMap<number, number> | undefined;
  #subscription: LogSubscription | undefined;
  #joins = 0;
  #isOtherLog = false;
  #saving: Promise<void> = Promise.resolve();
  #isSaveWanted = false;

  constructor(options: PurgerOptions) {
    this.#options = options;
    options.settings.onChange(() => {
      for (const partition of this.#partitions.values()) partition.schedule();
    });
  }

  /** Resolves when it has joined the log, however long that takes. Rejects where its store cannot be read. */
  async start(): Promise<void> {
    const { log, clock, store, region, logger } = this.#options;
    const { positions, ids } = await store.read();
    for (const [partition, position] of positions) this.#positions.set(partition, position);
    for (const id of ids) this.#ids.add(id);
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        this.#subscription = await log.subscribe({
          group: `cache-purger-${region}`,
          closing: signal,
          onAssigned: (bounds) => this.#join(bounds),
          onRecords: (partition, records) => this.#partitions.get(partition)?.enqueue(records),
          onOtherLog: () => {
            this.#isOtherLog = true;
          },
        });
        if (signal.aborted) await this.#subscription.close();
        return;
      } catch (error) {
        if (!signal.aborted) logger.warn({ error: String(error) }, 'could not join the log, trying again');
        await sleep(clock, RETRY_MS, signal);
      }
    }
  }

  status(): PurgerStatus {
    const partitions = [...this.#partitions.values()];
    return {
      catchingUp: this.#isCatchingUp(),
      joins: this.#joins,
      queued: partitions.reduce((sum, { length }) => sum + length, 0),
      overdueMs: Math.max(0, ...partitions.map((partition) => partition.overdueMs())),
      applied: new Map(
        [...this.#partitions.keys()].map((partition) => [partition, this.#positions.get(partition)?.offset ?? BEFORE_FIRST]),
      ),
    };
  }

  async close(): Promise<void> {
    this.#closing.abort('closing');
    for (const partition of this.#partitions.values()) partition.drop();
    await this.#subscription?.close();
    await this.#saving;
  }

  #isCatchingUp(): boolean {
    if (this.#upTo === undefined) return true;
    for (const [partition, last] of this.#upTo) {
      if (this.#partitions.get(partition)?.isRecognised !== true) return true;
      if ((this.#positions.get(partition)?.offset ?? BEFORE_FIRST) < last) return true;
    }
    this.#upTo = new Map();
    return false;
  }

  async #join(bounds: readonly PartitionBounds[]): Promise<ReadonlyMap<number, number>> {
    this.#joins += 1;
    this.#upTo = undefined;
    for (const partition of this.#partitions.values()) partition.drop();
    this.#partitions.clear();
    if (this.#isOtherLog || isElsewhere(bounds, this.#positions)) {
      await this.#purgeEverything('the log is another one, or has dropped what was not read');
      this.#positions.clear();
      this.#isOtherLog = false;
    }
    const dropped = droppedBefore(bounds, this.#positions);
    if (dropped.length > 0) await this.#purgeEverything('the log has dropped what was not read');
    for (const { position } of dropped) this.#positions.set(position.partition, position);
    const from = new Map<number, number>();
    for (const { partition, start } of bounds) {
      const position = this.#positions.get(partition);
      const awaited = position !== undefined && hasRecord(position) ? position : undefined;
      const last = awaited === undefined && position !== undefined ? { last: position.offset } : {};
      this.#partitions.set(partition, new Partition(this.#portsOf(), this.#feedOf(partition), { awaited, ...last }));
      const next = readFrom(position, start);
      from.set(partition, next);
      this.#subscription?.seek(partition, next);
    }
    this.#upTo = new Map(bounds.filter(({ start, end }) => end > start).map(({ partition, end }) => [partition, end - 1]));
    return from;
  }

  #portsOf(): PartitionPorts {
    return { ...this.#options, send: (purge) => this.#send(purge) };
  }

  #feedOf(partition: number): ConstructorParameters<typeof Partition>[1] {
    const { meter, logger, region, store } = this.#options;
    return {
      pause: () => this.#subscription?.pause(partition),
      resume: () => this.#subscription?.resume(partition),
      onDone: (position) => {
        this.#positions.set(partition, position);
        this.#save();
      },
      onTaken: (applied, { event }) => {
        if (event === undefined) meter.countUnreadable();
        meter.countInvalidation(applied);
        logger.info({ region, ...toLine(applied) }, 'purged');
      },
      onIds: (ids) => {
        const added = ids.filter((id) => !this.#ids.has(id));
        for (const id of added) this.#ids.add(id);
        store.addIds(added).catch((error: unknown) => logger.error({ error: String(error) }, 'could not store the ids'));
      },
      onOtherLog: () => this.#startOver(),
    };
  }

  /** The log tells nobody by itself: everything is purged, and it is read from its start. */
  #startOver(): void {
    const { log, logger } = this.#options;
    this.#isOtherLog = true;
    void (async () => {
      await this.#join(await log.bounds());
    })().catch((error: unknown) => logger.warn({ error: String(error) }, 'could not start over'));
  }

  async #purgeEverything(why: string): Promise<void> {
    const { logger, clock, deliver, region } = this.#options;
    logger.warn({ region, why }, 'everything is purged');
    while (!this.#closing.signal.aborted && !(await this.#send(EVERYTHING)) && deliver.how !== 'once')
      await sleep(clock, RETRY_MS, this.#closing.signal);
  }

  /** Whether the cache took all of it. */
  async #send(purge: Purge): Promise<boolean> {
    const { requests, isWidened } = requestsOf(purge, this.#options.ways, this.#ids);
    if (isWidened) this.counts.widened += 1;
    const taken = await Promise.all(requests.map((request) => this.#ask(request)));
    return taken.every(Boolean);
  }

  async #ask(request: PurgeRequest): Promise<boolean> {
    const { ask, ok, logger, region } = this.#options;
    this.counts.sent += 1;
    try {
      const { status } = await ask(request);
      const isTaken = ok.includes(status);
      if (isTaken) this.counts.taken += 1;
      else this.counts.refused += 1;
      if (!isTaken) logger.warn({ region, method: request.method, path: request.path, status }, 'a purge was refused');
      return isTaken;
    } catch (error) {
      this.counts.unanswered += 1;
      logger.warn({ region, error: String(error) }, 'a purge had no answer');
      return false;
    }
  }

  /** What is lost on the way is purged once more. */
  #save(): void {
    if (this.#isSaveWanted) return;
    this.#isSaveWanted = true;
    const { store, logger } = this.#options;
    this.#saving = this.#saving.then(async () => {
      this.#isSaveWanted = false;
      await store.writePositions(this.#positions).catch((error: unknown) => {
        logger.error({ error: String(error) }, 'could not store how far it has come');
      });
    });
  }
}
