/** The figures of two runs side by side, and which of them is worse in the second. */
import type { Quantiles } from '../history/quantiles.ts';
import type { Side } from './side.ts';

/** null: not known of that run. */
export interface Pair<Value> {
  readonly a: Value | null;
  readonly b: Value | null;
}

export interface QuantilesPair extends Pair<Quantiles> {
  readonly figure: FigureName;
  readonly region: string;
  /** Of P50, P95 and P99. The smallest and the largest value are a single one, and chance. */
  readonly worse: readonly (keyof Quantiles)[];
}

export const FIGURES = ['staleness', 'staleness outside faults', 'write seen after', 'read duration'] as const;
export type FigureName = (typeof FIGURES)[number];

/**
 * How long until a write was seen depends on when its key is read next: the load makes it, and each seed has another
 * load.
 */
const NOT_JUDGED: readonly FigureName[] = ['write seen after'];
const JUDGED = ['p50', 'p95', 'p99'] as const;
/** A smaller difference is none: timers and sockets differ by as much. */
export const FLOOR_MS = 10;
/** Of a share from 0 to 1: one read in a hundred. */
export const FLOOR_SHARE = 0.01;
const PERCENT = 100;

/** Whether `b` is above `a` by more than the tolerance. From 0 every increase is. */
export function isAbove({
  a,
  b,
  tolerancePercent,
}: {
  readonly a: number;
  readonly b: number;
  readonly tolerancePercent: number;
}): boolean {
  return b > a + (Math.abs(a) * tolerancePercent) / PERCENT;
}

export function quantilePairs(a: Side, b: Side, tolerancePercent: number): readonly QuantilesPair[] {
  const regions = [...new Set([a, b].flatMap(({ summary }) => Object.keys(summary.staleness)))];
  return regions.flatMap((region) =>
    FIGURES.map((figure): QuantilesPair => {
      const [one, other] = [figuresOf(a, region)[figure] ?? null, figuresOf(b, region)[figure] ?? null];
      const isWorse = (at: keyof Quantiles) => {
        if (one === null || other === null || NOT_JUDGED.includes(figure) || other[at] - one[at] < FLOOR_MS) return false;
        return isAbove({ a: one[at], b: other[at], tolerancePercent });
      };
      return { figure, region, a: one, b: other, worse: JUDGED.filter(isWorse) };
    }).filter((pair) => pair.a !== null || pair.b !== null),
  );
}

function figuresOf({ summary, readMs }: Side, region: string): Readonly<Record<FigureName, Quantiles | null | undefined>> {
  return {
    staleness: summary.staleness[region]?.raw,
    'staleness outside faults': summary.staleness[region]?.adjusted,
    'write seen after': summary.convergence[region],
    'read duration': readMs?.[region],
  };
}
