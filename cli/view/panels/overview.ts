/**
 * The overview, as lines: the panels of the regions, the map where there is room, what is in force and what happened.
 */

import { GAP, type Layout, layoutOf } from '../draw/layout.ts';
import { fitLine, joined, type Line, span } from '../draw/line.ts';
import type { Room } from '../screens/screen.ts';
import { edgeText } from '../state/past.ts';
import type { ViewState } from '../state/state.ts';
import { keysShown, ownKeys } from '../state/version-rows.ts';
import { eventLines, faultLines, titleLine } from './chrome.ts';
import { markParts } from './legend.ts';
import { mapLines } from './map.ts';
import { panelLines } from './region-panel.ts';
import { startLines } from './start.ts';

/** What the marks mean stands below so many lines of events. */
const LEGEND_FROM_ROWS = 7;
const PART_GAP = 2;

/** What is below the panels: a title and `rows` lines. */
export interface Below {
  readonly rowsMin: number;
  /** The map is there from so many rows on. */
  readonly mapFrom?: number;
  readonly lines: (room: Pick<Room, 'width' | 'rows' | 'theme'>) => readonly Line[];
}

/** Left out, what is below are the faults in force and the events. */
export function overviewLines(state: ViewState, room: Room, instead?: Below): readonly Line[] {
  const { width, rows, theme } = room;
  if (state.regions.length === 0) return startLines(state, room);
  const layout = layoutOf(
    { columns: width, bodyRows: rows },
    {
      ...contentsOf(state),
      ...(instead === undefined ? {} : { below: instead.rowsMin, ...(instead.mapFrom === undefined ? {} : { mapFrom: instead.mapFrom }) }),
    },
  );
  const { faultColumns, logColumns, logRows, mapRows } = layout;
  const map =
    mapRows === 0
      ? []
      : [titleLine([span('path of an invalidation', 'muted')], width, theme), ...mapLines(state, { width, rows: mapRows, theme })];
  if (instead !== undefined)
    return [...beside(panelsOf(state, layout, room)), ...map, ...instead.lines({ width, rows: logRows, theme })]
      .slice(0, rows)
      .map((line) => fitLine(line, width));
  const legend = logRows < LEGEND_FROM_ROWS ? [] : [joined(markParts(theme), width, PART_GAP)];
  const below = beside([
    faultLines(state, { width: faultColumns, rows: logRows - legend.length, theme }),
    eventLines(state, { width: logColumns, rows: logRows - legend.length, theme }),
  ]);
  return [...beside(panelsOf(state, layout, room)), ...map, ...below, ...legend].slice(0, rows).map((line) => fitLine(line, width));
}

function contentsOf(state: ViewState) {
  return { regions: state.regions.length, selected: state.selected, keys: keysShown(state).length };
}

function panelsOf(state: ViewState, { panels, hidden, tableRows, chartRows }: Layout, { theme }: Room): readonly (readonly Line[])[] {
  const { faults, origin, nowMs, selected } = state;
  const keys = keysShown(state);
  const own = ownKeys(state);
  const charts = chartRows === 0 ? undefined : { rows: chartRows, bands: state.bands, edge: edgeText(state) };
  return panels.flatMap(({ index, width }, at) => {
    const region = state.regions[index];
    if (region === undefined) return [];
    const place = {
      number: index + 1,
      isSelected: index === selected,
      width,
      tableRows,
      charts,
      hidden: at === panels.length - 1 ? hidden : 0,
    };
    return [panelLines({ region, faults, origin, keys, own, nowMs, theme, ...place })];
  });
}

/** Blocks of lines side by side; each of as many lines as the first. */
function beside(blocks: readonly (readonly Line[])[]): readonly Line[] {
  const [first = []] = blocks;
  return first.map((_, row) => blocks.flatMap((block, at) => [...(at === 0 ? [] : [span(' '.repeat(GAP))]), ...(block[row] ?? [])]));
}
