/**
 * How old answers were in each region, and how soon every later read showed a write.
 *
 * Staleness is of every answer that could be old: raw as it was, adjusted without the time of faults, and 0 where it
 * was current. A write is consistent within t where no read that began later than t after its acknowledgement showed an
 * older version; those count that were read afterwards at all.
 */
import type { History } from '../history/history.ts';
import { firstIndex } from '../history/ordered.ts';
import { type Quantiles, WholeTimes } from '../history/quantiles.ts';
import { keyOf } from './answers.ts';
import { oncePerHistory } from './once.ts';
import { stalenessOf } from './staleness.ts';
import { type AnsweredRead, isAcknowledged, isAnswered } from './versions.ts';

const WITHIN_MS = [100, 500, 1_000, 5_000] as const;

export interface StalenessFigures {
  /** How many answers could be old. */
  readonly samples: number;
  readonly raw: Quantiles | null;
  readonly adjusted: Quantiles | null;
}

export interface ConsistencyFigures {
  /** How many writes were read afterwards. */
  readonly writes: number;
  /** By t in ms: the share of them, 0 to 1; null without any. */
  readonly within: Readonly<Record<string, number | null>>;
}

interface AgesOfRegion {
  readonly raw: WholeTimes;
  readonly adjusted: WholeTimes;
}

const agesByRegion = oncePerHistory((history): ReadonlyMap<string, AgesOfRegion> => {
  const byRegion = new Map<string, AgesOfRegion>();
  eachStaleness(history, ({ read: { region }, rawMs, adjustedMs }) => {
    const ages = byRegion.get(region) ?? { raw: new WholeTimes(), adjusted: new WholeTimes() };
    byRegion.set(region, ages);
    ages.raw.add(rawMs);
    ages.adjusted.add(adjustedMs);
  });
  return byRegion;
});

export function stalenessFigures(history: History, region: string): StalenessFigures {
  const ages = agesByRegion(history).get(region);
  return { samples: ages?.raw.samples ?? 0, raw: ages?.raw.quantiles() ?? null, adjusted: ages?.adjusted.quantiles() ?? null };
}

export interface StalenessSample {
  readonly read: AnsweredRead;
  /** Since the supersession, whatever the label says. */
  readonly rawMs: number;
  readonly adjustedMs: number;
}

/** Of every answer that could be old, in the order in which the reads began. */
export function eachStaleness(history: History, take: (sample: StalenessSample) => void): void {
  const staleness = stalenessOf(history, 'adjusted');
  staleness.eachAnswer((read, stale) => {
    if (!staleness.couldBeOld(read)) return;
    take({ read, rawMs: stale === undefined ? 0 : read.startMs - stale.superseding.atMs, adjustedMs: stale?.adjustedMs ?? 0 });
  });
}

/** When each version of a key was read last in a region. */
class LastReads {
  readonly #lastMs = new Map<number, number>();
  /** Ascending: versions, with when any of them or of those before was read last. */
  #latest: readonly { readonly version: number; readonly lastMs: number }[] | undefined;
  #anyMs = Number.NEGATIVE_INFINITY;

  take({ version, startMs }: AnsweredRead): void {
    this.#anyMs = startMs;
    this.#lastMs.set(version, startMs);
  }

  isReadAfter(ms: number): boolean {
    return this.#anyMs > ms;
  }

  /** undefined: no older version was read. */
  lastOlderMs(version: number): number | undefined {
    this.#latest ??= this.#ascending();
    const latest = this.#latest;
    return latest[firstIndex(latest.length, (at) => (latest[at]?.version ?? 0) >= version) - 1]?.lastMs;
  }

  #ascending() {
    let latestMs = Number.NEGATIVE_INFINITY;
    return [...this.#lastMs]
      .sort(([one], [other]) => one - other)
      .map(([version, lastMs]) => {
        latestMs = Math.max(latestMs, lastMs);
        return { version, lastMs: latestMs };
      });
  }
}

const lastReadsByCell = oncePerHistory((history): ReadonlyMap<string, LastReads> => {
  const byCell = new Map<string, LastReads>();
  for (const read of history.reads) {
    if (!isAnswered(read)) continue;
    const cell = keyOf(read);
    const known = byCell.get(cell) ?? new LastReads();
    byCell.set(cell, known);
    known.take(read);
  }
  return byCell;
});

export function consistencyFigures(history: History, region: string): ConsistencyFigures {
  const byCell = lastReadsByCell(history);
  const oldMs: number[] = [];
  for (const write of history.changes) {
    if (!isAcknowledged(write)) continue;
    const reads = byCell.get(keyOf({ region, key: write.key }));
    if (reads === undefined || !reads.isReadAfter(write.endMs)) continue;
    const lastMs = reads.lastOlderMs(write.version);
    oldMs.push(lastMs === undefined ? 0 : Math.max(0, lastMs - write.endMs));
  }
  const share = (ms: number) => (oldMs.length === 0 ? null : oldMs.filter((old) => old <= ms).length / oldMs.length);
  return { writes: oldMs.length, within: Object.fromEntries(WITHIN_MS.map((ms) => [String(ms), share(ms)])) };
}
