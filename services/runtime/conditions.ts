/**
 * Conditional requests (RFC 9110, section 13). A request names tags in `If-Match` and `If-None-Match`; whether it may
 * go on is decided by the tag of what is there. Dates are no validators here: no service sends `Last-Modified`, so
 * `If-Unmodified-Since` has nothing to be compared with (13.1.4).
 */
import { ServiceError } from '../protocol/errors.ts';

/** `*` stands for any tag: it holds for whatever is there. */
export type Tags = '*' | readonly string[];

export interface Condition {
  /** One of these it must have: strong comparison, so a weak tag (`W/"…"`) is never the same. */
  readonly ifMatch?: Tags | undefined;
  /** None of these it may have: weak comparison. */
  readonly ifNoneMatch?: Tags | undefined;
}

type ConditionHeader = 'if-match' | 'if-none-match';

const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const EACH_TAG = new RegExp(TAG, 'g');
const LIST = new RegExp(String.raw`^[ \t,]*${TAG}(?:[ \t]*,[ \t,]*${TAG})*[ \t,]*$`);

/** Of tags in double quotes, with commas between; `*` is none. */
export function isTagList(value: string): boolean {
  return LIST.test(value);
}

/** Throws `invalid_field` for what is no list of tags: to leave it out would be to write without the condition. */
export function readTags(name: ConditionHeader, value: string | undefined): Tags | undefined {
  if (value === undefined) return undefined;
  if (value.trim() === '*') return '*';
  if (isTagList(value)) return value.match(EACH_TAG) ?? [];
  throw new ServiceError('invalid_field', `${name}: expected * or tags in double quotes with commas between, got ${JSON.stringify(value)}`);
}

export function readCondition(header: (name: string) => string | undefined): Condition {
  return { ifMatch: readTags('if-match', header('if-match')), ifNoneMatch: readTags('if-none-match', header('if-none-match')) };
}

export function isUnconditional({ ifMatch, ifNoneMatch }: Condition): boolean {
  return ifMatch === undefined && ifNoneMatch === undefined;
}

/** What two tags have in common when they are compared weakly. */
export function opaqueTag(tag: string): string {
  return tag.replace(/^W\//, '');
}

/** The header whose condition is false for what has this tag; without a tag, for what is there and has none. */
export function falseCondition({ ifMatch, ifNoneMatch }: Condition, etag: string | undefined): ConditionHeader | undefined {
  if (ifMatch !== undefined && ifMatch !== '*' && !ifMatch.some((tag) => tag === etag && !tag.startsWith('W/'))) return 'if-match';
  if (ifNoneMatch === undefined) return undefined;
  if (ifNoneMatch === '*') return 'if-none-match';
  return ifNoneMatch.some((tag) => etag !== undefined && opaqueTag(tag) === opaqueTag(etag)) ? 'if-none-match' : undefined;
}

export function preconditionFailed(header: ConditionHeader, etag: string): ServiceError {
  const expected = header === 'if-match' ? 'expected the tag of what is there' : 'expected no tag of what is there';
  return new ServiceError('precondition_failed', `${header}: ${expected}, and that is ${etag} now. Read it again, then decide`);
}

/**
 * For a write to a path that has no tags. `isThere`: whether something can be read there, which is what `*` asks.
 * Throws `precondition_failed`.
 */
export function refuseUntagged(condition: Condition, isThere: boolean): void {
  const ofNothing = condition.ifMatch === undefined ? undefined : 'if-match';
  const header = isThere ? falseCondition(condition, undefined) : ofNothing;
  if (header === undefined) return;
  const has = isThere ? 'has no tag' : 'cannot be read';
  throw new ServiceError('precondition_failed', `${header}: expected no such condition: what is at this path ${has}`);
}

/**
 * RFC 9110 section 13.1.2 for a read: weak comparison against a list, or `*`. What cannot be read matches nothing: a
 * full answer is always right.
 */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => opaqueTag(tag.trim()) === opaqueTag(etag));
}
