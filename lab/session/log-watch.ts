/**
 * What the services' metrics tell, for whoever writes it down: of the log each event published and applied once, and
 * how things stood then; of themselves what their clock said and how late they were.
 */
import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../services/protocol/origin-api.ts';
import type { ProcessReport } from '../../services/protocol/process.ts';
import type { RecordSink } from '../history/record-kinds.ts';
import type { ClockReading, EdgeSample } from '../history/records.ts';
import type { WallClock } from '../history/wall-clock.ts';
import { isInTouch } from '../system/settled.ts';
import { EventList } from './event-list.ts';
import { ServiceStalls } from './service-stalls.ts';

/** How many fills a cache refused, for whatever reason. */
export function refusedOf({ refused }: EdgeMetrics['fills']): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

/** A purge that takes longer is one that the cache does not take. */
const UNDER_WAY_MS = 100;

/** `atMs`: when it answered, on the run's clock. `isToldByOther`: by who does not know what the cache stores. */
export function toEdgeSample(region: string, edge: EdgeMetrics, { atMs, isToldByOther = false }: SeenOptions): EdgeSample {
  const { metrics, log, originFetches, fills, lease } = edge;
  const { lag, queued, applied, joins, overdueMs = 0 } = log;
  // A purger has read all, and may yet wait before it asks a cache again that was away.
  const isOverdue = isToldByOther && overdueMs > UNDER_WAY_MS;
  const caughtUp = isInTouch(edge) && lag !== null && lag <= queued && !isOverdue;
  const refused = refusedOf(fills);
  const filled = isToldByOther ? {} : { fills: fills.stored + refused, refused };
  const fetched = { originFetches, ...fetchedForCache(edge), ...filled };
  // Word from the origin counts for nothing where a clock is wrong.
  const evidence = lease === undefined ? {} : { evidenceMs: lease.untrustedMs ? null : lease.evidenceMs };
  const joined = joins === undefined ? {} : { joins };
  return { region, atMs, since: metrics.startTime, ...fetched, lag, queued, caughtUp, ...evidence, ...joined, applied };
}

interface AskedEdge {
  /** What `asks` answered. */
  readonly askedMs: number;
  /** By who does not know what the cache stores. */
  readonly isToldByOther?: boolean | undefined;
}

interface Process {
  readonly of: string;
  readonly askedMs: number;
  readonly isProgram?: boolean;
}

interface TellPublished {
  readonly dated: Dated;
  readonly begunMs?: number | undefined;
}

type Unlisted = Pick<EdgeSample, 'unlistedToMs'>;

interface SeenOptions {
  readonly atMs: number;
  readonly isToldByOther?: boolean;
}

interface Dated {
  readonly sink: RecordSink<'published' | 'applied'>;
  readonly wallClock: WallClock;
}

export interface LogWatchOptions {
  readonly sink: RecordSink<'origin-sample' | 'edge-sample' | 'stall' | 'pressure'>;
  /** What has times of the services' own clocks. Left out: the live verdict judges by none of it. */
  readonly dated?: Dated;
  /** ms since the start. */
  readonly t: () => number;
  /** The services are one process, of whose stalls the world tells by itself. */
  readonly isOneProcess?: boolean;
}

/** How much longer than it says a service may have had the question: its clock need not go as fast, and rounds. */
const HELD_SHARE = 0.98;
const HELD_MS_OFF = 1;

export class LogWatch {
  readonly #options: LogWatchOptions;
  readonly #published = new EventList();
  /** By region. */
  readonly #applied = new Map<string, EventList>();
  readonly #stalls: ServiceStalls;

  constructor(options: LogWatchOptions) {
    this.#options = options;
    this.#stalls = new ServiceStalls({ sink: options.sink, isOneProcess: options.isOneProcess ?? false });
  }

  /** What `saw...` is given of a question that is sent now. */
  asks(): number {
    return this.#options.t();
  }

  sawOrigin({ outbox, published, process }: OriginMetrics, askedMs: number): void {
    const { sink, dated, t } = this.#options;
    const atMs = t();
    const unlisted = dated && this.#tellPublished(published, { dated, begunMs: process && dated.wallClock.toRunMs(process.now) });
    sink.add('origin-sample', { atMs, pending: outbox.pending, ...unlisted, ...this.#sawProcess(process, { of: 'origin', askedMs }) });
  }

  sawEdge(region: string, edge: EdgeMetrics, { askedMs, isToldByOther = false }: AskedEdge): void {
    const { process } = edge;
    const { sink, dated, t } = this.#options;
    const atMs = t();
    const unlisted = dated && this.#tellApplied(region, edge, dated);
    sink.add('edge-sample', {
      ...toEdgeSample(region, edge, { atMs, isToldByOther }),
      ...unlisted,
      ...this.#sawProcess(process, { of: `edge:${region}`, askedMs, isProgram: isToldByOther }),
    });
  }

  /** `begunMs`: a time since which its list has gone on. */
  #tellPublished(published: OriginMetrics['published'], { dated, begunMs = this.#options.t() }: TellPublished): Unlisted {
    const toMs = ({ sentAt }: (typeof published)[number]) => dated.wallClock.toRunMs(sentAt);
    const { news, ...unlisted } = this.#published.take(published, { timeOf: toMs, begunMs });
    for (const event of news)
      dated.sink.add('published', { event: event.id, target: event.target, version: event.version, sentMs: toMs(event) });
    return unlisted;
  }

  #tellApplied(region: string, { recent, metrics }: EdgeMetrics, { sink, wallClock }: Dated): Unlisted {
    const list = this.#applied.get(region) ?? new EventList();
    this.#applied.set(region, list);
    const toMs = ({ appliedAt }: (typeof recent)[number]) => wallClock.toRunMs(appliedAt);
    const { news, ...unlisted } = list.take(recent, { timeOf: toMs, begunMs: wallClock.toRunMs(Date.parse(metrics.startTime)) });
    for (const applied of news) {
      const { id, target, version, mode, partition, offset } = applied;
      sink.add('applied', { event: id, region, target, version, mode, appliedMs: toMs(applied), partition, offset });
    }
    return unlisted;
  }

  #sawProcess(report: ProcessReport | undefined, { of, askedMs, isProgram }: Process): { readonly clock?: ClockReading } {
    if (report === undefined) return {};
    const { dated, t } = this.#options;
    const fromMs = askedMs + Math.max(0, report.heldMs * HELD_SHARE - HELD_MS_OFF);
    const toMs = Math.max(fromMs, t());
    this.#stalls.saw(report, { of, reportedMs: (fromMs + toMs) / 2, isProgram });
    return dated === undefined ? {} : { clock: { fromMs, toMs, nowMs: dated.wallClock.toRunMs(report.now) } };
  }
}

function fetchedForCache({ originFetches, failedFetches, readsThrough }: EdgeMetrics): { fetchedForCache?: number } {
  if (failedFetches === undefined || readsThrough === undefined) return {};
  return { fetchedForCache: originFetches - failedFetches - readsThrough };
}
