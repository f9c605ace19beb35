/**
 * What is seen of the state: frames, in a terminal with our modes. A frame is made when the terminal has taken the one
 * before, of what is then; a terminal that takes nothing costs nothing. For a screen reader there are modes only.
 *
 * States: shown -> lent -> shown; shown | lent -> closed
 */

import type { Display } from './display.ts';
import { type ColourDepth, styledText } from './draw/ansi.ts';
import { createPainter } from './draw/painter.ts';
import type { Theme } from './draw/theme.ts';
import { frameLines } from './frame.ts';
import type { ViewState } from './state/state.ts';
import { openStage } from './terminal-modes.ts';

export interface Picture {
  /** As soon as the terminal takes it. */
  draw(): void;
  /** Everything, whatever is on the screen. */
  repaint(): void;
  /** Gives the terminal back; calls when it has it. */
  lend(isBack: () => void): void;
  /** Takes it again, at the size it has now. */
  take(): void;
  /** Safe to call twice. */
  close(): void;
}

export interface PictureOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly display: Display;
  readonly theme: Theme;
  readonly depth: ColourDepth;
  readonly isSpoken: boolean;
}

export function openPicture({ stdin, display, theme, depth, isSpoken }: PictureOptions, get: () => ViewState): Picture {
  let state: 'shown' | 'lent' | 'closed' = 'shown';
  const painter = createPainter(display.write);
  const stage = openStage({ stdin, write: display.write, isSpoken });
  const drawNow = () => {
    if (isSpoken || state !== 'shown') return;
    const size = display.size();
    const lines = frameLines(get(), size, theme);
    painter.paint(
      lines.map((line) => styledText(line, theme, depth)),
      size,
    );
  };
  const draw = () => display.whenFree(drawNow);
  const repaint = () => {
    painter.forget();
    draw();
  };
  draw();
  const stopListening = display.onResize(draw);
  return {
    draw,
    repaint,
    lend: (isBack) => {
      if (state === 'closed') return;
      state = 'lent';
      stage.lend();
      display.whenFree(isBack);
    },
    take: () => {
      if (state === 'closed') return;
      state = 'shown';
      stage.take();
      display.askSize();
      repaint();
    },
    close: () => {
      state = 'closed';
      stopListening();
      stage.close();
    },
  };
}
