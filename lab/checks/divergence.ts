/**
 * divergence: after settle, a region does not serve what the origin holds.
 *
 * Judged by the final read of each key in each region, which the run repeats while it is labelled stale. A key without a
 * final answer in some region makes the verdict unknown: nothing measured is never a pass.
 */
import type { History } from '../load/history.ts';
import type { OriginState, ReadOperation } from '../load/records.ts';
import type { Anomaly, Check, CheckContext, CheckResult } from './check.ts';

const NAME = 'divergence';

export const divergence: Check = {
  name: NAME,
  about: 'a region does not equal the origin after settle',
  judge,
};

function judge(history: History, { regions }: CheckContext): CheckResult {
  const finals = new Map(
    history
      .reads()
      .filter(isFinalAnswer)
      .map((read) => [cellOf(read.region, read.key), read]),
  );
  const anomalies: Anomaly[] = [];
  let unread = 0;
  for (const origin of history.origin) {
    for (const region of regions) {
      const read = finals.get(cellOf(region, origin.key));
      if (read === undefined) unread += 1;
      else if (!agrees(read, origin)) anomalies.push(toAnomaly(region, origin, read));
    }
  }
  const cells = history.origin.length * regions.length;
  if (anomalies.length > 0)
    return { check: NAME, verdict: 'fail', reason: `${anomalies.length} of ${cells} keys differ from the origin`, anomalies };
  if (cells === 0) return { check: NAME, verdict: 'unknown', reason: 'no key was written', anomalies };
  if (unread > 0) return { check: NAME, verdict: 'unknown', reason: `${unread} of ${cells} keys have no final answer`, anomalies };
  return { check: NAME, verdict: 'pass', reason: `${cells} of ${cells} keys equal the origin`, anomalies };
}

function cellOf(region: string, key: string): string {
  return `${region} ${key}`;
}

function isFinalAnswer(read: ReadOperation): boolean {
  return read.final && read.outcome === 'ok';
}

/** A deletion is met by any 404 that carries its version. */
function agrees(read: ReadOperation, origin: OriginState): boolean {
  return read.version === origin.version && read.found === !origin.deleted && read.status === 'fresh';
}

function toAnomaly(region: string, origin: OriginState, read: ReadOperation): Anomaly {
  const expected = origin.deleted ? `the deletion at version ${origin.version}` : `version ${origin.version}`;
  const got = read.found ? `version ${read.version ?? '?'}` : `a 404 at version ${read.version ?? '?'}`;
  const because =
    read.status === 'stale' ? 'it was still labelled stale when settle ended' : `the ${read.source ?? 'edge'} answered so after settle`;
  return {
    anomaly: NAME,
    region,
    key: origin.key,
    explain: `expected ${expected} in ${region}, got ${got}: ${because}`,
    witness: [origin, read],
  };
}
