/** What the scripts that take a record are called with. */
import type { Application, CacheBounds, Passage } from './cache.ts';
import { MARKS_MAX } from './cache.ts';
import type { ScriptCall } from './lua/script.ts';

const PATTERNS_MAX = 256;

export interface CallOptions {
  /** The keys of the region by their names. */
  readonly keys: (...names: readonly string[]) => string[];
  readonly now: number;
  readonly bounds: CacheBounds;
}

export function lookupCall(entries: readonly string[], { keys, now }: CallOptions): ScriptCall {
  return { keys: keys('state', 'marks', 'patterns', ...entries.map((key) => `entry:${key}`)), values: [now, ...entries] };
}

export function applyCall({ mark, position, previous, generation = '' }: Application, { keys, now, bounds }: CallOptions): ScriptCall {
  const { type, target, mode, version = '' } = mark;
  const { partition, offset, time, id } = position;
  const record = [partition, offset, previous, time, id];
  return {
    keys: keys('state', 'marks', 'patterns', 'ages', 'positions'),
    values: [
      now,
      bounds.markRetentionMs,
      type,
      target.toWellFormed(),
      mode,
      version,
      ...record,
      PATTERNS_MAX,
      bounds.marksMax ?? MARKS_MAX,
      generation,
    ],
  };
}

export function passCall({ position, previous, generation = '', beat }: Passage, { keys }: Pick<CallOptions, 'keys'>): ScriptCall {
  const { partition, offset, time, id } = position;
  const record = [partition, offset, previous, time, id];
  return { keys: keys('state', 'positions'), values: [...record, beat?.time ?? '', beat?.partitions ?? '', generation] };
}

export function raiseCall(versions: ReadonlyMap<string, number>, { keys, now, bounds }: CallOptions): ScriptCall {
  return {
    keys: keys('state', 'marks', 'patterns', 'ages', 'positions'),
    values: [now, bounds.markRetentionMs, bounds.marksMax ?? MARKS_MAX, ...[...versions].flat()],
  };
}
