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

interface SeenOptions {
  readonly atMs: number;
  readonly isToldByOther?: boolean;
}

export interface LogWatchOptions {
  readonly sink: RecordSink<'origin-sample' | 'edge-sample' | 'stall' | 'pressure'>;
  /** What has times of the services' own clocks. Left out: the live verdict judges by none of it. */
  readonly dated?: { readonly sink: RecordSink<'published' | 'applied'>; readonly wallClock: WallClock };
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
  /** By region, '' for the origin: the events already told. As many as there were, which the run bounds. */
  readonly #known = new Map<string, Set<string>>();
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
    if (dated !== undefined)
      for (const { id, target, version, sentAt } of this.#news('', published))
        dated.sink.add('published', { event: id, target, version, sentMs: dated.wallClock.toRunMs(sentAt) });
    sink.add('origin-sample', { atMs: t(), pending: outbox.pending, ...this.#sawProcess(process, { of: 'origin', askedMs }) });
  }

  sawEdge(region: string, edge: EdgeMetrics, { askedMs, isToldByOther = false }: AskedEdge): void {
    const { recent, process } = edge;
    const { sink, dated, t } = this.#options;
    if (dated !== undefined)
      for (const { id, target, version, mode, appliedAt, partition, offset } of this.#news(region, recent)) {
        const appliedMs = dated.wallClock.toRunMs(appliedAt);
        dated.sink.add('applied', { event: id, region, target, version, mode, appliedMs, partition, offset });
      }
    sink.add('edge-sample', {
      ...toEdgeSample(region, edge, { atMs: t(), isToldByOther }),
      ...this.#sawProcess(process, { of: `edge:${region}`, askedMs, isProgram: isToldByOther }),
    });
  }

  #sawProcess(report: ProcessReport | undefined, { of, askedMs, isProgram }: Process): { readonly clock?: ClockReading } {
    if (report === undefined) return {};
    const { dated, t } = this.#options;
    const fromMs = askedMs + Math.max(0, report.heldMs * HELD_SHARE - HELD_MS_OFF);
    const toMs = Math.max(fromMs, t());
    this.#stalls.saw(report, { of, reportedMs: (fromMs + toMs) / 2, isProgram });
    return dated === undefined ? {} : { clock: { fromMs, toMs, nowMs: dated.wallClock.toRunMs(report.now) } };
  }

  /** Those not told before, oldest first; `newest` is the other way round. */
  #news<Told extends { readonly id: string }>(of: string, newest: readonly Told[]): readonly Told[] {
    const known = this.#known.get(of) ?? new Set();
    this.#known.set(of, known);
    return newest.toReversed().filter(({ id }) => {
      const isNew = !known.has(id);
      known.add(id);
      return isNew;
    });
  }
}

function fetchedForCache({ originFetches, failedFetches, readsThrough }: EdgeMetrics): { fetchedForCache?: number } {
  if (failedFetches === undefined || readsThrough === undefined) return {};
  return { fetchedForCache: originFetches - failedFetches - readsThrough };
}
