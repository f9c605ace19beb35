/** A line over time, drawn by asciichart (owned by this file): one column a second, the newest at the right, gaps where nothing is known. */
import asciichart, { type PlotConfig } from 'asciichart';
import { padTo } from './format.ts';

/** Columns before the axis. */
export const LABEL_COLUMNS = 8;
const AXIS_COLUMNS = 1;
const ASCII_SYMBOLS: NonNullable<PlotConfig['symbols']> = ['+', '|', '-', '-', '-', '`', '.', '.', "'", '|'];

export interface ChartOptions {
  readonly values: readonly (number | null)[];
  readonly width: number;
  /** Lines; at least 2. */
  readonly height: number;
  readonly min: number;
  /** Above `min`. What is above is drawn at the edge. */
  readonly max: number;
  readonly format: (value: number) => string;
  readonly isAscii: boolean;
}

/** Seconds that a chart of that width shows. */
export function chartPoints(width: number): number {
  return Math.max(2, width - LABEL_COLUMNS - AXIS_COLUMNS);
}

/** `height` texts of `width` columns. */
export function chartTexts({ values, width, height, min, max, format, isAscii }: ChartOptions): readonly string[] {
  const points = chartPoints(width);
  const shown = lastOf(values, points);
  const drawn = asciichart
    .plot(
      shown.map((value) => Math.min(max, Math.max(min, value ?? min))),
      {
        height: height - 1,
        min,
        max,
        // The label is one cell of asciichart's, the axis the next.
        offset: 2,
        format: (value: number) => padTo(format(value), LABEL_COLUMNS, 'right'),
        ...(isAscii ? { symbols: ASCII_SYMBOLS } : {}),
      },
    )
    .split('\n');
  return Array.from({ length: height }, (_, row) => withGaps(padTo(drawn[row] ?? '', width), shown));
}

/** Exactly `count`, missing ones being null: at the left. */
function lastOf(values: readonly (number | null)[], count: number): readonly (number | null)[] {
  const known = values.slice(-count).map((value) => (value !== null && Number.isFinite(value) ? value : null));
  return [...Array.from({ length: count - known.length }, () => null), ...known];
}

/** A column joins two values: without one of them there is nothing to draw. */
function withGaps(text: string, values: readonly (number | null)[]): string {
  const first = LABEL_COLUMNS + AXIS_COLUMNS;
  return [...text]
    .map((cell, column) => {
      const at = column - first;
      const isGap = at >= 0 && (values[at] === null || (values[at + 1] ?? null) === null);
      return isGap ? ' ' : cell;
    })
    .join('');
}
