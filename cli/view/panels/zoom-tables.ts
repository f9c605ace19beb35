/** The lower part of the zoom, as lines: the log, the invalidations applied last, the fills; side by side. */
import type { AppliedInvalidation, EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import { msText, padTo, plain } from '../draw/format.ts';
import { fitLine, type Line, span, spread } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import { filledTo, type Room } from '../screens/screen.ts';
import type { ViewState } from '../state/state.ts';
import type { RegionState } from '../state/watched.ts';
import { titleLine } from './chrome.ts';
import { leaseWords } from './lease-words.ts';

/** Two numbers side by side would be read as one row. */
const GAP = 2;
const LOG_COLUMNS = 22;
const FILL_COLUMNS = 24;
/** Of a title: a rule and a blank before it, a blank behind it. */
const TITLE_FRAME_COLUMNS = 3;

/** `rows` lines, the first of them titles. */
export function zoomTables(state: ViewState, region: RegionState, room: Room): readonly Line[] {
  const { width, rows, theme } = room;
  if (rows <= 0) return [];
  const middle = width - LOG_COLUMNS - FILL_COLUMNS - 2 * GAP;
  const cells = cellsIn(middle);
  const { metrics } = region.seen;
  const blocks = [
    block('log: applied', logRows(state, region, theme), { ...room, width: LOG_COLUMNS }),
    block(titleIn(middle), recentRows(metrics, { filter: state.filter, width: middle, cells }), { ...room, width: middle }),
    block('fills', fillRows(metrics), { ...room, width: FILL_COLUMNS }),
  ];
  return Array.from({ length: rows }, (_, row) =>
    blocks.flatMap((lines, at) => [...(at === 0 ? [] : [span(' '.repeat(GAP))]), ...(lines[row] ?? [])]),
  );
}

function block(title: string, lines: readonly Line[], { width, rows, theme }: Room): readonly Line[] {
  const body = filledTo(lines, rows - 1).map((line) => fitLine(line, width));
  return [titleLine([span(title, 'muted')], width, theme), ...body];
}

function pair(name: string, value: string, width: number): Line {
  return spread([span(name, 'muted')], [span(value)], width);
}

function logRows({ regions }: ViewState, { seen: { metrics } }: RegionState, theme: Theme): readonly Line[] {
  if (metrics === undefined) return [];
  const { applied, lag, queued, unreadable, connected, catchingUp } = metrics.log;
  const width = LOG_COLUMNS;
  const lease = leaseWords(metrics.lease);
  const state = !connected ? 'not connected' : catchingUp ? 'catching up' : 'connected';
  return [
    pair('lag', lag === null ? 'unknown' : String(lag), width),
    pair('waiting here', String(queued), width),
    ...Object.entries(applied).map(([partition, offset]) => {
      const behind = furthest(regions, partition) - offset;
      return pair(`partition ${plain(partition)}`, `${offset < 0 ? '-' : offset}${behind > 0 ? ` ${theme.behind}${behind}` : ''}`, width);
    }),
    pair('log', state, width),
    ...(lease === undefined ? [] : [pair('lease', lease.long, width)]),
    ...(unreadable === 0 ? [] : [pair('unreadable', String(unreadable), width)]),
  ];
}

/** The furthest that any region is known to be: what lies between is written for certain; more may be. */
function furthest(regions: readonly RegionState[], partition: string): number {
  return Math.max(-1, ...regions.map(({ seen }) => seen.metrics?.log.applied[partition] ?? -1));
}

interface RecentOptions {
  readonly filter: string;
  readonly width: number;
  readonly cells: readonly Cell[];
}

function recentRows(metrics: EdgeMetrics | undefined, { filter, width, cells }: RecentOptions): readonly Line[] {
  const recent = (metrics?.recent ?? []).filter(({ target }) => target.toLowerCase().includes(filter.toLowerCase()));
  if (recent.length === 0) return [[span('none yet', 'muted')]];
  const head: Line = [
    span(
      recentText('id', { width, cells }, ({ title }) => title),
      'muted',
    ),
  ];
  return [head, ...recent.map((event): Line => [span(recentText(whatOf(event), { width, cells }, ({ of }) => of(event)))])];
}

function whatOf({ type, target }: AppliedInvalidation): string {
  return plain(type === 'key' ? target.replace(/^content:/, '') : `${type} ${target}`);
}

/** A column beside what was invalidated. */
interface Cell {
  readonly title: string;
  readonly columns: number;
  readonly of: (event: AppliedInvalidation) => string;
}

const VERSION: Cell = { title: '', columns: 7, of: ({ version }) => (version === null ? 'purge' : `v${version}`) };
const MODE: Cell = { title: 'mode', columns: 6, of: ({ mode }) => mode };
/** From the record by the log's clock to this region by its own. */
const TO_HERE: Cell = { title: 'log', columns: 8, of: ({ recordedAt, arrivedAt }) => msText(Math.max(0, arrivedAt - recordedAt)) };
/** From the record to the cache of this region. */
const IN_ALL: Cell = { title: 'in all', columns: 8, of: ({ recordedAt, appliedAt }) => msText(appliedAt - recordedAt) };

/** Further apart and the eye loses the row. */
const WHAT_COLUMNS_MAX = 28;
/** For ids, and for the begin of a tag. */
const WHAT_COLUMNS_MIN = 8;
const TITLES = ['invalidations applied last, by two clocks', 'invalidations applied last', 'applied'] as const;

const widthOfCells = (cells: readonly Cell[]) => cells.reduce((sum, { columns }) => sum + columns, 0);

/** Those that leave room for what was invalidated. */
function cellsIn(width: number): readonly Cell[] {
  const choices = [[VERSION, MODE, TO_HERE, IN_ALL], [VERSION, MODE, IN_ALL], [VERSION, IN_ALL], [VERSION]];
  return choices.find((cells) => width - widthOfCells(cells) >= WHAT_COLUMNS_MIN) ?? [];
}

/** The longest that fits. */
function titleIn(width: number): string {
  return TITLES.find((title) => title.length + TITLE_FRAME_COLUMNS <= width) ?? '';
}

function recentText(what: string, { width, cells }: Pick<RecentOptions, 'width' | 'cells'>, textOf: (cell: Cell) => string): string {
  const columns = Math.max(0, Math.min(WHAT_COLUMNS_MAX, width - widthOfCells(cells)));
  return padTo(what, columns) + cells.map((cell) => padTo(textOf(cell), cell.columns, 'right')).join('');
}

function fillRows(metrics: EdgeMetrics | undefined): readonly Line[] {
  if (metrics === undefined) return [];
  const refused = Object.entries(metrics.fills.refused).filter(([, count]) => count > 0);
  const width = FILL_COLUMNS;
  return [
    pair('stored', String(metrics.fills.stored), width),
    pair('joined a fetch', String(metrics.coalesced), width),
    ...(refused.length === 0 ? [[span('none refused', 'muted')]] : [[span('refused, by reason:', 'muted')]]),
    ...refused.map(([reason, count]) => pair(` ${plain(reason)}`, String(count), width)),
  ];
}
