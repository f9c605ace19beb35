/**
 * The content of the CDN as it goes over the wire: what the origin stores and answers, what callers may send.
 * Each shape is declared once, with its parser; origin, edge and lab all use these.
 */
import { z } from 'zod';

const TITLE_LENGTH_MAX = 20_000;
/** Unique in Postgres: an index row holds 2,704 bytes, and a character takes up to four. */
const SLUG_LENGTH_MAX = 500;
const TAG_LENGTH_MAX = 200;
const TAGS_MAX = 50;
const METADATA_DEPTH_MAX = 32;
const LIST_MAX = 1000;
const LIST_DEFAULT = 100;
const ID_MAX = 2_147_483_647;

/**
 * Postgres stores neither NUL nor half a surrogate pair: refusing them here is what keeps `what you PUT is what you
 * GET`.
 */
function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function isStorableJson(value: unknown, depth = 0): boolean {
  if (depth > METADATA_DEPTH_MAX) return false;
  if (typeof value === 'string') return isStorableText(value);
  // JSON.parse makes Infinity of 1e400, and JSON.stringify makes null of that.
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => isStorableText(key) && isStorableJson(inner, depth + 1));
}

const storableText = z.string().refine(isStorableText, 'must not contain NUL or half a surrogate pair');

/** Checked in place, never rebuilt: a rebuilt object would lose keys such as `__proto__`. */
const metadata = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && isStorableJson(value),
  `expected an object, at most ${METADATA_DEPTH_MAX} levels deep, its text without NUL, its numbers finite`,
);

const tags = z.array(storableText.min(1).max(TAG_LENGTH_MAX)).max(TAGS_MAX);

/** Body of `POST /api/content`. */
export const contentDraft = z.strictObject({
  title: storableText.min(1).max(TITLE_LENGTH_MAX),
  slug: storableText.min(1).max(SLUG_LENGTH_MAX),
  body: storableText,
  tags: tags.default([]),
  metadata: metadata.default({}),
});
export type ContentDraft = z.infer<typeof contentDraft>;

/** Body of `PUT /api/content/:id`: any of the fields, at least one. */
export const contentChange = z
  .strictObject({
    title: storableText.min(1).max(TITLE_LENGTH_MAX).optional(),
    body: storableText.optional(),
    tags: tags.optional(),
    metadata: metadata.optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'expected at least one of title, body, tags, metadata',
  });
export type ContentChange = z.infer<typeof contentChange>;

/** One content as the origin answers it. Times are RFC 3339 in UTC. */
export const content = z.object({
  id: z.int().positive(),
  slug: z.string(),
  title: z.string(),
  body: z.string(),
  metadata: z.custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null),
  tags: z.array(z.string()),
  version: z.int().positive(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type Content = z.infer<typeof content>;

export const contentAnswer = z.object({ success: z.literal(true), data: content });
export const contentListAnswer = z.object({
  success: z.literal(true),
  data: z.array(content),
  /** The `after` of the next page; null on the last one. */
  next: z.int().nullable(),
});
/** A 404 for a content: the last version of a deleted id, 0 for one never created. */
export const contentMissingAnswer = z.object({ success: z.literal(false), version: z.int().nonnegative() });

/**
 * A number in a query: plain decimal, as ids are. `Number` alone would take an empty text, `0x10` and `1e2` as well.
 */
export function queryInteger(min: number, max: number): z.ZodType<number, string> {
  const message = `expected a whole number from ${min} to ${max}`;
  return z
    .string(message)
    .regex(/^(?:0|[1-9]\d{0,9})$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/** Query of `GET /api/content`. */
export const contentListQuery = z.strictObject({
  limit: queryInteger(1, LIST_MAX).default(LIST_DEFAULT),
  after: queryInteger(0, ID_MAX).default(0),
});
export type ContentListQuery = z.infer<typeof contentListQuery>;

/** `:id` of a route: a positive 32-bit integer in plain decimal. */
export const contentId = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, 'expected a positive integer')
  .transform(Number)
  .refine((id) => id <= ID_MAX, `expected at most ${ID_MAX}`);

const KEY_PREFIX = 'content:';

/** The cache key and log key of a content: `content:7`. */
export function contentKey(id: number): string {
  return `${KEY_PREFIX}${id}`;
}

/** undefined of what is no key of a content. */
export function contentIdOf(key: string): string | undefined {
  const id = key.startsWith(KEY_PREFIX) ? key.slice(KEY_PREFIX.length) : '';
  return contentId.safeParse(id).success ? id : undefined;
}

/** The rest of a glob that names keys of contents and no others; undefined: it may name others. */
export function contentGlobOf(glob: string): string | undefined {
  return glob.startsWith(KEY_PREFIX) ? glob.slice(KEY_PREFIX.length) : undefined;
}
