/** Draws the frame: the one place where lines meet Ink. */
import { frameLines } from './frame.ts';
import type { ScreenSize } from './layout.ts';
import { Lines } from './lines.tsx';
import type { ViewState } from './state.ts';
import { useTheme } from './theme.ts';

export function Screen({ state, size }: { readonly state: ViewState; readonly size: ScreenSize }) {
  const theme = useTheme();
  return <Lines lines={frameLines(state, size, theme)} width={size.columns} />;
}
