/**
 * What readers see of a cache that tells nothing of itself: how often it answers by itself, how fast, and which version
 * of what it gave last.
 */
import { contentKey } from '../../../services/protocol/content.ts';
import type { EdgeMetrics, VersionRow } from '../../../services/protocol/edge-api.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import { quantilesOf } from '../../history/quantiles.ts';
import type { EdgeRead } from './edge.ts';

type Seen = Pick<EdgeMetrics, 'window' | 'versions'> & {
  readonly metrics: Pick<EdgeMetrics['metrics'], 'totalRequests' | 'cacheHits' | 'cacheMisses' | 'staleHits' | 'hitRatio'>;
};

interface Timed {
  readonly atMs: number;
  readonly tookMs: number;
  readonly isHit: boolean;
}

const WINDOW_MS = 10_000;
/** As many as an edge tells. */
const VERSIONS_MAX = 100;
const PERCENT = 100;

export class ReadMeter {
  readonly #clock: Clock;
  /** Of the last ten seconds, oldest first. */
  #window: Timed[] = [];
  /** By key, the one read last at the end. */
  readonly #versions = new Map<string, VersionRow>();
  #hits = 0;
  #stale = 0;
  #misses = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `sentMs`: of the monotonic clock. */
  saw(id: number, read: EdgeRead, sentMs: number): void {
    const isHit = read.source === 'cache';
    const atMs = this.#clock.monotonicMs();
    if (isHit) this.#hits += 1;
    else this.#misses += 1;
    if (read.status === 'stale') this.#stale += 1;
    this.#window.push({ atMs, tookMs: atMs - sentMs, isHit });
    if ((this.#window[0]?.atMs ?? atMs) < atMs - 2 * WINDOW_MS) this.#window = this.#inWindow();
    const key = contentKey(id);
    this.#versions.delete(key);
    this.#versions.set(key, { key, version: read.version, state: read.status });
    if (this.#versions.size > 2 * VERSIONS_MAX)
      for (const old of [...this.#versions.keys()].slice(0, VERSIONS_MAX)) this.#versions.delete(old);
  }

  seen(): Seen {
    const window = this.#inWindow();
    const quantiles = quantilesOf(window.map(({ tookMs }) => tookMs));
    const [requests, total] = [window.length, this.#hits + this.#misses];
    return {
      versions: [...this.#versions.values()].reverse().slice(0, VERSIONS_MAX),
      metrics: {
        totalRequests: total,
        cacheHits: this.#hits,
        cacheMisses: this.#misses,
        staleHits: this.#stale,
        hitRatio: total === 0 ? 0 : rounded((PERCENT * this.#hits) / total),
      },
      window: {
        requests,
        hitRatio: requests === 0 ? null : rounded((PERCENT * window.filter(({ isHit }) => isHit).length) / requests),
        p50: quantiles?.p50 ?? null,
        p95: quantiles?.p95 ?? null,
        p99: quantiles?.p99 ?? null,
      },
    };
  }

  #inWindow(): Timed[] {
    const sinceMs = this.#clock.monotonicMs() - WINDOW_MS;
    return this.#window.filter(({ atMs }) => atMs > sinceMs);
  }
}

function rounded(percent: number): number {
  return Number(percent.toFixed(2));
}
