/**
 * The charts of a region inside its panel, as lines, one column a second: the P99 of its reads with the faults below,
 * how old its answers were, and the time below both.
 *
 *     20 ms ┤   ╭╮
 *    0.0 ms ┼───╯╰────
 *    faults  ├ cut ┤
 *     answer ▁▁▂▃▅▇▁▁    in a large panel a chart, too
 *          -20 s     now
 */
import { axisText, chartLine, chartPoints, chartTexts } from '../draw/chart.ts';
import { msText, padTo } from '../draw/format.ts';
import { type Line, span, spread } from '../draw/line.ts';
import { AGE_MIN_MS, ageMax, latencyMax, niceMax } from '../draw/scale.ts';
import { sparkline } from '../draw/sparkline.ts';
import type { Theme } from '../draw/theme.ts';
import type { FaultBand } from '../state/state.ts';
import type { RegionState, Sample } from '../state/watched.ts';
import { bandLines } from './bands.ts';

export interface RegionChartsOptions {
  readonly region: RegionState;
  readonly bands: readonly FaultBand[];
  readonly nowMs: number;
  /** What the right edge is. */
  readonly edge: string;
  readonly width: number;
  /** At least 6. */
  readonly rows: number;
  readonly theme: Theme;
}

/** From so many rows on the age of answers has a chart. */
const AGE_CHART_ROWS = 12;
const AGE_SHARE = 0.4;
/** Bands, the age of answers, the time. */
const OTHER_ROWS = 3;
const MS_PER_S = 1_000;
const AGE_WORDS = 'age of answers, P99';

/** `rows` lines of `width` columns. */
export function regionChartLines(options: RegionChartsOptions): readonly Line[] {
  const { region, nowMs, edge, width, rows, theme } = options;
  const points = chartPoints(width);
  const { p99, age } = chartsOf(region.history, { width, rows, theme });
  const bands = options.bands.filter((band) => band.region === undefined || band.region === region.region);
  return [
    ...p99,
    ...bandLines({ bands, nowMs, indent: width - points, points, rows: 1, theme }),
    ...age,
    [span(axisText(width, edge), 'muted')],
  ];
}

interface Charts {
  readonly p99: readonly Line[];
  readonly age: readonly Line[];
}

type ChartsSize = Pick<RegionChartsOptions, 'width' | 'rows' | 'theme'>;

/** A second has several frames, and its charts are the same in all of them. */
const DRAWN = new WeakMap<readonly Sample[], ChartsSize & Charts>();

function chartsOf(history: readonly Sample[], size: ChartsSize): Charts {
  const known = DRAWN.get(history);
  const isKnown = known?.width === size.width && known.rows === size.rows && known.theme.isAscii === size.theme.isAscii;
  if (known !== undefined && isKnown) return known;
  const drawn = drawCharts(history, size);
  DRAWN.set(history, { ...size, ...drawn });
  return drawn;
}

function drawCharts(history: readonly Sample[], { width, rows, theme }: ChartsSize): Charts {
  const free = rows - OTHER_ROWS;
  const ageRows = rows >= AGE_CHART_ROWS ? Math.floor(free * AGE_SHARE) : 0;
  const values = history.map(({ p99 }) => p99);
  const max = niceMax(latencyMax(history.slice(-chartPoints(width))));
  const p99 = chartTexts({ values, width, height: free - ageRows, min: 0, max, format: msText, isAscii: theme.isAscii });
  const age = ageRows === 0 ? [ageLine(history, width, theme)] : ageChart(history, width, ageRows, theme);
  return { p99: p99.map(chartLine), age };
}

function ageLine(history: readonly Sample[], width: number, theme: Theme): Line {
  const points = chartPoints(width);
  const values = history.map(({ staleness }) => staleness);
  const blocks = sparkline(values, { width: points, scaleMin: AGE_MIN_MS, ascii: theme.isAscii });
  return [span(padTo(`age ${secondsText(values.at(-1))}`, width - points), 'muted'), span(blocks, 'chart')];
}

/** In five columns. */
function secondsText(ms: number | null | undefined): string {
  if (ms === undefined || ms === null) return '-';
  return `${(ms / MS_PER_S).toFixed(ms >= 10 * MS_PER_S ? 0 : 1)} s`;
}

function ageChart(history: readonly Sample[], width: number, height: number, theme: Theme): readonly Line[] {
  const values = history.map(({ staleness }) => staleness);
  const max = niceMax(ageMax(history.slice(-chartPoints(width))));
  const title = spread([span(AGE_WORDS, 'muted')], [span(msText(values.at(-1)))], width);
  return [title, ...chartTexts({ values, width, height, min: 0, max, format: msText, isAscii: theme.isAscii }).map(chartLine)];
}
