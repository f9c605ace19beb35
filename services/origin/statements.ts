/** Every statement the origin sends to its database, by name, and the rows they answer. */
import { readFileSync } from 'node:fs';
import type { Content } from '../protocol/content.ts';
import type { InvalidationMode, InvalidationType } from '../protocol/invalidation.ts';
import { ETAG_SQL } from './etag.ts';

export interface ContentRow extends Omit<Content, 'created_at' | 'updated_at'> {
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface OutboxRow {
  readonly id: string;
  readonly event_id: string;
  readonly type: InvalidationType;
  readonly target: string;
  readonly version: number | null;
  readonly mode: InvalidationMode | null;
  readonly priority: 'normal' | 'high';
  readonly created_at: Date;
}

const COLUMNS = 'id, slug, title, body, metadata, tags, version, created_at, updated_at';

/** Adds the invalidation of a changed row, in the same statement. */
function withInvalidation(change: string, { mode, priority }: { mode: 'hard' | null; priority: 'normal' | 'high' }): string {
  return `WITH changed AS (${change}),
    queued AS (
      INSERT INTO outbox (event_id, type, target, version, mode, priority, created_at)
      SELECT $1::uuid, 'key', 'content:' || id, version, ${mode === null ? 'NULL' : `'${mode}'`}, '${priority}', $2::timestamptz FROM changed
    )`;
}

/**
 * The condition of a write: in the statement that writes, so that of two that name one tag the second finds another.
 * Each parameter is null (not asked), a list of tags, or the list `{*}`.
 */
function onCondition(ifMatch: string, ifNoneMatch: string): string {
  const isAmong = (tags: string) => `('*' = ANY(${tags}::text[]) OR ${ETAG_SQL} = ANY(${tags}::text[]))`;
  return `(${ifMatch}::text[] IS NULL OR ${isAmong(ifMatch)}) AND (${ifNoneMatch}::text[] IS NULL OR NOT ${isAmong(ifNoneMatch)})`;
}

const CREATE = `${withInvalidation(
  `INSERT INTO content (slug, title, body, metadata, tags, created_at, updated_at)
   VALUES ($3, $4, $5, $6::jsonb, $7::text[], $2::timestamptz, $2::timestamptz) RETURNING ${COLUMNS}`,
  { mode: null, priority: 'normal' },
)} SELECT ${COLUMNS} FROM changed`;

const UPDATE = `${withInvalidation(
  `UPDATE content SET title = coalesce($4, title), body = coalesce($5, body), metadata = coalesce($6::jsonb, metadata),
     tags = coalesce($7::text[], tags), version = version + 1, updated_at = $2::timestamptz
   WHERE id = $3 AND ${onCondition('$8', '$9')} RETURNING ${COLUMNS}`,
  { mode: null, priority: 'normal' },
)} SELECT ${COLUMNS} FROM changed`;

const DELETE = `${withInvalidation(
  `DELETE FROM content WHERE id = $3 AND ${onCondition('$4', '$5')} RETURNING id, version + 1 AS version`,
  { mode: 'hard', priority: 'high' },
)},
    kept AS (INSERT INTO deleted_content (id, version, deleted_at) SELECT id, version, $2::timestamptz FROM changed)
  SELECT id, version FROM changed`;

const LATEST_VERSIONS = `
  (SELECT id, version, false AS deleted, updated_at AS at FROM content ORDER BY updated_at DESC LIMIT $1)
  UNION ALL
  (SELECT id, version, true, deleted_at FROM deleted_content ORDER BY deleted_at DESC LIMIT $1)
  ORDER BY at DESC LIMIT $1`;

export const STATEMENTS = {
  create: CREATE,
  update: UPDATE,
  delete: DELETE,
  find: `SELECT ${COLUMNS} FROM content WHERE id = $1`,
  list: `SELECT ${COLUMNS} FROM content WHERE id > $1 ORDER BY id LIMIT $2`,
  latestVersions: LATEST_VERSIONS,
  lastVersion: 'SELECT version FROM deleted_content WHERE id = $1',
  enqueue: `INSERT INTO outbox (event_id, type, target, mode, priority, created_at) VALUES ($1::uuid, $2, $3, $4, 'high', $5::timestamptz)`,
  claim: `SELECT id::text, event_id, type, target, version, mode, priority, created_at
    FROM outbox WHERE sent_at IS NULL ORDER BY outbox.id LIMIT $1`,
  markSent: 'UPDATE outbox SET sent_at = $2::timestamptz WHERE id = ANY($1::bigint[])',
  prune: 'DELETE FROM outbox WHERE sent_at < $1::timestamptz',
  pending: 'SELECT count(*)::integer AS pending, min(created_at) AS oldest FROM outbox WHERE sent_at IS NULL',
} as const;

let text: string | undefined;

/** What makes the tables where they are missing, and the original EdgeSync's three rows at the first start. */
export function schema(): string {
  text ??= readFileSync(new URL('./schema.sql', import.meta.url), 'utf8');
  return text;
}
