/** How long after a write was answered a region first served it, or a later one: per region, ms. */
import type { History } from './history.ts';
import type { ReadOperation, WriteOperation } from './records.ts';

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Nearest-rank quantiles; null without samples. */
export function quantilesOf(samples: readonly number[]): Quantiles | null {
  if (samples.length === 0) return null;
  const sorted = [...samples].sort((one, other) => one - other).map((ms) => Math.round(ms));
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: quantile(sorted, 1) };
}

function groupReads(history: History): ReadonlyMap<string, readonly ReadOperation[]> {
  const groups = new Map<string, ReadOperation[]>();
  for (const read of history.reads()) {
    if (read.outcome !== 'ok') continue;
    const cell = `${read.region} ${read.key}`;
    groups.set(cell, [...(groups.get(cell) ?? []), read]);
  }
  return groups;
}

/** Only writes that were answered and seen count: a version never read says nothing. */
export function convergenceOf(history: History, regions: readonly string[]): Readonly<Record<string, Quantiles | null>> {
  const reads = groupReads(history);
  const writes = history.operations.filter(
    (operation): operation is WriteOperation => operation.kind !== 'read' && operation.kind !== 'purge' && operation.outcome === 'ok',
  );
  return Object.fromEntries(
    regions.map((region) => {
      const delays = writes.flatMap((write) => {
        const seen = reads
          .get(`${region} ${write.key}`)
          ?.find((read) => read.startMs >= (write.endMs ?? 0) && (read.version ?? 0) >= (write.version ?? 0));
        return seen === undefined ? [] : [seen.startMs - (write.endMs ?? 0)];
      });
      return [region, quantilesOf(delays)];
    }),
  );
}
