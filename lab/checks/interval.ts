/** Spans of time, in ms on the run's clock, and sets of them. */

/** With its beginning, without its end. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

export function overlaps(one: Interval, other: Interval): boolean {
  return one.fromMs < other.toMs && other.fromMs < one.toMs;
}

/** The same time as disjoint intervals, ascending. */
export function unionOf(windows: readonly Interval[]): readonly Interval[] {
  const union: Interval[] = [];
  for (const window of [...windows].sort((one, other) => one.fromMs - other.fromMs)) {
    const last = union.at(-1);
    if (last === undefined || last.toMs < window.fromMs) union.push(window);
    else if (last.toMs < window.toMs) union[union.length - 1] = { fromMs: last.fromMs, toMs: window.toMs };
  }
  return union;
}

/** How much of the interval is in none of the disjoint windows, in ms. */
export function lengthOutside({ fromMs, toMs }: Interval, disjoint: readonly Interval[]): number {
  let outsideMs = toMs - fromMs;
  for (const window of disjoint) outsideMs -= Math.max(0, Math.min(toMs, window.toMs) - Math.max(fromMs, window.fromMs));
  return outsideMs;
}

/** The time that is in both. */
export function intersectionOf(ones: readonly Interval[], others: readonly Interval[]): readonly Interval[] {
  return ones.flatMap((one) =>
    others.flatMap((other) => {
      const [fromMs, toMs] = [Math.max(one.fromMs, other.fromMs), Math.min(one.toMs, other.toMs)];
      return fromMs < toMs ? [{ fromMs, toMs }] : [];
    }),
  );
}
