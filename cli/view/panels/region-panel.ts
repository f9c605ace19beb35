/**
 * The panel of a region, as lines:
 *
 *     ╭ 2 eu-west lazy 300 ms ─╮   strategy and delay, as the edge says or as just asked for
 *     │kafka ● origin ● cache ●│   its links and its cache; or what became of the edge
 *     │hits 97.1 %    20.0 /s  │   the last ten seconds; or how many reads got no answer in them
 *     │P50 0.4 ms   P95 2.1 ms │
 *     │P99 ▁▁▂▁▁▁▁▇▁▁▁  12.0 ms│   one block a second; charts below the figure where there is room (`region-charts.ts`)
 *     │lag 0       last 304 ms │   events not yet applied, in wide panels the offsets; the last one's way to the cache
 *     │id   here origin   state│
 *     │4       7      9 ◂2stale│   versions
 *     ╰─────────────────:5002──╯   where to curl it
 */
import type { FaultView, RefusedReads, Seen } from '../../../lab/live/protocol.ts';
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../../services/protocol/origin-api.ts';
import { ageText, delayText, msText, padTo, percentText, plain, portText } from '../draw/format.ts';
import { type Line, lineWidth, type Span, span, spread } from '../draw/line.ts';
import { framed } from '../draw/panel-frame.ts';
import { latencyMax } from '../draw/scale.ts';
import { sparkline } from '../draw/sparkline.ts';
import type { Role, Theme } from '../draw/theme.ts';
import { edgeFaultOf, type LinkState, linksOf } from '../state/links.ts';
import { settingsOf } from '../state/pending-settings.ts';
import type { FaultBand } from '../state/state.ts';
import type { RegionState } from '../state/watched.ts';
import { leaseWords } from './lease-words.ts';
import { regionChartLines } from './region-charts.ts';
import { versionLines } from './version-table.ts';

export interface PanelOptions {
  readonly region: RegionState;
  /** From 1: the key that selects it. */
  readonly number: number;
  readonly isSelected: boolean;
  readonly faults: readonly FaultView[];
  readonly origin: Seen<OriginMetrics>;
  /** Rows of the version table, in order. */
  readonly keys: readonly string[];
  readonly own: ReadonlySet<string>;
  readonly nowMs: number;
  readonly width: number;
  readonly tableRows: number;
  /** Left out: no charts. */
  readonly charts?: { readonly rows: number; readonly bands: readonly FaultBand[]; readonly edge: string } | undefined;
  /** Regions that have no panel, told at the foot of this one. */
  readonly hidden?: number;
  readonly theme: Theme;
}

const BORDERS = 2;
const WINDOW_S = 10;
const MS_PER_S = 1000;
const P99_COLUMNS = 8;
/** From here on a state is told by a word beside its mark. */
const WORDS_FROM = 44;
/** Two periods of observation: one answer that is late is no silence. */
const SILENCE_MIN = 2;

/** `PANEL_ROWS`, and those of charts and table, lines of `width` columns each. */
export function panelLines(options: PanelOptions): readonly Line[] {
  const { isSelected, width, theme, region, tableRows, keys, own, origin, faults, charts, nowMs } = options;
  const room = width - BORDERS;
  const { metrics } = region.seen;
  const isCacheAway = ['paused', 'down'].includes(linksOf(region.region, metrics, faults).cache);
  const isSilent = region.seen.failures >= SILENCE_MIN;
  const lines = [
    statusLine(options, room),
    spread([span('hits '), span(percentText(metrics?.window.hitRatio), 'strong')], rateLine(region), room),
    spread(latency('P50', metrics?.window.p50), latency('P95', metrics?.window.p95), room),
    ...(charts === undefined
      ? [p99Line(region, room, theme)]
      : [p99Title(region, room), ...regionChartLines({ ...charts, region, nowMs, width: room, theme })]),
    lagLine(region, room),
    ...versionLines({ keys, own, origin: origin.metrics, metrics: isCacheAway ? undefined : metrics, width: room, rows: tableRows, theme }),
  ];
  const shown = isSilent ? lines.map((line, at) => (at === 0 ? line : faded(line))) : lines;
  const [border, role] = isSelected ? [theme.selectedPanel, theme.selectedFrameRole] : [theme.panel, theme.frameRole];
  return framed({ title: titleOf(options), lines: shown, foot: footOf(options), width, border, role });
}

/** Where to curl it. */
function footOf({ region, hidden = 0 }: PanelOptions): string {
  return `${hidden === 0 ? '' : `Tab: ${hidden} more `}${portText(region.url)}`;
}

/** Figures of an edge that does not answer are old. */
function faded(line: Line): Line {
  return line.map(({ text }) => span(text, 'muted'));
}

function titleOf({ region, number, isSelected }: PanelOptions): Line {
  const settings = settingsOf(region.pending, region.seen.metrics);
  const name = span(`${number} ${plain(region.region)}`, isSelected ? 'accent' : 'strong');
  if (settings === undefined) return [name];
  const { strategy, propagationDelayMs } = settings;
  return [name, span(` ${strategy} ${delayText(propagationDelayMs)}`, region.pending === undefined ? 'text' : 'accent')];
}

/** Its links and its cache; or what became of the edge. */
export function statusLine(
  { region, faults, nowMs, theme }: Pick<PanelOptions, 'region' | 'faults' | 'nowMs' | 'theme'>,
  room: number,
): Line {
  const fault = edgeFaultOf(region.region, faults);
  if (fault !== undefined) {
    const { mark, role } = theme.links[fault.state];
    return [span(`edge ${mark} ${STATE_WORDS[fault.state]} ${ageText(nowMs - fault.sinceMs)}`, role)];
  }
  const { metrics, failures, answeredMs } = region.seen;
  if (failures >= SILENCE_MIN) return [span(silenceText(nowMs - (answeredMs ?? 0), failures, room), 'bad')];
  const links = linksOf(region.region, metrics, faults);
  const parts = (['kafka', 'origin', 'cache'] as const).map((name) => {
    const { mark, role } = theme.links[links[name]];
    const word = room >= WORDS_FROM && links[name] !== 'unknown' ? ` ${STATE_WORDS[links[name]]}` : '';
    return [span(`${name} `), span(`${mark}${word}`, role)];
  });
  return parts.flatMap((part, at): Span[] => (at === 0 ? part : [span(' '), ...part]));
}

/** The age of the figures shown, and the try that is under way. */
function silenceText(ms: number, failures: number, room: number): string {
  const short = `silent ${ageText(ms)}, try ${failures + 1}`;
  return room < WORDS_FROM ? short : `edge silent for ${ageText(ms)}, reconnecting, try ${failures + 1}`;
}

const STATE_WORDS: Readonly<Record<LinkState, string>> = {
  ok: 'ok',
  cut: 'cut',
  slow: 'slow',
  paused: 'paused',
  down: 'killed',
  lost: 'lost',
  unknown: '',
};

/** Reads that got no answer are told before how many did. */
function rateLine(region: RegionState): Line {
  const refused = countOf(region.refused);
  return refused === 0 ? [span(rateText(region), 'muted')] : [span(`${refused} refused`, 'warning')];
}

export function countOf(refused: RefusedReads): number {
  return refused.reduce((sum, { count }) => sum + count, 0);
}

/** Reads a second over the window, or over its life when that is shorter. */
function rateText({ seen: { metrics } }: RegionState): string {
  if (metrics === undefined) return '';
  const seconds = Math.min(WINDOW_S, metrics.metrics.uptime / MS_PER_S);
  return seconds < 1 ? '' : `${(metrics.window.requests / seconds).toFixed(1)} reads/s`;
}

function latency(name: string, ms: number | null | undefined): Line {
  return [span(`${name} `, 'muted'), span(msText(ms))];
}

function p99Line({ history, seen: { metrics } }: RegionState, room: number, theme: Theme): Line {
  const label = 'P99 ';
  const columns = room - label.length - P99_COLUMNS;
  const shown = history.slice(-columns);
  const blocks = sparkline(
    shown.map(({ p99 }) => p99),
    { width: columns, scaleMax: latencyMax(shown), ascii: theme.isAscii },
  );
  return [span(label, 'muted'), span(blocks, 'chart'), span(padTo(msText(metrics?.window.p99), P99_COLUMNS, 'right'))];
}

function p99Title({ seen: { metrics } }: RegionState, room: number): Line {
  return spread([span('P99 of reads', 'muted')], [span(msText(metrics?.window.p99))], room);
}

function lagLine({ seen: { metrics } }: RegionState, room: number): Line {
  if (metrics === undefined) return [span('waiting for figures', 'muted')];
  const last: Line = [span(`last ${msText(metrics.invalidationLagMs)}`, 'muted')];
  const { lag, catchingUp, queued, applied } = metrics.log;
  const lagging: Role = lag === null || lag > queued ? 'warning' : 'text';
  const lease = leaseWords(metrics.lease)?.short;
  const text = catchingUp ? 'catching up' : (lease ?? (lag === null ? 'lag unknown' : `lag ${lag}`));
  const offsets = room < WORDS_FROM || Object.keys(applied).length === 0 ? [] : [span(` offsets ${offsetsText(applied)}`, 'muted')];
  const left: Line = [span(text, catchingUp || lease !== undefined ? 'warning' : lagging), ...offsets];
  // How it stands with its lease says more than how long the last invalidation took.
  return lease !== undefined && lineWidth(left) + lineWidth(last) >= room ? left : spread(left, last, room);
}

/** Per partition the offset applied last: `0:12 1:4 2:9`. */
function offsetsText(applied: EdgeMetrics['log']['applied']): string {
  return Object.entries(applied)
    .map(([partition, offset]) => `${plain(partition)}:${offset < 0 ? '-' : offset}`)
    .join(' ');
}
