/** What an edge tells of how far it has read and applied the log. */
import type { EvidenceStatus } from './evidence.ts';

export interface InvalidatorStatus {
  readonly catchingUp: boolean;
  /** How often it has joined the log. */
  readonly joins: number;
  /** Events that were read and are not applied. */
  readonly queued: number;
  /** Records that are none, read and not applied: heartbeats behind an event. */
  readonly unmarked: number;
  /** How long an event has been due that was read and is not applied; 0: none. */
  readonly overdueMs: number;
  /** Per partition the offset applied last, -1 before the first. */
  readonly applied: ReadonlyMap<number, number>;
  /** Left out: there is no lease. */
  readonly evidence?: EvidenceStatus | undefined;
}
