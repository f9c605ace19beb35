/**
 * Until when the after-effects of a fault are excused in a region: until the region itself says that it has caught up,
 * at the latest for as long as the table of faults allows.
 *
 * An edge has caught up when it reads the log, everything that was there at its last join is applied, and nothing in
 * the log has not reached it. Said once it may be hindsight: a member that the group has thrown out hears of it with
 * its next heartbeat, within a second. So it counts when two samples in a row say it, of the same process, with no join
 * in between. Where a fault has held up what all regions wait for, the origin must have drained its outbox first. After
 * its database was away that says nothing before the relay has asked again: what could not be written did not wait.
 */
import type { EdgeSample, FaultRecord, OriginSample } from '../history/records.ts';
import type { Interval } from './interval.ts';

export interface Samples {
  /** By region, in the order of time. */
  readonly ofEdges: ReadonlyMap<string, readonly EdgeSample[]>;
  /** In the order of time. */
  readonly ofOrigin: readonly OriginSample[];
}

/**
 * The longest that the relay waits before it tries again: BACKOFF_MS_MAX of services/origin/relay.ts, which the lab may
 * not import.
 */
const RELAY_RETRY_MS = 2_000;

function isOfStore(target: FaultRecord['target']): boolean {
  return target.kind === 'postgres' || (target.kind === 'link' && target.link.callee === 'postgres');
}

/** When it is over; `within` runs from when the fault was seen gone for as long as the table allows. */
export function recoveredMs({ target }: FaultRecord, region: string, within: Interval, { ofEdges, ofOrigin }: Samples): number {
  const askedMs = within.fromMs + (isOfStore(target) ? RELAY_RETRY_MS : 0);
  const drainedMs =
    target.region === undefined ? ofOrigin.find(({ atMs, pending }) => atMs > askedMs && pending === 0)?.atMs : within.fromMs;
  if (drainedMs === undefined) return within.toMs;
  let before: EdgeSample | undefined;
  let saidMs: number | undefined;
  for (const sample of ofEdges.get(region) ?? []) {
    if (sample.atMs > within.toMs) break;
    if (sample.atMs > drainedMs) {
      const isSame = before === undefined || (before.since === sample.since && before.joins === sample.joins);
      const isSaidAgain = isSame && before !== undefined && before.atMs > drainedMs && before.caughtUp === true;
      if (sample.caughtUp !== true || !isSame) saidMs = undefined;
      else if (isSaidAgain) saidMs ??= sample.atMs;
    }
    before = sample;
  }
  return saidMs ?? within.toMs;
}
