/**
 * fresh-beyond-lease: a region called a version fresh that was superseded longer ago than the bound that its edge
 * states.
 *
 * An edge with a lease on the log says: what it calls fresh was superseded no longer ago than the lease and the skew of
 * clocks together. That holds whatever is cut, killed or slow, and whatever the propagation delay, so no fault excuses
 * it, and neither does a machine that stood still: the edge looks at its clock when it answers. What it rests on are
 * the clocks of origin and edge. A region is not judged where these are seen to differ by more than the skew, or the
 * edge's was set back by as much; and where they may have been, what that explains is no proof.
 *
 * One anomaly for each version of a key in a region, with the read furthest above the bound.
 */
import { answerOf, cellOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, Judging } from '../check.ts';
import { Sieve } from '../doubt.ts';
import { type ServiceClock, type ServiceClocks, serviceClocksOf } from '../service-clocks.ts';
import { verdictOf } from '../verdict.ts';
import type { AnsweredRead, Known } from '../versions.ts';

const NAME = 'fresh-beyond-lease';
/** Times are told in whole milliseconds, of either rounding. */
const ROUNDING_MS = 2;

export const freshBeyondLease: Check = {
  name: NAME,
  about: 'an answer labelled fresh has a version that was superseded longer ago than the lease of its edge allows',
  begin,
};

interface Beyond {
  readonly read: AnsweredRead;
  readonly superseding: Known;
  readonly ageMs: number;
  readonly boundMs: number;
}

function begin({ history, regions, staleness }: CheckInput): Judging {
  const clocks = new Clocks(serviceClocksOf(history));
  const worst = new Map<string, Beyond>();
  const sieve = new Sieve<Beyond>(
    ({ read, ageMs, boundMs }) => clocks.doubtAbout(read.region, skewMsOf(read.region), ageMs - boundMs),
    (found) => {
      const known = worst.get(cellOf(found.read));
      if (known === undefined || found.ageMs > known.ageMs) worst.set(cellOf(found.read), found);
    },
  );
  const skewMsOf = (region: string) => history.boundsOf(region).skewMs ?? 0;
  let [judged, excused, isTelling] = [0, 0, false];
  return {
    answer: (read, stale) => {
      const { leaseMs, skewMs = 0 } = history.boundsOf(read.region);
      if (leaseMs === undefined || !staleness.couldBeOld(read)) return;
      if (clocks.areBeyond(read.region, skewMs)) {
        excused += 1;
        return;
      }
      judged += 1;
      const boundMs = leaseMs + skewMs;
      isTelling ||= read.startMs - staleness.versions.changedMs(read) > boundMs + ROUNDING_MS;
      if (stale === undefined || read.status !== 'fresh') return;
      const ageMs = read.startMs - stale.superseding.atMs;
      if (ageMs > boundMs + ROUNDING_MS) sieve.add({ read, superseding: stale.superseding, ageMs, boundMs });
    },
    result: () => {
      const why = whyNone({
        judged,
        excused,
        isTelling,
        isStated: regions.some((region) => history.boundsOf(region).leaseMs !== undefined),
      });
      if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
      const anomalies = [...worst.values()].map(toAnomaly);
      const beside = excused === 0 ? '' : `; ${excused} more were not judged, because the clocks differed by more than the skew`;
      const reason = `${sieve.found} of ${judged} reads were labelled fresh beyond the lease${beside}`;
      return verdictOf({ check: NAME, found: sieve.found, anomalies, reason, doubt: sieve.doubt });
    },
  };
}

interface Seen {
  readonly judged: number;
  readonly excused: number;
  /** A read began so late that a wrong answer would have been beyond the bound. */
  readonly isTelling: boolean;
  readonly isStated: boolean;
}

function whyNone({ judged, excused, isTelling, isStated }: Seen): string | undefined {
  if (!isStated)
    return 'nothing to judge: no region states for how long an old version may be labelled fresh (FRESHNESS_LEASE, or bound of a target)';
  if (judged === 0 && excused > 0) return `nothing to judge: in all ${excused} reads the clocks differed by more than the skew`;
  if (judged === 0) return 'nothing to judge: no answered read began after a change of its key';
  return isTelling ? undefined : `nothing to judge: each of the ${judged} reads began within the bound after a change of its key`;
}

/** How far the clocks of origin and edge were apart: for certain, and perhaps. */
class Clocks {
  readonly #clocks: ServiceClocks;

  constructor(clocks: ServiceClocks) {
    this.#clocks = clocks;
  }

  /** What the lease rests on does not hold. */
  areBeyond(region: string, skewMs: number): boolean {
    return apartMs(this.#clocks.origin, this.#clocks.edge(region), 'least') > skewMs;
  }

  /** Whether what is above the bound by so much may come of clocks that nobody has seen to be within the skew. */
  doubtAbout(region: string, skewMs: number, excessMs: number): string | undefined {
    const mostMs = apartMs(this.#clocks.origin, this.#clocks.edge(region), 'most');
    return mostMs > skewMs && excessMs <= mostMs - skewMs ? 'where the clocks may have differed by more than the skew' : undefined;
  }
}

/** A heartbeat is too young by what the origin is ahead of the edge; an entry by what the edge was set back. */
function apartMs(origin: ServiceClock, edge: ServiceClock, which: 'least' | 'most'): number {
  const [of, its] = [origin.ahead, edge.ahead];
  if (which === 'least') return Math.max(of.highest.fromMs - its.lowest.toMs, its.highest.fromMs - its.lowest.toMs);
  return Math.max(of.highest.toMs - its.lowest.fromMs, its.highest.toMs - its.lowest.fromMs);
}

function toAnomaly({ read, superseding, ageMs, boundMs }: Beyond): Anomaly {
  const age = `superseded by version ${superseding.version} ${Math.round(ageMs)} ms before the read, where the lease and the skew together allow ${boundMs} ms, whatever fails`;
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected version ${superseding.version} or later in ${read.region}, or the label stale, got ${answerOf(read)}: ${age}`,
    witness: [superseding.by, read],
  };
}
