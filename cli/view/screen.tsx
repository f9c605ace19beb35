/** The whole screen: header, body, line of keys. Its body is the start, the help, or the regions with what goes on. */
import { Box } from 'ink';
import { eventLines, faultLines, footerLine, headerLine } from './chrome.ts';
import { helpLines } from './help.ts';
import { COLUMNS_MIN, GAP, type Layout, layoutOf, ROWS_MIN, type ScreenSize } from './layout.ts';
import { fitLine, span } from './line.ts';
import { Lines } from './lines.tsx';
import { panelLines } from './region-panel.ts';
import { startLines } from './start.ts';
import type { ViewState } from './state.ts';
import { useTheme } from './theme.ts';

export interface ScreenProps {
  readonly state: ViewState;
  readonly size: ScreenSize;
}

export function Screen({ state, size }: ScreenProps) {
  const theme = useTheme();
  const layout = layoutOf(size, { regions: state.regions.length, selected: state.selected, keys: state.keys.length });
  const { columns, rows } = size;
  if (!layout.fits) {
    const needed = `needs ${COLUMNS_MIN}x${ROWS_MIN}, has ${columns}x${rows}; q quits`;
    return <Lines lines={[fitLine([span(needed, 'warning')], columns)]} width={columns} />;
  }
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Lines lines={[headerLine(state, columns, theme)]} width={columns} />
      <Box flexDirection="column" flexBasis={0} flexGrow={1} overflow="hidden">
        <Body state={state} layout={layout} />
      </Box>
      <Lines lines={[footerLine(state, columns)]} width={columns} />
    </Box>
  );
}

function Body({ state, layout }: { readonly state: ViewState; readonly layout: Layout }) {
  const theme = useTheme();
  const { columns, bodyRows } = layout;
  if (state.isHelpOpen) return <Lines lines={helpLines({ width: columns, rows: bodyRows, theme })} width={columns} />;
  if (state.regions.length === 0) return <Lines lines={startLines(state, { width: columns, rows: bodyRows, theme })} width={columns} />;
  return (
    <>
      <Panels state={state} layout={layout} />
      <Box columnGap={GAP}>
        <Lines lines={faultLines(state, { width: layout.faultColumns, rows: layout.logRows, theme })} width={layout.faultColumns} />
        <Lines lines={eventLines(state, { width: layout.logColumns, rows: layout.logRows, theme })} width={layout.logColumns} />
      </Box>
    </>
  );
}

function Panels({ state, layout }: { readonly state: ViewState; readonly layout: Layout }) {
  const theme = useTheme();
  const { faults, origin, keys, nowMs, selected } = state;
  return (
    <Box columnGap={GAP}>
      {layout.panels.map(({ index, width }) => {
        const region = state.regions[index];
        if (region === undefined) return null;
        const place = { number: index + 1, isSelected: index === selected, width, tableRows: layout.tableRows };
        return <Lines key={region.region} lines={panelLines({ region, faults, origin, keys, nowMs, theme, ...place })} width={width} />;
      })}
    </Box>
  );
}
