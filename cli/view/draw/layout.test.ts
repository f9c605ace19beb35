/** Every size from the smallest to a wall of a screen, walked whole. */
import { describe, expect, it } from 'vitest';
import { COLUMNS_MIN, fits, GAP, layoutOf, PANEL_COLUMNS_MIN, PANEL_ROWS, ROWS_MIN } from './layout.ts';

const SIZES = Array.from({ length: 241 }, (_, at) => COLUMNS_MIN + at);
const HEIGHTS = Array.from({ length: 65 }, (_, at) => ROWS_MIN + at);

describe('the layout', () => {
  it('uses every column and every row of every size, for one region to nine', () => {
    let walked = 0;
    for (const columns of SIZES)
      for (const rows of HEIGHTS)
        for (const regions of [1, 2, 3, 9]) {
          const layout = layoutOf({ columns, bodyRows: rows - 2 }, { regions, selected: regions - 1, keys: 12 });
          const across = layout.panels.reduce((sum, { width }) => sum + width, 0) + GAP * (layout.panels.length - 1);
          const map = layout.mapRows === 0 ? 0 : 1 + layout.mapRows;
          const down = 1 + PANEL_ROWS + layout.tableRows + layout.chartRows + map + 1 + layout.logRows + 1;
          if (across !== columns || down !== rows || layout.faultColumns + GAP + layout.logColumns !== columns)
            throw new Error(`${columns}x${rows}, ${regions} regions: ${JSON.stringify(layout)}`);
          walked += 1;
        }
    expect(walked).toBe(SIZES.length * HEIGHTS.length * 4);
  });

  it('gives the selected region a panel, however many there are', () => {
    for (let selected = 0; selected < 9; selected += 1) {
      const { panels, hidden } = layoutOf({ columns: 80, bodyRows: 22 }, { regions: 9, selected, keys: 12 });
      expect(panels.map(({ index }) => index)).toContain(selected);
      expect(panels.every(({ width }) => width >= PANEL_COLUMNS_MIN)).toBe(true);
      expect(hidden).toBe(9 - panels.length);
    }
  });

  it.each([
    [80, 24, false],
    [100, 30, false],
    [160, 36, false],
    [160, 45, true],
    [250, 70, true],
  ])('draws charts in the panels of %ix%i: %s, and takes no row of the usual table for them', (columns, rows, hasCharts) => {
    const { chartRows, tableRows, logRows } = layoutOf({ columns, bodyRows: rows - 2 }, { regions: 3, selected: 0, keys: 12 });
    expect(chartRows > 0).toBe(hasCharts);
    if (hasCharts) expect([tableRows, logRows > 4]).toEqual([12, true]);
  });

  it('leaves a version table and events at the smallest size', () => {
    const { tableRows, logRows } = layoutOf({ columns: COLUMNS_MIN, bodyRows: ROWS_MIN - 2 }, { regions: 3, selected: 0, keys: 12 });
    expect(fits({ columns: COLUMNS_MIN, rows: ROWS_MIN })).toBe(true);
    expect(tableRows).toBeGreaterThanOrEqual(2);
    expect(logRows).toBeGreaterThanOrEqual(2);
  });

  it.each([
    [COLUMNS_MIN - 1, ROWS_MIN],
    [COLUMNS_MIN, ROWS_MIN - 1],
    [1, 1],
  ])('says that %i columns and %i rows are too few', (columns, rows) => {
    expect(fits({ columns, rows })).toBe(false);
  });
});
