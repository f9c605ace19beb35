/** A key as the terminal can show it. */
import type { Theme } from '../draw/theme.ts';

export function keyText(shown: string, theme: Theme): string {
  if (!theme.isAscii) return shown;
  return shown.replace('→', 'Right').replace('←', 'Left').replace('↑', 'Up').replace('↓', 'Down');
}
