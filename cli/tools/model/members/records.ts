/** What the log has, and what the cache keeps of the key. */

/** Long before the search begins. */
export const NEVER = -9;

export type Invalidation =
  | { readonly kind: 'version'; readonly version: number }
  /** Of all. */
  | { readonly kind: 'purge'; readonly committedAt: number };
export type LogRecord = Invalidation | { readonly kind: 'heartbeat'; readonly clock: number };

/** A record that a member has read. */
export interface Read {
  readonly offset: number;
  readonly record: LogRecord;
}

export interface Entry {
  readonly version: number;
  /** The clock of the cache when its fetch began. */
  readonly clock: number;
  readonly fetchedAt: number;
  /** When the origin was read. */
  readonly readAt: number;
}

export function nameOf(record: LogRecord): string {
  if (record.kind === 'heartbeat') return `HB(${record.clock})`;
  return record.kind === 'version' ? `v${record.version}` : 'purge';
}
