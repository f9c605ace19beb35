/** How long after a write was answered a region first served it, or a later one: per region, ms. */
import type { History } from './history.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';
import type { Change, ReadOperation, WriteOperation } from './records.ts';

/** Beside every figure of it: else a key that nobody reads looks like a region that is late. */
export const SEEN_BY_READS = 'Write seen after: the time until a read showed the write. For a key that is seldom read this time is long.';

/** Only writes that were answered and seen count: a version never read says nothing. */
export function convergenceOf(history: History, regions: readonly string[]): Readonly<Record<string, Quantiles | null>> {
  const samples = convergenceSamples(history, regions);
  return Object.fromEntries(regions.map((region) => [region, quantilesOf((samples.get(region) ?? []).map(({ delayMs }) => delayMs))]));
}

export interface ConvergenceSample {
  readonly write: WriteOperation;
  readonly delayMs: number;
}

/** By region. */
export function convergenceSamples(history: History, regions: readonly string[]): ReadonlyMap<string, readonly ConvergenceSample[]> {
  const writes = Map.groupBy(history.changes.filter(isAnsweredWrite), ({ key }) => key ?? '');
  const unseen = new Map(regions.map((region) => [region, new Unseen(writes)]));
  for (const read of history.reads) if (read.outcome === 'ok') unseen.get(read.region)?.take(read);
  return new Map([...unseen].map(([region, { samples }]) => [region, samples]));
}

function isAnsweredWrite(change: Change): change is WriteOperation {
  return change.kind !== 'purge' && change.outcome === 'ok';
}

/** The writes that a region was not seen to serve yet. */
class Unseen {
  readonly samples: ConvergenceSample[] = [];
  readonly #writes: ReadonlyMap<string, readonly WriteOperation[]>;
  /** By key: how many of its writes were seen. */
  readonly #seen = new Map<string, number>();

  constructor(writes: ReadonlyMap<string, readonly WriteOperation[]>) {
    this.#writes = writes;
  }

  /**
   * In the order in which they began. Writes and versions of a key go up together: what shows the next is never before
   * what shows this one.
   */
  take({ key, startMs, version = 0 }: ReadOperation): void {
    const writes = this.#writes.get(key) ?? [];
    let seen = this.#seen.get(key) ?? 0;
    for (let write = writes[seen]; write !== undefined; write = writes[seen]) {
      const { endMs = 0, version: written = 0 } = write;
      if (startMs < endMs || version < written) break;
      this.samples.push({ write, delayMs: startMs - endMs });
      seen += 1;
    }
    this.#seen.set(key, seen);
  }
}
