/**
 * A line over time, drawn by asciichart (owned by this file): one column a second, the newest at the right, gaps where
 * nothing is known.
 */
import asciichart, { type PlotConfig } from 'asciichart';
import { padTo } from './format.ts';
import { type Line, span } from './line.ts';

/** Columns before the axis. */
const LABEL_COLUMNS = 8;
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

export function chartLine(text: string): Line {
  return [span(text.slice(0, LABEL_COLUMNS), 'muted'), span(text.slice(LABEL_COLUMNS), 'chart')];
}

/** Exactly `count`, missing ones being null: at the left. */
function lastOf(values: readonly (number | null)[], count: number): readonly (number | null)[] {
  const known = values.slice(-count).map((value) => (value !== null && Number.isFinite(value) ? value : null));
  return [...Array.from({ length: count - known.length }, () => null), ...known];
}

/** Of the seconds between two labels below a chart, the first that leaves room for them. */
const AXIS_STEPS_S = [10, 20, 30, 60, 120] as const;
const AXIS_LABELS_MAX = 6;

/** Below a chart of that width: how long ago its columns are. `edge`: what the right one is. */
export function axisText(width: number, edge: string): string {
  const points = chartPoints(width);
  const step = AXIS_STEPS_S.find((seconds) => points / seconds <= AXIS_LABELS_MAX) ?? AXIS_STEPS_S[AXIS_STEPS_S.length - 1] ?? points;
  const labels: string[] = [edge.padStart(step)];
  for (let ago = step; ago < points; ago += step) {
    const columns = Math.min(step, points - ago);
    const label = `-${ago} s`;
    labels.unshift((label.length < columns ? label : '').padStart(columns));
  }
  return labels.join('').slice(-points).padStart(width);
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
