/**
 * What happened around an anomaly, moment by moment: its witness, and what else is known of the write in it: when the
 * log took its event, when the region applied it, when the origin was asked for what a read returned. Those are told by
 * the clocks of the services: each stands where it most likely was, with the clock that says so.
 */
import type { Anomaly, Witness } from '../../checks/check.ts';
import { type ServiceClocks, serviceClocksOf } from '../../checks/service-clocks.ts';
import { endOf } from '../../history/end.ts';
import type { History } from '../../history/history.ts';
import type { FaultRecord, Operation, Published, ReadOperation, WriteOperation } from '../../history/records.ts';
import { duration, plural } from './format.ts';

export const ORIGIN = 'origin';
export const LOG = 'log';

export interface StoryMoment {
  readonly atMs: number;
  /** ORIGIN, LOG or a region. */
  readonly lane: string;
  /** What it is about: `v4`; empty where it is no version. */
  readonly label: string;
  readonly says: string;
  /** The lane it came from. */
  readonly from?: string;
  /** It is the answer that should not have been. */
  readonly isCulprit?: boolean;
}

export interface Story {
  /** From left to right. */
  readonly lanes: readonly string[];
  readonly moments: readonly StoryMoment[];
  readonly faults: readonly FaultRecord[];
  /** How many moments were left out. */
  readonly leftOut: number;
  /** What there is no evidence of. */
  readonly missing: readonly string[];
  /** The place of the moment whose event was not seen to get to the region. */
  readonly lostAt: number | undefined;
}

const MOMENTS_MAX = 12;
const REGIONS_MAX = 3;

export function storyOf({ region, witness }: Anomaly, history: History): Story {
  const faults = witness.filter(isFault);
  const known = witness.filter(isKnown);
  const related = relatedOf(region, known, history);
  const last = known.findLast((shown) => isOperation(shown) && shown.kind === 'read');
  const when = { clocks: serviceClocksOf(history), endMs: endOf(history) };
  const all = [...known, ...related.found].flatMap((shown) => momentsOf(shown, when, shown === last));
  const inOrder = [...new Map(all.map((moment) => [`${moment.atMs} ${moment.lane} ${moment.says}`, moment])).values()].sort(
    (one, other) => one.atMs - other.atMs,
  );
  const latest = inOrder.slice(-MOMENTS_MAX);
  const others = latest.map(({ lane }) => lane).filter((lane) => lane !== ORIGIN && lane !== LOG);
  const lanes = [ORIGIN, LOG, ...[...new Set([region, ...others])].filter((lane) => lane !== '*').slice(0, REGIONS_MAX)];
  const moments = latest.filter(({ lane }) => lanes.includes(lane));
  const lostMs = related.lost && when.clocks.origin.onRunClock(related.lost.sentMs).likelyMs;
  const sentAt = moments.findIndex(({ atMs, lane }) => lane === LOG && atMs === lostMs);
  return {
    lanes,
    moments,
    faults,
    leftOut: inOrder.length - moments.length,
    missing: related.missing,
    lostAt: sentAt < 0 ? undefined : sentAt,
  };
}

type Known = Exclude<Witness, FaultRecord>;

interface Related {
  readonly found: readonly Known[];
  readonly missing: readonly string[];
  /** What the log took and was not seen to be applied. */
  readonly lost: Published | undefined;
}

/**
 * Of the write that the last read should have shown: its event, or that of a later one, in the log and in the region.
 */
function relatedOf(region: string, witness: readonly Known[], history: History): Related {
  const read = witness.filter(isOperation).findLast(({ kind }) => kind === 'read');
  const shown = read?.kind === 'read' ? (read.version ?? 0) : 0;
  const write = witness.filter(isVersionWrite).find(({ version }) => version !== undefined && version > shown);
  if (write?.version === undefined) return { found: [], missing: [], lost: undefined };
  const atLeast = write.version;
  const isOfIt = (event: { readonly target: string; readonly version: number | null }) =>
    event.target === write.key && (event.version ?? 0) >= atLeast;
  const sent = history.of('published').find(isOfIt);
  const taken = history.of('applied').find((event) => event.region === region && isOfIt(event));
  const name = `the event of v${write.version}`;
  return {
    found: [sent, taken].filter((event) => event !== undefined),
    missing: [
      ...(sent === undefined ? [`${name} was not seen in the log`] : []),
      ...(taken === undefined ? [`${name} was not seen to be applied in ${region}`] : []),
    ],
    lost: taken === undefined ? sent : undefined,
  };
}

function isVersionWrite(shown: Known): shown is WriteOperation {
  return isOperation(shown) && shown.kind !== 'read' && shown.kind !== 'purge';
}

function isFault(shown: Witness): shown is FaultRecord {
  return 'injectedMs' in shown;
}

function isKnown(shown: Witness): shown is Known {
  return !isFault(shown);
}

function isOperation(shown: Known): shown is Operation {
  return 'kind' in shown;
}

interface When {
  readonly clocks: ServiceClocks;
  /** Of the run. */
  readonly endMs: number;
}

function momentsOf(shown: Known, { clocks, endMs }: When, isCulprit: boolean): readonly StoryMoment[] {
  if (isOperation(shown)) return shown.kind === 'read' ? readMoments(shown, clocks, isCulprit) : [writeMoment(shown)];
  if ('sentMs' in shown) {
    const atMs = clocks.origin.onRunClock(shown.sentMs).likelyMs;
    return [
      {
        atMs,
        lane: LOG,
        from: ORIGIN,
        label: labelOf(shown.version),
        says: 'the log has the event of this version, by the clock of the origin',
      },
    ];
  }
  if ('appliedMs' in shown) {
    const { region, mode, version } = shown;
    const atMs = clocks.edge(region).onRunClock(shown.appliedMs).likelyMs;
    return [{ atMs, lane: region, from: LOG, label: labelOf(version), says: `applied, ${mode}, by the clock of the edge` }];
  }
  if ('pending' in shown) return [{ atMs: shown.atMs, lane: ORIGIN, label: '', says: `${plural(shown.pending, 'event')} in the outbox` }];
  if ('originFetches' in shown) {
    const lag = shown.lag === null ? 'the log does not answer the region' : `${plural(shown.lag, 'record')} behind the log`;
    return [
      {
        atMs: shown.atMs,
        lane: shown.region,
        label: '',
        says: `${lag}, ${shown.queued} waiting, ${plural(shown.originFetches, 'fetch', 'fetches')} so far`,
      },
    ];
  }
  const held = shown.deleted ? `${shown.key} deleted at v${shown.version}` : `${shown.key} at v${shown.version}`;
  return [{ atMs: endMs, lane: ORIGIN, label: labelOf(shown.version), says: `holds ${held} at the end` }];
}

function labelOf(version: number | null | undefined): string {
  return version === null || version === undefined ? '' : `v${version}`;
}

function tookOf({ startMs, endMs }: Operation): string {
  return endMs === undefined ? 'not answered' : `answered after ${duration(endMs - startMs)}`;
}

function writeMoment(write: Exclude<Operation, ReadOperation>): StoryMoment {
  const at = { atMs: write.endMs ?? write.startMs, lane: ORIGIN };
  if (write.kind === 'purge') return { ...at, label: 'purge', says: `${write.mode}, of ${write.type} ${write.target}, ${tookOf(write)}` };
  return { ...at, label: labelOf(write.version), says: `${write.kind} of ${write.key ?? write.slot}, ${tookOf(write)}` };
}

/** The read, and when the origin was asked for what it returned. */
function readMoments(read: ReadOperation, clocks: ServiceClocks, isCulprit: boolean): readonly StoryMoment[] {
  const { region, version, found, source, status, cachedMs, startMs, key, error } = read;
  const answer =
    version === undefined
      ? `read of ${key}: ${error ?? read.outcome ?? 'no answer'}`
      : `read of ${key}: ${found === false ? '404, ' : ''}${status} from the ${source}, ${tookOf(read)}`;
  const answered: StoryMoment = { atMs: startMs, lane: region, label: labelOf(version), says: answer, isCulprit };
  if (cachedMs === undefined) return [answered];
  const within = { fromMs: Number.NEGATIVE_INFINITY, toMs: read.endMs ?? Number.POSITIVE_INFINITY };
  const atMs = clocks.edge(region).onRunClock(cachedMs, within).likelyMs;
  const fetched = { atMs, lane: region, from: ORIGIN, label: labelOf(version), says: 'fetched from the origin, by the clock of the edge' };
  return [fetched, answered];
}
