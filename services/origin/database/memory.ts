/**
 * The origin's tables in memory, for simulation only. It knows the origin's own statements by name and no other SQL;
 * each is one step, as a statement is one transaction. It has one session, as PGlite has: its lock excludes nobody.
 */
import type { Clock } from '../../runtime/clock.ts';
import { etagOf } from '../etag.ts';
import { type ContentRow, type OutboxRow, STATEMENTS, schema } from '../statements.ts';
import { type Database, DatabaseUnavailable, type Lease, UniqueViolation } from './database.ts';

type Statement = (parameters: readonly unknown[]) => readonly unknown[];

interface Changed {
  readonly id: number;
  readonly version: number;
  readonly at: Date;
}

/** What the schema inserts at the first start. */
const SEED = [
  { slug: 'getting-started', title: 'Getting Started with EdgeSync', tags: ['tutorial', 'beginner'] },
  { slug: 'cache-invalidation', title: 'Cache Invalidation', tags: ['caching', 'distributed-systems'] },
  { slug: 'distributed-systems', title: 'Distributed Systems', tags: ['distributed-systems'] },
] as const;

function toText(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`expected a text, got ${typeof value}`);
  return value;
}

export interface MemoryDatabaseOptions {
  readonly clock: Clock;
  /** The last id that the sequence has used up, beside those of the first contents; left out: none. */
  readonly lastId?: number;
}

export class MemoryDatabase implements Database {
  readonly #clock: Clock;
  readonly #usedUp: number;
  readonly #contents = new Map<number, ContentRow>();
  readonly #idsBySlug = new Map<string, number>();
  readonly #deleted = new Map<number, Changed>();
  /** Not yet sent, in their order. */
  readonly #pending = new Map<string, OutboxRow>();
  readonly #statements: ReadonlyMap<string, Statement>;
  #lastId = 0;
  #lastQueued = 0;
  #closed = false;

  constructor({ clock, lastId = 0 }: MemoryDatabaseOptions) {
    this.#clock = clock;
    this.#usedUp = lastId;
    const byName: Record<keyof typeof STATEMENTS, Statement> = {
      create: (parameters) => this.#create(parameters),
      update: (parameters) => this.#update(parameters),
      delete: (parameters) => this.#delete(parameters),
      find: ([id]) => present(this.#contents.get(Number(id))),
      list: ([after, limit]) => [...this.#contents.values()].filter(({ id }) => id > Number(after)).slice(0, Number(limit)),
      latestVersions: ([limit]) => this.#latestVersions(Number(limit)),
      lastVersion: ([id]) => present(this.#deleted.get(Number(id))),
      enqueue: (parameters) => this.#enqueue(parameters),
      claim: ([limit]) => [...this.#pending.values()].slice(0, Number(limit)),
      markSent: ([ids]) => this.#markSent(ids),
      // What was sent is not kept.
      prune: () => [],
      pending: () => this.#status(),
    };
    this.#statements = new Map(Object.entries(byName).map(([name, run]) => [STATEMENTS[name as keyof typeof STATEMENTS], run]));
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    this.#assertOpen();
    const statement = this.#statements.get(sql);
    if (statement === undefined) throw new TypeError(`expected a statement of the origin, got ${sql}`);
    // The caller names the rows of its statement, as with any driver.
    return statement(parameters) as readonly Row[];
  }

  async execute(sql: string): Promise<void> {
    this.#assertOpen();
    if (sql !== schema()) throw new TypeError('expected the schema of the origin, got other statements');
    if (this.#lastId > 0) return;
    const at = new Date(this.#clock.now());
    for (const { slug, title, tags } of SEED) this.#insert({ slug, title, body: title, metadata: {}, tags: [...tags] }, at);
    this.#lastId = Math.max(this.#lastId, this.#usedUp);
  }

  async tryLock(): Promise<Lease | undefined> {
    this.#assertOpen();
    return { held: () => !this.#closed, query: (sql, parameters) => this.query(sql, parameters), release: async () => {} };
  }

  async connected(): Promise<boolean> {
    return !this.#closed;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #assertOpen(): void {
    if (this.#closed) throw new DatabaseUnavailable('the database is closed');
  }

  #insert(draft: Pick<ContentRow, 'slug' | 'title' | 'body' | 'metadata' | 'tags'>, at: Date): ContentRow {
    this.#lastId += 1;
    const row: ContentRow = { id: this.#lastId, ...draft, version: 1, created_at: at, updated_at: at };
    this.#contents.set(row.id, row);
    this.#idsBySlug.set(row.slug, row.id);
    return row;
  }

  #create([eventId, time, slug, title, body, metadata, tags]: readonly unknown[]): readonly unknown[] {
    // As with a sequence, an id is used up by an insert that is refused.
    if (this.#idsBySlug.has(toText(slug))) {
      this.#lastId += 1;
      throw new UniqueViolation('content_slug_key', undefined);
    }
    const draft = { slug: toText(slug), title: toText(title), body: toText(body), metadata: toJson(metadata), tags: toTexts(tags) };
    const row = this.#insert(draft, toDate(time));
    this.#queue({ eventId, id: row.id, version: 1, mode: null, priority: 'normal', at: row.created_at });
    return [row];
  }

  #update([eventId, time, id, title, body, metadata, tags, ...condition]: readonly unknown[]): readonly unknown[] {
    const old = this.#contents.get(Number(id));
    if (old === undefined || !holds(condition, old)) return [];
    const row: ContentRow = {
      ...old,
      title: title === null ? old.title : toText(title),
      body: body === null ? old.body : toText(body),
      metadata: metadata === null ? old.metadata : toJson(metadata),
      tags: tags === null ? old.tags : toTexts(tags),
      version: old.version + 1,
      updated_at: toDate(time),
    };
    this.#contents.set(row.id, row);
    this.#queue({ eventId, id: row.id, version: row.version, mode: null, priority: 'normal', at: row.updated_at });
    return [row];
  }

  #delete([eventId, time, id, ...condition]: readonly unknown[]): readonly unknown[] {
    const old = this.#contents.get(Number(id));
    if (old === undefined || !holds(condition, old)) return [];
    const deleted = { id: old.id, version: old.version + 1, at: toDate(time) };
    this.#contents.delete(old.id);
    this.#idsBySlug.delete(old.slug);
    this.#deleted.set(old.id, deleted);
    this.#queue({ eventId, ...deleted, mode: 'hard', priority: 'high' });
    return [{ id: deleted.id, version: deleted.version }];
  }

  #latestVersions(limit: number): readonly unknown[] {
    const alive = [...this.#contents.values()].map(({ id, version, updated_at: at }) => ({ id, version, deleted: false, at }));
    const gone = [...this.#deleted.values()].map((deleted) => ({ ...deleted, deleted: true }));
    return [...alive, ...gone].sort((one, other) => other.at.getTime() - one.at.getTime()).slice(0, limit);
  }

  #enqueue([eventId, type, target, mode, createdAt]: readonly unknown[]): readonly unknown[] {
    const id = this.#nextQueued();
    const purge = { type: type as OutboxRow['type'], mode: mode as OutboxRow['mode'] };
    const row = { id, event_id: toText(eventId), target: toText(target), version: null, ...purge } as const;
    this.#pending.set(id, { ...row, priority: 'high', created_at: toDate(createdAt) });
    return [];
  }

  #queue(change: Changed & { readonly eventId: unknown } & Pick<OutboxRow, 'mode' | 'priority'>): void {
    const { eventId, id: contentId, version, mode, priority, at } = change;
    const id = this.#nextQueued();
    const event = { event_id: toText(eventId), type: 'key', target: `content:${contentId}`, version } as const;
    this.#pending.set(id, { id, ...event, mode, priority, created_at: at });
  }

  #nextQueued(): string {
    this.#lastQueued += 1;
    return String(this.#lastQueued);
  }

  #markSent(ids: unknown): readonly unknown[] {
    for (const id of toTexts(ids)) this.#pending.delete(id);
    return [];
  }

  #status(): readonly unknown[] {
    const times = [...this.#pending.values()].map((row) => row.created_at.getTime());
    return [{ pending: times.length, oldest: times.length === 0 ? null : new Date(Math.min(...times)) }];
  }
}

function holds([ifMatch, ifNoneMatch]: readonly unknown[], { id, version, updated_at }: ContentRow): boolean {
  const etag = etagOf({ id, version, updated_at: updated_at.toISOString() });
  const isAmong = (tags: unknown) => toTexts(tags).some((tag) => tag === '*' || tag === etag);
  return ((ifMatch ?? null) === null || isAmong(ifMatch)) && ((ifNoneMatch ?? null) === null || !isAmong(ifNoneMatch));
}

function present<T>(found: T | undefined): readonly T[] {
  return found === undefined ? [] : [found];
}

function toDate(time: unknown): Date {
  return new Date(toText(time));
}

function toJson(text: unknown): ContentRow['metadata'] {
  return JSON.parse(toText(text));
}

function toTexts(list: unknown): string[] {
  if (!Array.isArray(list)) throw new TypeError('expected a list of texts');
  return list.map(toText);
}
