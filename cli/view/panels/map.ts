/**
 * The data path, as lines: a row a region, from the origin to its cache, with the invalidations under way on it.
 *
 *     postgres ● origin ──●── log ┬──•────●────•── us-east ● cache ● ──●── origin
 *                                 ├───────✗──────── eu-west ● cache ● ──●── origin
 *                                 └───•───◐──────── ap-south ● cache ‖ ──✗── origin
 *
 * A link has the mark of its state in the middle, so that it is told without colour, too. The way back at the right is
 * the one a miss takes. A pure function of the state and its time.
 */
import { padTo, plain, widthOf } from '../draw/format.ts';
import { fitLine, type Line, lineWidth, type Span, span } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import { edgeFaultOf, type LinkState, linksOf, stateOfLink, stateOfNode } from '../state/links.ts';
import type { ViewState } from '../state/state.ts';
import { progressOf } from '../state/travellers.ts';
import type { RegionState } from '../state/watched.ts';

export interface MapOptions {
  readonly width: number;
  /** Rows for regions; those that do not fit are left out, the selected one never. */
  readonly rows: number;
  readonly theme: Theme;
}

const LINK_COLUMNS_MIN = 9;
const LINK_COLUMNS_MAX = 40;
const SHORT_LINK = 5;
const NAME_COLUMNS_MAX = 14;

export function mapLines(state: ViewState, { width, rows, theme }: MapOptions): readonly Line[] {
  const { regions, selected } = state;
  const first = Math.max(0, Math.min(selected - Math.floor(rows / 2), regions.length - rows));
  const shown = regions.slice(first, first + rows);
  const name = Math.min(NAME_COLUMNS_MAX, Math.max(0, ...shown.map(({ region }) => widthOf(plain(region)))));
  const upstream = upstreamOf(state, theme);
  const others = lineWidth(upstream) + TRUNK + name + FIXED + SHORT_LINK;
  const link = Math.max(LINK_COLUMNS_MIN, Math.min(LINK_COLUMNS_MAX, width - others));
  const middle = Math.floor((shown.length - 1) / 2);
  return Array.from({ length: rows }, (_, at) => {
    const region = shown[at];
    if (region === undefined) return fitLine([], width);
    const left = at === middle ? upstream : [span(' '.repeat(lineWidth(upstream)))];
    const trunk = span(trunkOf({ at, middle, count: shown.length }, theme), 'muted');
    return fitLine([...left, trunk, ...regionPart({ state, region, name, link, theme, isSelected: first + at === selected })], width);
  });
}

/** Columns of the trunk that the rows branch from. */
const TRUNK = 3;
/** Beside name and links of a row: blanks, marks, `cache` and `origin`. */
const FIXED = ' '.length + ' ● cache ● '.length + ' origin'.length;

function upstreamOf({ faults, origin }: ViewState, theme: Theme): Line {
  const unbroken: LinkState = origin.metrics === undefined ? 'unknown' : origin.failures > 1 ? 'lost' : 'ok';
  const node = (name: string) => [span(`${name} `), markOf(stateOfNode(name, faults) ?? unbroken, theme)];
  const between = (one: string, other: string) =>
    linkSpans({ state: stateOfLink(one, other, faults) ?? unbroken, columns: SHORT_LINK, at: [], theme });
  return [...node('postgres'), ...between('origin', 'postgres'), ...node('origin'), ...between('origin', 'kafka'), ...node('kafka')];
}

/** Branches to the rows: the upstream part stands in the middle one. */
function trunkOf({ at, middle, count }: { readonly at: number; readonly middle: number; readonly count: number }, theme: Theme): string {
  const { first, cross, top, last, side } = theme.branches;
  if (at === middle) return `${theme.rule}${count === 1 ? theme.rule : middle === 0 ? top : cross}${theme.rule}`;
  const corner = at === 0 ? first : at === count - 1 ? last : side;
  return ` ${corner}${theme.rule}`;
}

interface RegionPart {
  readonly state: ViewState;
  readonly region: RegionState;
  readonly name: number;
  readonly link: number;
  readonly isSelected: boolean;
  readonly theme: Theme;
}

function regionPart({ state, region, name, link, isSelected, theme }: RegionPart): Line {
  const { faults, travellers, nowMs } = state;
  const links = linksOf(region.region, region.seen.metrics, faults);
  const unbroken: LinkState = region.seen.metrics === undefined ? 'unknown' : region.seen.failures > 1 ? 'lost' : 'ok';
  const edge = edgeFaultOf(region.region, faults)?.state ?? unbroken;
  const at = travellers
    .filter((traveller) => traveller.region === region.region)
    .flatMap((traveller) => progressOf(traveller, nowMs) ?? [])
    .map((progress) => Math.floor(progress * link));
  return [
    ...linkSpans({ state: links.kafka, columns: link, at, theme }),
    span(` ${padTo(plain(region.region), name)} `, isSelected ? 'accent' : 'strong'),
    markOf(edge, theme),
    span(' cache '),
    markOf(links.cache, theme),
    span(' '),
    ...linkSpans({ state: links.origin, columns: SHORT_LINK, at: [], theme }),
    span(' origin', 'muted'),
  ];
}

function markOf(state: LinkState, theme: Theme): Span {
  const { mark, role } = theme.links[state];
  return span(mark, role);
}

interface LinkOptions {
  readonly state: LinkState;
  readonly columns: number;
  /** Columns where an event is. */
  readonly at: readonly number[];
  readonly theme: Theme;
}

/** A line with the mark of its state in the middle; nothing passes a cut. */
function linkSpans({ state, columns, at, theme }: LinkOptions): readonly Span[] {
  const middle = Math.floor(columns / 2);
  const isCut = state === 'cut' || state === 'down' || state === 'lost';
  const role = state === 'ok' ? 'muted' : theme.links[state].role;
  const stroke = isCut ? theme.branches.broken : state === 'slow' ? theme.branches.slow : theme.rule;
  const isLabelled = state !== 'ok';
  const events = new Set(at.filter((column) => !(isLabelled && column === middle)));
  const cells = Array.from({ length: columns }, (_, column): Span => {
    if (isLabelled && column === middle) return markOf(state, theme);
    return events.has(column) ? span(theme.event, 'accent') : span(stroke, role);
  });
  return joinedCells(cells);
}

function joinedCells(cells: readonly Span[]): readonly Span[] {
  const spans: Span[] = [];
  for (const cell of cells) {
    const last = spans.at(-1);
    if (last !== undefined && last.role === cell.role) spans[spans.length - 1] = span(last.text + cell.text, cell.role);
    else spans.push(cell);
  }
  return spans;
}
