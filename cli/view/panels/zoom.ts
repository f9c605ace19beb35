/**
 * A region closely, as lines: its links, why it refused reads, P99 and hit ratio over time with the faults as bands
 * below their axis, how old its answers are, then how far it is in the log, the invalidations it applied last, and why
 * it refused what.
 */

import { plural } from '../../../lab/input/plural.ts';
import type { RefusedReads } from '../../../lab/live/protocol.ts';
import { axisText, chartLine, chartPoints, chartTexts } from '../draw/chart.ts';
import { delayText, msText, percentText, plain, portText } from '../draw/format.ts';
import { fitLine, type Line, lineWidth, span, spread } from '../draw/line.ts';
import { AGE_MIN_MS, latencyMax, niceMax } from '../draw/scale.ts';
import { sparkline } from '../draw/sparkline.ts';
import type { Theme } from '../draw/theme.ts';
import { wrapped } from '../draw/wrap.ts';
import { filledTo, type Room } from '../screens/screen.ts';
import { edgeText } from '../state/past.ts';
import { settingsOf } from '../state/pending-settings.ts';
import type { ViewState } from '../state/state.ts';
import type { RegionState } from '../state/watched.ts';
import { bandLines } from './bands.ts';
import { titleLine } from './chrome.ts';
import { countOf, statusLine } from './region-panel.ts';
import { zoomTables } from './zoom-tables.ts';

/**
 * Rows beside charts, bands and tables: the head, the titles of the charts, two rows for the age of answers, the time.
 */
const FIXED_ROWS = 6;
const TABLE_ROWS_MIN = 5;
const BAND_ROWS_MAX = 4;
const REFUSED_ROWS_MAX = 3;

export function zoomLines(state: ViewState, room: Room): readonly Line[] {
  const { width, rows, theme } = room;
  const region = state.regions[state.selected];
  if (region === undefined) return filledTo([], rows).map((line) => fitLine(line, width));
  const refused = refusedLines(region.refused, width, theme);
  const { p99Rows, hitRows, bandRows, tableRows } = sharesOf(rows - refused.length);
  const bands = state.bands.filter((band) => band.region === undefined || band.region === region.region);
  const points = chartPoints(width);
  const lines = [
    headLine(state, region, room),
    ...refused,
    ...p99Lines(region, { ...room, rows: p99Rows }),
    ...hitLines(region, { ...room, rows: hitRows }),
    ...bandLines({ bands, nowMs: state.nowMs, indent: width - points, points, rows: bandRows, theme }),
    ...ageLines(region, room),
    [span(axisText(width, edgeText(state)), 'muted')],
    ...zoomTables(state, region, { ...room, rows: tableRows }),
  ];
  return filledTo(lines, rows).map((line) => fitLine(line, width));
}

function sharesOf(rows: number) {
  const free = Math.max(0, rows - FIXED_ROWS);
  const bandRows = Math.min(BAND_ROWS_MAX, Math.max(1, Math.floor(free / 8)));
  const tableRows = Math.max(Math.min(TABLE_ROWS_MIN, free), Math.floor((free - bandRows) * 0.45));
  const charts = Math.max(0, free - bandRows - tableRows);
  const hitRows = Math.floor(charts * 0.4);
  return { bandRows, tableRows, hitRows, p99Rows: charts - hitRows };
}

function headLine(state: ViewState, region: RegionState, { width, theme }: Room): Line {
  const settings = settingsOf(region.pending, region.seen.metrics);
  const words = settings === undefined ? '' : ` ${settings.strategy} ${delayText(settings.propagationDelayMs)}`;
  const name = [span(`${state.selected + 1} ${plain(region.region)}`, 'accent'), span(words)];
  const statusIn = (room: number) => statusLine({ region, faults: state.faults, nowMs: state.nowMs, theme }, room);
  // What has no room is left out whole: first where to curl it, then the words beside the marks.
  const choices = [[[...name, span(`  ${portText(region.url)}`, 'muted')], statusIn(width)] as const, [name, statusIn(width)] as const];
  const [left, status] = choices.find(([one, other]) => lineWidth(one) + lineWidth(other) < width) ?? [name, statusIn(0)];
  return spread(left, status, width);
}

/** Why reads got no answer, the most frequent reason first; no line where all of them did. */
function refusedLines(refused: RefusedReads, width: number, theme: Theme): readonly Line[] {
  const { mark, role } = theme.tones.warning;
  const reasons = refused.map(({ why, count }) => (refused.length === 1 ? why : `${count} with ${why}`)).join('; ');
  const lines = refused.length === 0 ? [] : wrapped(`${plural(countOf(refused), 'read')} refused in 10 s: ${reasons}`, width - 2);
  return lines.slice(0, REFUSED_ROWS_MAX).map((line, at): Line => [span(`${at === 0 ? mark : ' '} ${line}`, role)]);
}

/** A title, then the chart; the title alone where a line is too little to draw one. */
function p99Lines({ history, seen: { metrics } }: RegionState, { width, rows, theme }: Room): readonly Line[] {
  const values = history.map(({ p99 }) => p99);
  const max = niceMax(latencyMax(history.slice(-chartPoints(width))));
  const { p50, p95, p99 } = metrics?.window ?? {};
  const figures = `P50 ${msText(p50)}  P95 ${msText(p95)}  P99 ${msText(p99)}`;
  const title = titleLine([span('P99 of reads ', 'muted'), span(figures)], width, theme);
  if (rows < 2) return [title, ...filledTo([], rows)];
  const texts = chartTexts({ values, width, height: rows, min: 0, max, format: msText, isAscii: theme.isAscii });
  return [title, ...texts.map(chartLine)];
}

function hitLines({ history, seen: { metrics } }: RegionState, { width, rows, theme }: Room): readonly Line[] {
  const values = history.map(({ hitRatio }) => hitRatio);
  const ratio = percentText(metrics?.window.hitRatio);
  const title = titleLine([span('hit ratio ', 'muted'), span(ratio)], width, theme);
  if (rows < 2) return [title, ...filledTo([], rows)];
  const format = (value: number) => `${Math.round(value)} %`;
  return [title, ...chartTexts({ values, width, height: rows, min: 0, max: 100, format, isAscii: theme.isAscii }).map(chartLine)];
}

/** A title, then a block a second below the axis of the charts. */
function ageLines({ history, staleness }: RegionState, { width, theme }: Room): readonly Line[] {
  const blocks = sparkline(
    history.map((sample) => sample.staleness),
    { width: chartPoints(width), scaleMin: AGE_MIN_MS, ascii: theme.isAscii },
  );
  const words =
    staleness === undefined || staleness.reads === 0 ? 'no reads yet' : ageWords(staleness.p99, staleness.oldReads, staleness.reads);
  return [
    titleLine([span('how old answers are ', 'muted'), span(words)], width, theme),
    [span(' '.repeat(width - chartPoints(width))), span(blocks, 'chart')],
  ];
}

function ageWords(p99: number | null, old: number, reads: number): string {
  return old === 0 ? 'every answer current' : `P99 ${msText(p99)}, ${Math.round((100 * old) / reads)} % old`;
}
