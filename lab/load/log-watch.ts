/** What the services' metrics tell of the log, into the history: each event published and applied once, and how things stood then. */
import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../services/protocol/origin-api.ts';
import type { History } from './history.ts';
import type { WallClock } from './wall-clock.ts';

/** How many fills a cache refused, for whatever reason. */
export function refusedOf({ refused }: EdgeMetrics['fills']): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

export interface LogWatchOptions {
  readonly history: History;
  readonly wallClock: WallClock;
  /** ms since the run's start. */
  readonly t: () => number;
}

export class LogWatch {
  readonly #options: LogWatchOptions;
  /** By region, '' for the origin: the events already told. As many as there were, which the run bounds. */
  readonly #known = new Map<string, Set<string>>();

  constructor(options: LogWatchOptions) {
    this.#options = options;
  }

  sawOrigin({ outbox, published }: OriginMetrics): void {
    const { history, wallClock, t } = this.#options;
    for (const { id, target, version, sentAt } of this.#news('', published))
      history.addPublished({ event: id, target, version, sentMs: wallClock.toRunMs(sentAt) });
    history.addOriginSample({ atMs: t(), pending: outbox.pending });
  }

  sawEdge(region: string, edge: EdgeMetrics): void {
    const { metrics, log, originFetches, fills, recent } = edge;
    const { history, wallClock, t } = this.#options;
    for (const { id, target, version, mode, appliedAt, partition, offset } of this.#news(region, recent))
      history.addApplied({ event: id, region, target, version, mode, appliedMs: wallClock.toRunMs(appliedAt), partition, offset });
    const { lag, queued, applied, joins } = log;
    const caughtUp = log.connected && !log.catchingUp && lag !== null && lag <= queued;
    const refused = refusedOf(fills);
    const attempts = fills.stored + refused;
    const said = { ...fetchedForCache(edge), lag, queued, caughtUp, ...(joins === undefined ? {} : { joins }), applied };
    history.addEdgeSample({ region, atMs: t(), since: metrics.startTime, originFetches, fills: attempts, refused, ...said });
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
