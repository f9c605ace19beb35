/**
 * Asks every edge for its metrics once a second and reports them: a Region line, and a Point for each metric. The origin is asked, too; what
 * either tells of the log goes into the history.
 */
import { type Clock, type Timer, toTimestamp } from '../services/runtime/clock.ts';
import type { Clients } from './clients.ts';
import type { LogWatch } from './load/log-watch.ts';
import type { Phase, Report } from './report/events.ts';
import type { World, WorldRegion } from './worlds/world.ts';

const POLL_MS = 1000;
/** In the Region line; the edge itself keeps to 100. */
const VERSIONS_MAX = 30;

export interface MetricsPollerOptions {
  /** Left out: once a second. */
  readonly pollMs?: number;
  readonly world: World;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly report: Report;
  readonly logWatch: LogWatch;
  /** ms since the run's start. */
  readonly t: () => number;
}

export class MetricsPoller {
  readonly #options: MetricsPollerOptions;
  #phase: Phase = 'warmup';
  #timer: Timer | undefined;
  #polling: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: MetricsPollerOptions) {
    this.#options = options;
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

  /** Once more, after the poll under way: what is seen then is the last evidence. */
  async pollNow(): Promise<void> {
    await this.#polling;
    await this.#pollAll();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#polling;
  }

  async #pollAll(): Promise<void> {
    await Promise.all([this.#pollOrigin(), ...this.#options.world.regions.map((region) => this.#poll(region))]);
  }

  async #pollOrigin(): Promise<void> {
    const { clients, logWatch } = this.#options;
    const metrics = await clients.originMetrics().catch(() => undefined);
    if (metrics !== undefined && !this.#closed) logWatch.sawOrigin(metrics);
  }

  /** An edge that does not answer has no line: silence is visible, an invented figure is not. */
  async #poll({ region, url }: WorldRegion): Promise<void> {
    const { clients, report, t, clock, logWatch } = this.#options;
    const metrics = await clients.edgeMetrics(url).catch(() => undefined);
    if (metrics === undefined || this.#closed) return;
    logWatch.sawEdge(region, metrics);
    const { window } = metrics;
    const hitRatio = window.hitRatio === null ? null : window.hitRatio / 100;
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
    const values = { edge_hit_ratio: hitRatio, edge_read_duration: window.p99, invalidation_lag: metrics.invalidationLagMs };
    for (const [metric, value] of Object.entries(values)) {
      if (value === null) continue;
      report({ type: 'Point', t: t(), metric, data: { time: toTimestamp(clock.now()), value, tags: { region, phase: this.#phase } } });
    }
  }
}
