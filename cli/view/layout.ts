/**
 * Who gets how much of the screen: a pure function of its size and of what there is to show.
 *
 *     header                           1 row
 *     region panels, side by side      8 rows and the version table
 *     faults | events                  a title and the lines of the log
 *     keys                             1 row
 */
export const COLUMNS_MIN = 60;
export const ROWS_MIN = 16;
export const PANEL_COLUMNS_MIN = 26;
export const GAP = 1;
/** Of a panel, beside its version table: both borders, links, hits, two rows of times, lag, the table's head. */
export const PANEL_ROWS = 8;

const HEADER_ROWS = 1;
const FOOTER_ROWS = 1;
const TITLE_ROWS = 1;
const LOG_ROWS_MIN = 2;
const LOG_SHARE = 0.4;
/** Rows kept free for keys before the first are known, so that nothing moves when they come. */
const KEYS_EXPECTED = 12;
const FAULT_COLUMNS_MAX = 60;

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface PanelPlace {
  /** Index of the region. */
  readonly index: number;
  readonly width: number;
}

export interface Layout extends ScreenSize {
  /** False: there is room for one sentence only. */
  readonly fits: boolean;
  readonly panels: readonly PanelPlace[];
  /** Regions without a panel. */
  readonly hidden: number;
  readonly tableRows: number;
  readonly faultColumns: number;
  readonly logColumns: number;
  readonly logRows: number;
  /** Between header and footer. */
  readonly bodyRows: number;
}

export interface LayoutContents {
  readonly regions: number;
  /** Index of the region that must have a panel. */
  readonly selected: number;
  /** Rows the version tables would like. */
  readonly keys: number;
}

export function layoutOf(size: ScreenSize, { regions, selected, keys }: LayoutContents): Layout {
  const { columns, rows } = size;
  const panels = placePanels(columns, regions, selected);
  const bodyRows = Math.max(0, rows - HEADER_ROWS - FOOTER_ROWS);
  const shared = Math.max(0, bodyRows - PANEL_ROWS - TITLE_ROWS);
  const logRowsMin = Math.max(LOG_ROWS_MIN, Math.floor(shared * LOG_SHARE));
  const tableRows = Math.max(0, Math.min(shared - logRowsMin, Math.max(keys, KEYS_EXPECTED)));
  const [first, second] = panels;
  const faultColumns = Math.min(FAULT_COLUMNS_MAX, second === undefined ? Math.floor(columns / 3) : (first?.width ?? 0));
  return {
    ...size,
    fits: columns >= COLUMNS_MIN && rows >= ROWS_MIN,
    panels,
    hidden: regions - panels.length,
    tableRows,
    faultColumns,
    logColumns: columns - faultColumns - GAP,
    logRows: shared - tableRows,
    bodyRows,
  };
}

/** As many as padTo, around the selected one; together as wide as the screen. */
function placePanels(columns: number, regions: number, selected: number): readonly PanelPlace[] {
  const count = Math.min(regions, Math.max(1, Math.floor((columns + GAP) / (PANEL_COLUMNS_MIN + GAP))));
  const first = Math.max(0, Math.min(selected - Math.floor(count / 2), regions - count));
  const room = columns - GAP * (count - 1);
  return Array.from({ length: count }, (_, at) => ({
    index: first + at,
    width: Math.floor(room / count) + (at < room % count ? 1 : 0),
  }));
}
