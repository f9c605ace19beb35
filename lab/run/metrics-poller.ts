/**
 * Asks every edge for its metrics once a second and reports them: a Region line, and a Point for each metric. The
 * origin is asked, too; what either tells of the log goes into the history. All are asked together, unlike at the
 * terminal (`live/observer.ts`): a run asks once more at its end, and two runs of one seed ask at the same times.
 */

import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import { type Clock, type Timer, toTimestamp } from '../../services/runtime/clock.ts';
import type { Phase, Report } from '../report/events.ts';
import { refusedOf } from '../session/log-watch.ts';
import type { ServiceLooks } from '../session/service-looks.ts';
import type { MetricName } from '../thresholds/metrics.ts';
import type { WorldRegion } from '../worlds/world.ts';

const POLL_MS = 1000;
const ASKED_MAX = 3;
/** In the Region line; the edge itself keeps to 100. */
const VERSIONS_MAX = 30;
const PERCENT = 100;

export interface MetricsPollerOptions {
  /** Left out: once a second. */
  readonly pollMs?: number;
  readonly regions: readonly WorldRegion[];
  readonly clock: Clock;
  readonly report: Report;
  readonly looks: ServiceLooks;
  /** ms since the run's start. */
  readonly t: () => number;
}

export class MetricsPoller {
  readonly #options: MetricsPollerOptions;
  /** An edge that tells no metrics is not asked, and has no line. */
  readonly #asked: readonly WorldRegion[];
  /** By region: what it said the time before. */
  readonly #before = new Map<string, EdgeMetrics>();
  #phase: Phase = 'warmup';
  #timer: Timer | undefined;
  #polling: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: MetricsPollerOptions) {
    this.#options = options;
    this.#asked = options.regions.filter((region) => options.looks.tells(region));
  }

  enter(phase: Phase): void {
    this.#phase = phase;
  }

  start(): void {
    this.#timer = this.#options.clock.setTimer(this.#options.pollMs ?? POLL_MS, () => {
      this.#polling = this.#pollAll().then(() => {
        if (!this.#closed) this.start();
      });
    });
  }

  /**
   * Once more, after the poll under way: what is seen then is the last evidence, so who does not answer is asked again,
   * a few times.
   */
  async pollNow(): Promise<void> {
    await this.#polling;
    for (let times = 0; times < ASKED_MAX && !this.#closed; times += 1) if (await this.#pollAll()) return;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.looks.close();
    this.#timer?.cancel();
    await this.#polling;
  }

  /** Whether all have answered. */
  async #pollAll(): Promise<boolean> {
    const answered = await Promise.all([this.#pollOrigin(), ...this.#asked.map((region) => this.#poll(region))]);
    return answered.every(Boolean);
  }

  async #pollOrigin(): Promise<boolean> {
    return (await this.#options.looks.origin()) !== undefined;
  }

  /** An edge that does not answer has no line: silence is visible, an invented figure is not. */
  async #poll(asked: WorldRegion): Promise<boolean> {
    const { report, t, clock, looks } = this.#options;
    const metrics = await looks.edge(asked);
    if (metrics === undefined) return false;
    const { region } = asked;
    const { window } = metrics;
    const hitRatio = window.hitRatio === null ? null : window.hitRatio / PERCENT;
    const versions = metrics.versions.slice(0, VERSIONS_MAX);
    report({
      type: 'Region',
      t: t(),
      region,
      hitRatio,
      p50: window.p50,
      p95: window.p95,
      p99: window.p99,
      staleHits: metrics.metrics.staleHits,
      lag: metrics.log.lag,
      versions,
    });
    const before = this.#before.get(region);
    this.#before.set(region, metrics);
    for (const [metric, value] of Object.entries(pointsOf(metrics, before))) {
      if (value === null) continue;
      report({ type: 'Point', t: t(), metric, data: { time: toTimestamp(clock.now()), value, tags: { region, phase: this.#phase } } });
    }
    return true;
  }
}

/**
 * What an edge itself tells of the metrics, for whoever watches: counters since the look before, ratios and times of
 * its last ten seconds. Thresholds are judged by the history.
 */
function pointsOf(now: EdgeMetrics, before: EdgeMetrics | undefined): Partial<Record<MetricName, number | null>> {
  const { window, invalidationLagMs } = now;
  const live = {
    edge_hit_ratio: window.hitRatio === null ? null : window.hitRatio / PERCENT,
    edge_read_duration: window.p99,
    invalidation_lag: invalidationLagMs,
  };
  // Its counters begin anew with its process.
  if (before === undefined || before.metrics.startTime !== now.metrics.startTime) return live;
  const grown = (counterOf: (metrics: EdgeMetrics) => number) => counterOf(now) - counterOf(before);
  const reads = grown(({ metrics }) => metrics.totalRequests);
  const stale = grown(({ metrics }) => metrics.staleHits);
  return {
    ...live,
    edge_reads: reads,
    origin_fetches: grown(({ originFetches }) => originFetches),
    fills_refused: grown(({ fills }) => refusedOf(fills)),
    edge_stale_ratio: reads === 0 ? null : stale / reads,
  };
}
