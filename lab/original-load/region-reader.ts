/** The reads of one region: a few at a time, each with its latency, and when a version was first seen. */
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import { LatencyHistogram } from '../history/latency-histogram.ts';
import type { Clients } from '../system/clients.ts';
import { CallFailed } from '../system/transport.ts';
import type { WorldRegion } from '../worlds/world.ts';

export interface RegionReaderOptions {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly id: number;
  /** Reads under way at a time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Of all regions together. */
  readonly overall: LatencyHistogram;
  /** A read has ended. */
  readonly onRead?: (() => void) | undefined;
}

export class RegionReader {
  readonly region: WorldRegion;
  readonly latencies = new LatencyHistogram();
  /** By version, when the first read that returned it ended: monotonic. */
  readonly firstSeenMs = new Map<number, number>();
  failed = 0;
  readonly #options: RegionReaderOptions;

  constructor(region: WorldRegion, options: RegionReaderOptions) {
    this.region = region;
    this.#options = options;
  }

  /** Evenly over `overMs`, or as fast as answers come when it is 0; fewer after an abort. */
  async read(count: number, overMs: number): Promise<void> {
    const { clock, concurrency, signal } = this.#options;
    const startedAt = clock.monotonicMs();
    let next = 0;
    const readInTurn = async () => {
      while (next < count && !signal.aborted) {
        const waitMs = startedAt + (overMs * next) / count - clock.monotonicMs();
        next += 1;
        if (waitMs > 0) await sleep(clock, waitMs, signal);
        if (!signal.aborted) await this.#readOnce();
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, count) }, readInTurn));
  }

  async #readOnce(): Promise<void> {
    const { clients, clock, id, overall, onRead } = this.#options;
    const startedAt = clock.monotonicMs();
    try {
      const { version } = await clients.edge(this.region.region).read(id);
      const endedAt = clock.monotonicMs();
      for (const histogram of [this.latencies, overall]) histogram.record(endedAt - startedAt);
      if (!this.firstSeenMs.has(version)) this.firstSeenMs.set(version, endedAt);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      this.failed += 1;
    }
    onRead?.();
  }
}
