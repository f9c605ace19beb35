/** What names an answer: the key, the version, and what was said of it. */
import type { AnsweredRead } from './versions.ts';

/** A key in a region. */
export function keyOf({ region, key }: Pick<AnsweredRead, 'region' | 'key'>): string {
  return `${region} ${key}`;
}

/** A version of a key in a region. */
export function cellOf({ region, key, version }: AnsweredRead): string {
  return `${region} ${key} ${version}`;
}

/** What was fetched at one time is one entry of a region: by when its origin was asked, whatever clock that is of. */
export function entryOf(read: AnsweredRead): string {
  return `${cellOf(read)} ${read.cachedMs}`;
}

/** What a read answered, in words. */
export function answerOf({ found, version, status, source }: AnsweredRead): string {
  return `${found === false ? `a 404 at version ${version}` : `version ${version}`} labelled ${status} from the ${source}`;
}
