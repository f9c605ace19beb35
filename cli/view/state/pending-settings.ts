/**
 * Settings asked for and not yet seen. They show at once, and the next step is counted from them: the edge's own
 * figures come twice a second, a held key thirty times.
 */
import type { LabCommand } from '../../../lab/live/protocol.ts';
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import type { Strategy } from '../../../services/protocol/invalidation.ts';

export interface PendingSettings {
  readonly propagationDelayMs?: number;
  readonly strategy?: Strategy;
  readonly freshnessLeaseMs?: number;
  readonly sinceMs: number;
}

/** Asked for and not come true by then: what the edge says counts again. */
const PENDING_MS_MAX = 3_000;

export function pendingFrom(
  before: PendingSettings | undefined,
  command: Extract<LabCommand, { do: 'configure' }>,
  nowMs: number,
): PendingSettings {
  const { propagationDelayMs, strategy, freshnessLeaseMs } = command;
  return {
    ...before,
    ...(propagationDelayMs === undefined ? {} : { propagationDelayMs }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(freshnessLeaseMs === undefined ? {} : { freshnessLeaseMs }),
    sinceMs: nowMs,
  };
}

export function pendingAfter(
  pending: PendingSettings | undefined,
  metrics: EdgeMetrics | undefined,
  nowMs: number,
): PendingSettings | undefined {
  if (pending === undefined || nowMs - pending.sinceMs > PENDING_MS_MAX) return undefined;
  const isSeen = (['propagationDelayMs', 'strategy', 'freshnessLeaseMs'] as const).every(
    (name) => pending[name] === undefined || pending[name] === metrics?.[name],
  );
  return isSeen ? undefined : pending;
}

export interface Settings {
  readonly propagationDelayMs: number;
  readonly strategy: Strategy;
  /** 0: none. Left out: it has no such thing, as another cache than ours. */
  readonly freshnessLeaseMs?: number;
}

/** What is in force, or about to be; undefined before the first answer. */
export function settingsOf(pending: PendingSettings | undefined, metrics: EdgeMetrics | undefined): Settings | undefined {
  if (metrics === undefined) return undefined;
  const freshnessLeaseMs = pending?.freshnessLeaseMs ?? metrics.freshnessLeaseMs;
  return {
    ...(freshnessLeaseMs === undefined ? {} : { freshnessLeaseMs }),
    propagationDelayMs: pending?.propagationDelayMs ?? metrics.propagationDelayMs,
    strategy: pending?.strategy ?? metrics.strategy,
  };
}
