/**
 * Counters and latencies of one edge: since its start, as the original EdgeSync had them, and over the last ten
 * seconds.
 */
import type { AppliedInvalidation, EdgeMetrics } from '../protocol/edge-api.ts';
import type { InvalidationMode } from '../protocol/invalidation.ts';
import { type Clock, toTimestamp } from '../runtime/clock.ts';
import { Recent } from '../runtime/recent.ts';
import type { FillOutcome, FillRefusal } from './cache/cache.ts';
import { HistogramLatencies, type Latencies, WINDOW_S } from './latencies.ts';

/** `miss` had to ask the origin; `error` had no answer for the client. */
export type ReadOutcome = 'hit' | 'stale' | 'miss' | 'error';

interface WindowSlot {
  second: number;
  requests: number;
  hits: number;
}

export class EdgeMeter {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #reads: Record<ReadOutcome, number> = { hit: 0, stale: 0, miss: 0, error: 0 };
  readonly #invalidations: Record<InvalidationMode, number> = { hard: 0, soft: 0 };
  readonly #refused = new Map<FillRefusal, number>();
  readonly #recent = new Recent<AppliedInvalidation>();
  readonly #latencies: Latencies;
  readonly #window: readonly WindowSlot[];
  #stored = 0;
  #coalesced = 0;
  #hot = 0;
  #originFetches = 0;
  #failedFetches = 0;
  #readsThrough = 0;
  #unreadable = 0;
  #invalidationLagMs: number | null = null;

  constructor(clock: Clock, latencies: Latencies = new HistogramLatencies()) {
    this.#clock = clock;
    this.#latencies = latencies;
    this.#startedAt = clock.now();
    this.#window = Array.from({ length: WINDOW_S }, () => ({ second: -1, requests: 0, hits: 0 }));
  }

  recordRead(outcome: ReadOutcome, latencyMs: number): void {
    this.#reads[outcome] += 1;
    this.#latencies.record(latencyMs, this.#second());
    const slot = this.#currentSlot();
    slot.requests += 1;
    slot.hits += outcome === 'hit' || outcome === 'stale' ? 1 : 0;
  }

  countInvalidation(applied: AppliedInvalidation): void {
    this.#invalidations[applied.mode] += 1;
    this.#invalidationLagMs = Math.max(0, applied.appliedAt - applied.recordedAt);
    this.#recent.add(applied);
  }

  /** Of those counted: one that brought no answer. */
  countFailedFetch(): void {
    this.#failedFetches += 1;
  }

  /** Of those counted: one past the cache, for it does not answer. */
  countReadThrough(): void {
    this.#readsThrough += 1;
  }

  countUnreadable(): void {
    this.#unreadable += 1;
  }

  countFill(outcome: FillOutcome): void {
    if (outcome === 'stored') this.#stored += 1;
    else this.#refused.set(outcome, (this.#refused.get(outcome) ?? 0) + 1);
  }

  countCoalesced(): void {
    this.#coalesced += 1;
  }

  /** A lookup that was answered without the cache. */
  countHot(): void {
    this.#hot += 1;
  }

  countOriginFetch(): void {
    this.#originFetches += 1;
  }

  get unreadable(): number {
    return this.#unreadable;
  }

  get errors(): number {
    return this.#reads.error;
  }

  /** Everything `/metrics` says that this meter knows. */
  snapshot(): Pick<
    EdgeMetrics,
    | 'metrics'
    | 'window'
    | 'fills'
    | 'coalesced'
    | 'hotLookups'
    | 'originFetches'
    | 'failedFetches'
    | 'readsThrough'
    | 'invalidationLagMs'
    | 'recent'
  > {
    return {
      metrics: this.#lifetime(),
      window: this.#lastSeconds(),
      invalidationLagMs: this.#invalidationLagMs,
      recent: this.#recent.list(),
      fills: { stored: this.#stored, refused: Object.fromEntries(this.#refused) },
      coalesced: this.#coalesced,
      hotLookups: this.#hot,
      originFetches: this.#originFetches,
      failedFetches: this.#failedFetches,
      readsThrough: this.#readsThrough,
    };
  }

  #lifetime(): EdgeMetrics['metrics'] {
    const { hit, stale, miss, error } = this.#reads;
    const total = hit + stale + miss + error;
    const latencies = this.#latencies.lifetime();
    const known = total > 0;
    return {
      totalRequests: total,
      cacheHits: hit + stale,
      cacheMisses: miss + error,
      staleHits: stale,
      hitRatio: known ? Number(((100 * (hit + stale)) / total).toFixed(2)) : 0,
      avgLatency: latencies?.meanMs ?? null,
      p50Latency: latencies?.p50Ms ?? null,
      p95Latency: latencies?.p95Ms ?? null,
      p99Latency: latencies?.p99Ms ?? null,
      minLatency: latencies?.minMs ?? null,
      maxLatency: latencies?.maxMs ?? null,
      totalInvalidations: this.#invalidations.hard + this.#invalidations.soft,
      eagerInvalidations: this.#invalidations.hard,
      lazyInvalidations: this.#invalidations.soft,
      startTime: toTimestamp(this.#startedAt),
      uptime: this.#clock.now() - this.#startedAt,
    };
  }

  #lastSeconds(): EdgeMetrics['window'] {
    const oldest = this.#second() - WINDOW_S;
    const slots = this.#window.filter((slot) => slot.second > oldest);
    const latencies = this.#latencies.lastSeconds(this.#second());
    const requests = slots.reduce((sum, slot) => sum + slot.requests, 0);
    const hits = slots.reduce((sum, slot) => sum + slot.hits, 0);
    return {
      requests,
      hitRatio: requests === 0 ? null : Number(((100 * hits) / requests).toFixed(2)),
      p50: latencies?.p50Ms ?? null,
      p95: latencies?.p95Ms ?? null,
      p99: latencies?.p99Ms ?? null,
    };
  }

  #second(): number {
    return Math.floor(this.#clock.monotonicMs() / 1000);
  }

  #currentSlot(): WindowSlot {
    const second = this.#second();
    const slot = this.#window[second % WINDOW_S] as WindowSlot;
    if (slot.second === second) return slot;
    slot.second = second;
    slot.requests = 0;
    slot.hits = 0;
    return slot;
  }
}
