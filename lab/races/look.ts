/** What a reader of a race got, and how it is told. */
import type { TargetRead } from '../targets/read-answer.ts';

/** undefined: no usable answer. */
export type Look = TargetRead | undefined;

/**
 * Whether it is the content that the origin holds: nobody but the race writes, so a later version, and a 404, are none.
 */
export function isWanted(look: Look, wanted: number): boolean {
  return look?.found === true && look.version === wanted;
}

/** `version 2 (hit)`. */
export function lookText(look: Look): string {
  if (look === undefined) return 'no answer';
  const { found, version, status, label } = look;
  const what = version === undefined ? `status ${status} without a version` : found ? `version ${version}` : `a 404 of version ${version}`;
  return label === 'unlabelled' ? what : `${what} (${label})`;
}
