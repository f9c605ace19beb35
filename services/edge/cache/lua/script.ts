/**
 * A Lua script as the cache runs it. The text lives in TypeScript, not in `.lua` files beside it, so that Node, the
 * tests and the bundle all find it without a loader or a copy step.
 *
 * Each script is one atomic step of `cache.ts`. `KEYS[1]` is always the state and `ARGV[1]` the life the caller speaks
 * to: another life answers OTHERLIFE and changes nothing. Every script reads all it needs before its first write.
 */
import { createHash } from 'node:crypto';

export interface Script {
  readonly name: string;
  readonly text: string;
  readonly sha: string;
}

/** What one call gives it, beside the life. */
export interface ScriptCall {
  readonly keys: readonly string[];
  readonly values: readonly (string | number)[];
}

/** What a script's error starts with when the data is of another life, or of none. */
export const OTHER_LIFE = 'OTHERLIFE';
/**
 * What Redis' own errors start with where it answers and takes no change: a replica, failed snapshots, too few
 * replicas.
 */
export const REFUSALS = ['READONLY', 'MISCONF', 'NOREPLICAS'];

export function isRefusal(message: string): boolean {
  return REFUSALS.some((refusal) => message.startsWith(refusal));
}

export interface ScriptSource {
  readonly name: string;
  /**
   * What Redis may take for granted. `no-writes` and `allow-oom` run even where memory is full and nothing is left to
   * evict; a script with neither is then refused before it begins. Entries are refused; invalidations never are, for
   * want of memory would mean an old version served, and their number has a bound of its own.
   */
  readonly flag: 'no-writes' | 'allow-oom' | undefined;
  /** Functions it shares with others, then its own body. */
  readonly parts: readonly string[];
}

export function script({ name, flag, parts }: ScriptSource): Script {
  const text = [flag === undefined ? '#!lua' : `#!lua flags=${flag}`, ...parts].join('\n');
  return { name, text, sha: createHash('sha1').update(text).digest('hex') };
}
