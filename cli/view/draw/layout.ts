/**
 * Who gets how much of the screen: a pure function of its size and of what there is to show.
 *
 *     header                           1 row
 *     region panels, side by side      8 rows, charts where there is room, and the version table
 *     map of the data path             a title and a row a region, where there is room
 *     faults | events                  a title and the lines of the log
 *     keys                             1 row
 */
export const COLUMNS_MIN = 60;
export const ROWS_MIN = 16;
export const PANEL_COLUMNS_MIN = 26;
export const GAP = 1;
/** Of a panel, beside its version table: both borders, links, hits, two rows of times, lag, the table's head. */
export const PANEL_ROWS = 8;

const TITLE_ROWS = 1;
const LOG_ROWS_MIN = 2;
const LOG_SHARE = 0.4;
/** Where panels have charts, too. */
const LOG_SHARE_LARGE = 0.25;
/** Of a chart, its faults, the age of answers and the time below; less says nothing. */
const CHART_ROWS_MIN = 6;
const CHART_ROWS_MAX = 26;
/** Narrower panels have no charts: half of a chart would be its labels. */
const CHART_PANEL_COLUMNS_MIN = 50;
/** Rows kept free for keys before the first are known, so that nothing moves when they come. */
const KEYS_EXPECTED = 12;
const FAULT_COLUMNS_MAX = 60;
/** Below that the map would take the rows that versions and events need. */
const MAP_BODY_ROWS_MIN = 28;
const MAP_COLUMNS_MIN = 76;
const MAP_ROWS_MIN = 3;
const MAP_ROWS_MAX = 9;

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface PanelPlace {
  /** Index of the region. */
  readonly index: number;
  readonly width: number;
}

export function fits({ columns, rows }: ScreenSize): boolean {
  return columns >= COLUMNS_MIN && rows >= ROWS_MIN;
}

export interface BodySize {
  readonly columns: number;
  /** Between header and keys. */
  readonly bodyRows: number;
}

export interface Layout extends BodySize {
  readonly panels: readonly PanelPlace[];
  /** Regions without a panel. */
  readonly hidden: number;
  readonly tableRows: number;
  /** Of charts inside each panel; 0: none. */
  readonly chartRows: number;
  /** Below the map's title; 0: no map. */
  readonly mapRows: number;
  readonly faultColumns: number;
  readonly logColumns: number;
  readonly logRows: number;
}

export interface LayoutContents {
  readonly regions: number;
  /** Index of the region that must have a panel. */
  readonly selected: number;
  /** Rows the version tables would like. */
  readonly keys: number;
  /** Rows that what is below needs, where there is room; left out: those of the log. */
  readonly below?: number;
  /** The map is there from so many rows on; left out: where versions and events have theirs, too. */
  readonly mapFrom?: number;
}

export function layoutOf(
  { columns, bodyRows }: BodySize,
  { regions, selected, keys, below = 0, mapFrom = MAP_BODY_ROWS_MIN }: LayoutContents,
): Layout {
  const panels = placePanels(columns, regions, selected);
  const hasMap = bodyRows >= mapFrom && columns >= MAP_COLUMNS_MIN && regions > 0;
  const mapRows = hasMap ? Math.min(MAP_ROWS_MAX, regions, bodyRows - mapFrom + MAP_ROWS_MIN) : 0;
  const shared = Math.max(0, bodyRows - PANEL_ROWS - TITLE_ROWS - (hasMap ? mapRows + TITLE_ROWS : 0));
  const { tableRows, chartRows } = panelShares(shared, { keys: Math.max(keys, KEYS_EXPECTED), below, columns: panels[0]?.width ?? 0 });
  const [first, second] = panels;
  const faultColumns = Math.min(FAULT_COLUMNS_MAX, second === undefined ? Math.floor(columns / 3) : (first?.width ?? 0));
  return {
    columns,
    bodyRows,
    panels,
    hidden: regions - panels.length,
    tableRows,
    chartRows,
    mapRows,
    faultColumns,
    logColumns: columns - faultColumns - GAP,
    logRows: shared - tableRows - chartRows,
  };
}

interface PanelContents {
  readonly keys: number;
  readonly below: number;
  /** Of the narrowest panel. */
  readonly columns: number;
}

/** Charts take what the usual number of keys leaves, and no row from what is below. */
function panelShares(shared: number, { keys, below, columns }: PanelContents): Pick<Layout, 'tableRows' | 'chartRows'> {
  const freeWith = (share: number) => Math.max(0, shared - Math.max(LOG_ROWS_MIN, Math.floor(shared * share), below));
  const free = freeWith(LOG_SHARE_LARGE);
  const hasCharts = columns >= CHART_PANEL_COLUMNS_MIN && free - KEYS_EXPECTED >= CHART_ROWS_MIN;
  if (!hasCharts) return { tableRows: Math.min(freeWith(LOG_SHARE), keys), chartRows: 0 };
  const chartRows = Math.min(CHART_ROWS_MAX, Math.max(CHART_ROWS_MIN, free - keys));
  return { tableRows: Math.min(free - chartRows, keys), chartRows };
}

/** As many as fit, around the selected one; together as wide as the screen. */
function placePanels(columns: number, regions: number, selected: number): readonly PanelPlace[] {
  const count = Math.min(regions, Math.max(1, Math.floor((columns + GAP) / (PANEL_COLUMNS_MIN + GAP))));
  const first = Math.max(0, Math.min(selected - Math.floor(count / 2), regions - count));
  const room = columns - GAP * (count - 1);
  return Array.from({ length: count }, (_, at) => ({
    index: first + at,
    width: Math.floor(room / count) + (at < room % count ? 1 : 0),
  }));
}
