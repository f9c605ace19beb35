/**
 * How far an invalidation got that was lost: the last step that the services' metrics are evidence of. They list the
 * last events only, so an event that is in no list shows nothing where a list may be without it.
 */
import type { History } from '../history/history.ts';
import type { Applied, EdgeSample, FaultRecord, OriginSample, OriginState, Published } from '../history/records.ts';
import { plural, pluralWere } from '../input/plural.ts';
import { nodeName } from '../system/parts.ts';
import type { Witness } from './check.ts';
import { type ServiceClock, type ServiceClocks, serviceClocksOf } from './service-clocks.ts';
import type { Staleness } from './staleness.ts';
import { type AcknowledgedWrite, type AnsweredRead, isAcknowledged } from './versions.ts';

export interface Lost {
  readonly origin: OriginState;
  readonly read: AnsweredRead;
}

/** How far it got, and what shows it. */
interface Evidence {
  readonly subKind: 'unpublished' | 'undelivered' | 'unapplied' | 'overwritten' | undefined;
  readonly because: string;
  readonly shownBy: readonly Witness[];
}

/** What the region had answered of a key before its last answer. */
export class AnsweredBefore {
  readonly #lost: Lost;
  /** The first from its cache with the version that was lost. */
  seen: AnsweredRead | undefined;
  /** When the entry of the last answer was answered first. */
  entryMs = Number.POSITIVE_INFINITY;

  constructor(lost: Lost) {
    this.#lost = lost;
  }

  take(answer: AnsweredRead): void {
    const { origin, read } = this.#lost;
    if (answer.source !== 'cache') return;
    if (answer.version >= origin.version && answer.endMs <= read.startMs) this.seen ??= answer;
    const isSameEntry = answer.version === read.version && answer.cachedMs === read.cachedMs;
    if (isSameEntry) this.entryMs = Math.min(this.entryMs, answer.endMs);
  }
}

export interface LostCell extends Lost {
  readonly answered: AnsweredBefore;
}

export interface Knowledge {
  readonly known: KnownOfLog;
  readonly staleness: Staleness;
}

interface Node<Sample> {
  readonly node: string;
  readonly clock: ServiceClock;
  readonly samples: readonly Sample[];
}

/** What is known of each key's events. */
export class KnownOfLog {
  readonly published: ReadonlyMap<string, readonly Published[]>;
  readonly applied: ReadonlyMap<string, readonly Applied[]>;
  readonly originSamples: readonly OriginSample[];
  readonly edgeSamples: readonly EdgeSample[];
  readonly clocks: ServiceClocks;
  readonly #writes: ReadonlyMap<string, AcknowledgedWrite>;
  readonly #kills: readonly FaultRecord[];

  constructor(history: History) {
    this.clocks = serviceClocksOf(history);
    this.published = Map.groupBy(history.of('published'), ({ target }) => target);
    this.applied = Map.groupBy(history.of('applied'), ({ target }) => target);
    this.originSamples = history.of('origin-sample');
    this.edgeSamples = history.of('edge-sample');
    this.#writes = new Map(history.changes.filter(isAcknowledged).map((write) => [`${write.key} ${write.version}`, write]));
    this.#kills = history.faults.filter(({ fault }) => fault === 'kill');
  }

  /**
   * A sample of that node that shows that an event of then or later may be in none of its lists. A process that is dead
   * has no events.
   */
  unlistedSince<Sample extends OriginSample | EdgeSample>(sinceMs: number, { node, clock, samples }: Node<Sample>): Sample | undefined {
    return samples.find(({ atMs, unlistedToMs }) => {
      if (unlistedToMs === undefined) return false;
      const { toMs } = clock.onRunClock(unlistedToMs, { fromMs: 0, toMs: atMs });
      const dead = this.#kills.find(
        ({ target, seenMs = toMs, healedMs = atMs }) => target.text === node && seenMs <= toMs && toMs <= healedMs,
      );
      return (dead?.seenMs ?? toMs) >= sinceMs;
    });
  }

  writeOf({ key, version }: OriginState): AcknowledgedWrite | undefined {
    return this.#writes.get(`${key} ${version}`);
  }
}

export function evidenceOf({ origin, read, answered }: LostCell, { known, staleness }: Knowledge): Evidence {
  const { key, version } = origin;
  const isOfIt = (event: Published | Applied) => (event.version ?? 0) >= version;
  const applied = known.applied.get(key)?.filter(isOfIt) ?? [];
  const { seen } = answered;
  if (seen !== undefined)
    return {
      subKind: 'overwritten',
      because: `the cache had answered version ${seen.version} before, and an older version came back`,
      shownBy: [seen],
    };
  const here = applied.find(({ region }) => region === read.region);
  if (here !== undefined) return appliedHere({ read, answered }, here, { known, staleness });
  const sinceMs = known.writeOf(origin)?.startMs ?? 0;
  const published = known.published.get(key)?.find(isOfIt) ?? applied[0];
  if (published === undefined) return notPublished(known, sinceMs);
  return notApplied([...new Set([published, ...applied.slice(0, 1)])], { region: read.region, known, sinceMs });
}

function overwritten(here: Applied): Evidence {
  return { subKind: 'overwritten', because: 'the region had applied the invalidation, and an older version came back', shownBy: [here] };
}

function withoutEffect(here: Applied): Evidence {
  return {
    subKind: 'unapplied',
    because: 'the region reports that it applied the invalidation, and its older entry is still there',
    shownBy: [here],
  };
}

/**
 * Whether the entry was in the cache when the event was applied: it had been answered before, or was fetched too long
 * before to come in after it. When it was applied the edge tells by its own clock, as when the entry was fetched: the
 * two compare if that clock was not set.
 */
function appliedHere({ read, answered }: Omit<LostCell, 'origin'>, here: Applied, { known: { clocks }, staleness }: Knowledge): Evidence {
  const clock = clocks.edge(read.region);
  const applied = clock.onRunClock(here.appliedMs);
  const { cachedMs } = read;
  if (cachedMs === undefined) return overwritten(here);
  // A clock that was set back shows one time twice: then two entries look like one.
  const beforeMs = clock.wasSetBack ? Number.POSITIVE_INFINITY : answered.entryMs;
  const isTooLongAgo = here.appliedMs - cachedMs > staleness.fetchDeadlineMs(read.region);
  if (beforeMs < applied.fromMs || (!clock.wasSet && isTooLongAgo)) return withoutEffect(here);
  if (beforeMs < applied.toMs || (clock.wasSet && isTooLongAgo)) return inDoubt(here);
  return overwritten(here);
}

function inDoubt(here: Applied): Evidence {
  const because = 'the region reports that it applied the invalidation; its clock does not show whether its entry is older';
  return { subKind: undefined, because, shownBy: [here] };
}

function notPublished(known: KnownOfLog, sinceMs: number): Evidence {
  const { originSamples, clocks } = known;
  const last = originSamples.at(-1);
  if (last === undefined) return { subKind: undefined, because: 'no sample of the origin shows what was published', shownBy: [] };
  const unlisted = known.unlistedSince(sinceMs, { node: 'origin', clock: clocks.origin, samples: originSamples });
  if (unlisted !== undefined)
    return {
      subKind: undefined,
      because: 'the origin lists only its last events, and may have published this one between two looks',
      shownBy: [unlisted],
    };
  const because =
    last.pending > 0 ? `${pluralWere(last.pending, 'event')} still in the outbox` : 'the log never took the event of this version';
  return { subKind: 'unpublished', because, shownBy: [last] };
}

interface NotApplied {
  readonly region: string;
  readonly known: KnownOfLog;
  /** When the write began: its event came later. */
  readonly sinceMs: number;
}

/** `events`: that it was published, and what another region applied, which knows where it is in the log. */
function notApplied(events: readonly (Published | Applied)[], { region, known, sinceMs }: NotApplied): Evidence {
  const samples = known.edgeSamples.filter((sample) => sample.region === region);
  const last = samples.at(-1);
  if (last === undefined) return { subKind: undefined, because: 'no sample of the region shows what it applied', shownBy: events };
  const unlisted = known.unlistedSince(sinceMs, { node: nodeName('edge', region), clock: known.clocks.edge(region), samples });
  if (unlisted !== undefined)
    return {
      subKind: undefined,
      because: 'the region lists only its last events, and may have applied this one between two looks',
      shownBy: [...events, unlisted],
    };
  const shownBy = [...events, last];
  const place = placeOf(events);
  const event = place === undefined ? 'the event' : `the event at ${place}`;
  if (last.lag === 0) return { subKind: 'unapplied', because: `the region is past ${event} in the log and never applied it`, shownBy };
  if (last.queued > 0) return { subKind: 'unapplied', because: `${plural(last.queued, 'event')} waited in the region`, shownBy };
  const behind = last.lag === null ? 'the log did not answer the region' : `the region was ${plural(last.lag, 'event')} behind the log`;
  return { subKind: 'undelivered', because: place === undefined ? behind : `${behind}; the event is at ${place}`, shownBy };
}

function placeOf(events: readonly (Published | Applied)[]): string | undefined {
  const at = events.find((event) => 'offset' in event && event.offset !== undefined);
  return at !== undefined && 'offset' in at ? `offset ${at.offset} of partition ${at.partition}` : undefined;
}
