/**
 * A trace as a waterfall: a row for each step, or for each region of a step, with a bar from the step before to its
 * end.
 *
 *     ms since it was sent              ms  0        200        400        600
 *      1 PUT /api/content/1              0  █
 *      5 cache.invalidation   us-east    3  █
 *      6 due = record + delay us-east  103  ███████
 *                             eu-west  303  ██████████████████
 */
import type { Trace, TraceStep } from '../../../lab/trace/trace-schema.ts';
import { cut, padTo, plain, widthOf } from '../draw/format.ts';
import { type Line, span } from '../draw/line.ts';
import { niceMax } from '../draw/scale.ts';
import type { Room } from '../screens/screen.ts';

/** One bar. */
interface Bar {
  /** Of the first bar of a step; else nothing. */
  readonly name: string;
  readonly file: string;
  /** Empty of what happens once. */
  readonly region: string;
  readonly fromMs: number;
  /** null: it was not seen. */
  readonly toMs: number | null;
}

const NAME_COLUMNS = 29;
const REGION_COLUMNS_MAX = 12;
const MS_COLUMNS = 6;
const FILE_COLUMNS = 34;
/** With less a bar says nothing. */
const BAR_COLUMNS_MIN = 24;
const TICKS = 4;
const GAP = 2;

export const WATERFALL_COLUMNS_MIN = NAME_COLUMNS + REGION_COLUMNS_MAX + MS_COLUMNS + GAP + BAR_COLUMNS_MIN;

/** A head, then the bars. */
export function waterfallLines({ steps, served }: Pick<Trace, 'steps' | 'served'>, { width, theme }: Room): readonly Line[] {
  const bars = barsOf(
    steps,
    served.map(({ region }) => region),
  );
  const regionColumns = Math.min(REGION_COLUMNS_MAX, 1 + Math.max(0, ...bars.map(({ region }) => widthOf(region))));
  const left = NAME_COLUMNS + regionColumns + MS_COLUMNS + GAP;
  const hasFiles = width - left - FILE_COLUMNS >= BAR_COLUMNS_MIN;
  const columns = width - left - (hasFiles ? FILE_COLUMNS : 0);
  const maxMs = Math.max(1, ...bars.map(({ toMs }) => toMs ?? 0));
  const head = padTo('ms since the write was sent', left - GAP) + ' '.repeat(GAP);
  return [
    [span(head + ticksText(maxMs, columns), 'muted')],
    ...bars.map(({ name, file, region, fromMs, toMs }): Line => {
      const value = padTo(toMs === null ? '-' : String(toMs), MS_COLUMNS, 'right');
      return [
        span(region === '' ? padTo(name, NAME_COLUMNS + regionColumns) : padTo(name, NAME_COLUMNS)),
        span(region === '' ? '' : padTo(region, regionColumns), 'muted'),
        span(value + ' '.repeat(GAP), toMs === null ? 'warning' : 'text'),
        span(
          padTo(toMs === null ? 'not seen' : barText({ fromMs, toMs, maxMs, columns, mark: theme.isAscii ? '#' : '█' }), columns),
          'chart',
        ),
        ...(hasFiles ? [span(padTo(`  ${name === '' ? '' : file}`, FILE_COLUMNS), 'muted')] : []),
      ];
    }),
  ];
}

/** Each from where the step before ended there. */
function barsOf(steps: readonly TraceStep[], regions: readonly string[]): readonly Bar[] {
  const ended = new Map<string, number>(regions.map((region) => [region, 0]));
  let onceMs = 0;
  return steps.flatMap(({ step, name, file, ms, regions: each }): readonly Bar[] => {
    const whole = `${String(step).padStart(2)} ${plain(name)}`;
    const says = ms === undefined ? cut(whole, NAME_COLUMNS - 1) : whole;
    const once: Bar[] = ms === undefined ? [] : [{ name: says, file, region: '', fromMs: Math.min(onceMs, ms ?? onceMs), toMs: ms }];
    onceMs = Math.max(onceMs, ms ?? 0);
    const inEach = Object.entries(each ?? {}).map(([region, toMs], at): Bar => {
      const fromMs = Math.min(ended.get(region) || onceMs, toMs ?? 0);
      ended.set(region, toMs ?? ended.get(region) ?? 0);
      return { name: once.length === 0 && at === 0 ? says : '', file, region: plain(region), fromMs, toMs };
    });
    // What is told once, after the regions, comes after the last of them.
    onceMs = Math.max(onceMs, ...(each === undefined ? [] : Object.values(each).map((value) => value ?? 0)));
    return [...once, ...inEach];
  });
}

interface BarText {
  readonly fromMs: number;
  readonly toMs: number;
  readonly maxMs: number;
  readonly columns: number;
  readonly mark: string;
}

/** At least a cell. */
function barText({ fromMs, toMs, maxMs, columns, mark }: BarText): string {
  const columnOf = (ms: number) => Math.max(0, Math.min(columns - 1, Math.floor((ms / maxMs) * columns)));
  const [from, to] = [columnOf(fromMs), columnOf(toMs)];
  return ' '.repeat(from) + mark.repeat(to - from + 1);
}

/** A number at its column, each as far from the next. */
function ticksText(maxMs: number, columns: number): string {
  const step = niceMax(maxMs / TICKS);
  let text = '';
  for (let ms = 0; ms <= maxMs; ms += step) {
    const label = String(ms);
    const column = Math.floor((ms / maxMs) * columns);
    if (column + label.length > columns) break;
    text = padTo(text, column) + label;
  }
  return padTo(text, columns);
}
