/**
 * How old answers were in each region, and how soon they agreed with a write.
 *
 * Staleness is of every answer that could be old: raw as it was, adjusted without the time of faults, and 0 where it was current. A write is
 * consistent within t where no read that began later than t after its acknowledgement showed an older version; those count
 * that were read afterwards at all.
 */
import type { History } from '../history/history.ts';
import { type Quantiles, quantilesOf } from '../history/quantiles.ts';
import { keyOf } from './answers.ts';
import { type Staleness, stalenessOf } from './staleness.ts';
import { type AnsweredRead, isAcknowledged } from './versions.ts';

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

export function stalenessFigures(history: History, region: string): StalenessFigures {
  const samples = stalenessSamples(history, region);
  return {
    samples: samples.length,
    raw: quantilesOf(samples.map((sample) => sample.rawMs)),
    adjusted: quantilesOf(samples.map(({ adjustedMs }) => adjustedMs)),
  };
}

export interface StalenessSample {
  readonly read: AnsweredRead;
  readonly rawMs: number;
  readonly adjustedMs: number;
}

export function stalenessSamples(history: History, region: string): readonly StalenessSample[] {
  const staleness = stalenessOf(history, 'adjusted');
  const reads = (staleness.byRegion.get(region) ?? []).filter((read) => staleness.couldBeOld(read));
  return reads.map((read) => {
    const stale = staleness.judge(read);
    return { read, rawMs: rawMs(read, stale), adjustedMs: stale?.adjustedMs ?? 0 };
  });
}

/** Since the supersession, whatever the label says. */
function rawMs({ startMs }: AnsweredRead, stale: ReturnType<Staleness['judge']>): number {
  return stale === undefined ? 0 : startMs - stale.superseding.atMs;
}

export function consistencyFigures(history: History, region: string): ConsistencyFigures {
  const { byKey } = stalenessOf(history, 'adjusted');
  const lowest = new Map<string, readonly number[]>();
  const oldMs: number[] = [];
  for (const write of history.operations) {
    if (!isAcknowledged(write)) continue;
    const cell = keyOf({ region, key: write.key });
    const reads = byKey.get(cell) ?? [];
    if ((reads.at(-1)?.startMs ?? Number.NEGATIVE_INFINITY) <= write.endMs) continue;
    const known = lowest.get(cell) ?? lowestFrom(reads);
    lowest.set(cell, known);
    const last = reads[countBelow(known, write.version) - 1];
    oldMs.push(last === undefined ? 0 : Math.max(0, last.startMs - write.endMs));
  }
  const share = (ms: number) => (oldMs.length === 0 ? null : oldMs.filter((old) => old <= ms).length / oldMs.length);
  return { writes: oldMs.length, within: Object.fromEntries(WITHIN_MS.map((ms) => [String(ms), share(ms)])) };
}

/** For each read the lowest version of it and all later ones: ascending. */
function lowestFrom(reads: readonly AnsweredRead[]): readonly number[] {
  const lowest: number[] = [];
  for (const { version } of reads.toReversed()) lowest.push(Math.min(version, lowest.at(-1) ?? version));
  return lowest.reverse();
}

/** How many of the ascending numbers are below one. */
function countBelow(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
