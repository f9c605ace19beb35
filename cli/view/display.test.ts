/** How large the terminal is taken to be. */
import { expect, it } from 'vitest';
import { sizeOf } from './display.ts';

it.each([
  [{ columns: 100, rows: 30 }, { COLUMNS: '50', LINES: '20' }, [100, 30]],
  [{ columns: 0, rows: 0 }, { COLUMNS: '120', LINES: '40' }, [120, 40]],
  [{ columns: 0, rows: 0 }, {}, [80, 24]],
  [{}, { COLUMNS: '120' }, [120, 24]],
  [{ columns: 100, rows: 0 }, { LINES: '40' }, [100, 40]],
  [{ columns: 1, rows: 1 }, { COLUMNS: '120', LINES: '40' }, [1, 1]],
  ...['', '0', '-5', 'x', '1e3', '99999', '1.5'].map((side) => [{}, { COLUMNS: side, LINES: side }, [80, 24]] as const),
] as const)('of %j with %j: %j', (told, variables, [columns, rows]) => {
  expect(sizeOf(told, variables)).toEqual({ columns, rows });
});
