/**
 * The content table. Every change is one statement that writes the row and its outbox row: either both are there or
 * neither. A deleted id keeps its last version, so that every answer, 404s too, can be ordered.
 */
import type { Content, ContentChange, ContentDraft, ContentListQuery } from '../protocol/content.ts';
import { ServiceError } from '../protocol/errors.ts';
import { type Clock, toTimestamp } from '../runtime/clock.ts';
import { type Condition, falseCondition, isUnconditional, opaqueTag, preconditionFailed, type Tags } from '../runtime/conditions.ts';
import type { Random } from '../runtime/random.ts';
import { type Database, UniqueViolation } from './database/database.ts';
import { etagOf } from './etag.ts';
import { type ContentRow, STATEMENTS, schema } from './statements.ts';

export interface ContentsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
}

/** What is known of an id: its content, or the version under which it is gone (0: never created). */
export type Found = { readonly content: Content } | { readonly content: null; readonly version: number };

export interface KeyVersion {
  readonly key: string;
  readonly version: number;
  readonly deleted: boolean;
}

export class Contents {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ database, clock, random }: ContentsOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#random = random;
  }

  /** Throws ServiceError `duplicate_slug`. */
  async create(draft: ContentDraft): Promise<Content> {
    const { slug, title, body, metadata, tags } = draft;
    try {
      const [row] = await this.#change<ContentRow>(STATEMENTS.create, [slug, title, body, JSON.stringify(metadata), tags]);
      if (row === undefined) throw new Error('expected the created row, got none');
      return toContent(row);
    } catch (error) {
      if (error instanceof UniqueViolation) throw new ServiceError('duplicate_slug', 'slug: another content has it', { cause: error });
      throw error;
    }
  }

  /** Throws ServiceError `not_found` or `precondition_failed`. */
  async update(id: number, { title, body, metadata, tags }: ContentChange, condition: Condition = {}): Promise<Content> {
    const fields = [title ?? null, body ?? null, metadata === undefined ? null : JSON.stringify(metadata), tags ?? null];
    const [row] = await this.#change<ContentRow>(STATEMENTS.update, [id, ...fields, ...toParameters(condition)]);
    if (row === undefined) throw await this.#refusal(id, condition);
    return toContent(row);
  }

  /** Answers the version of the deletion. Throws ServiceError `not_found` or `precondition_failed`. */
  async delete(id: number, condition: Condition = {}): Promise<{ readonly id: number; readonly version: number }> {
    const [row] = await this.#change<{ id: number; version: number }>(STATEMENTS.delete, [id, ...toParameters(condition)]);
    if (row === undefined) throw await this.#refusal(id, condition);
    return row;
  }

  async find(id: number): Promise<Found> {
    const [row] = await this.#database.query<ContentRow>(STATEMENTS.find, [id]);
    return row === undefined ? { content: null, version: await this.#lastVersion(id) } : { content: toContent(row) };
  }

  async list({ limit, after }: ContentListQuery): Promise<readonly Content[]> {
    const rows = await this.#database.query<ContentRow>(STATEMENTS.list, [after, limit]);
    return rows.map(toContent);
  }

  /** The contents changed last, newest first. */
  async latestVersions(limit: number): Promise<readonly KeyVersion[]> {
    const rows = await this.#database.query<{ id: number; version: number; deleted: boolean }>(STATEMENTS.latestVersions, [limit]);
    return rows.map(({ id, version, deleted }) => ({ key: `content:${id}`, version, deleted }));
  }

  #change<Row>(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    return this.#database.query<Row>(sql, [this.#random.uuid(), toTimestamp(this.#clock.now()), ...parameters]);
  }

  /** Why no row was written. What is not there is not found, whatever was asked of it (RFC 9110, section 13.2.1). */
  async #refusal(id: number, condition: Condition): Promise<ServiceError> {
    if (isUnconditional(condition)) return notFound(await this.#lastVersion(id));
    const known = await this.find(id);
    if (known.content === null) return notFound(known.version);
    const etag = etagOf(known.content);
    // Another writer may have come in between: then what was false a moment ago is not any more.
    const header = falseCondition(condition, etag) ?? (condition.ifMatch === undefined ? 'if-none-match' : 'if-match');
    return preconditionFailed(header, etag);
  }

  /** Ids are never used again, so a row that was absent a moment ago can only be deleted or not yet created. */
  async #lastVersion(id: number): Promise<number> {
    const [row] = await this.#database.query<{ version: number }>(STATEMENTS.lastVersion, [id]);
    return row?.version ?? 0;
  }
}

function toParameters({ ifMatch, ifNoneMatch }: Condition): readonly (readonly string[] | null)[] {
  const listOf = (tags: Tags | undefined) => (tags === undefined ? null : tags === '*' ? ['*'] : tags);
  return [listOf(ifMatch), listOf(ifNoneMatch)?.map(opaqueTag) ?? null];
}

export function notFound(version: number): ServiceError {
  return new ServiceError('not_found', version === 0 ? 'content not found' : `content deleted at version ${version}`, { version });
}

function toContent(row: ContentRow): Content {
  return { ...row, created_at: toTimestamp(row.created_at.getTime()), updated_at: toTimestamp(row.updated_at.getTime()) };
}

/** Creates the tables where they are missing, and the original EdgeSync's three rows at the first start. */
export async function migrate(database: Database): Promise<void> {
  await database.execute(schema());
}
