/** A line being typed: what each key makes of it. Bounded, and free of what a terminal would take for a command. */
import { cut, plain, widthOf } from '../draw/format.ts';
import { fitLine, type Line, span } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import { EMPTY_PROMPT, type Prompt } from '../state/screen-state.ts';

export const PROMPT_MAX = 200;

/** Another text: what was begun with the one before is over. */
export function typed(prompt: Prompt, text: string): Prompt {
  return { ...EMPTY_PROMPT, back: prompt.back, text: text.slice(0, PROMPT_MAX), typed: text.slice(0, PROMPT_MAX) };
}

export function withoutLast({ text }: Prompt): string {
  return [...text].slice(0, -1).join('');
}

export function withoutWord({ text }: Prompt): string {
  return text.replace(/\S+\s*$/, '');
}

/** Its end is always to be seen. */
export function promptLine(mark: string, { text }: Prompt, width: number, theme: Theme): Line {
  const shown = plain(text);
  const room = width - widthOf(mark) - 2;
  let start = 0;
  const characters = [...shown];
  while (widthOf(characters.slice(start).join('')) > room) start += 1;
  return fitLine([span(mark, 'accent'), span(cut(characters.slice(start).join(''), room)), span(theme.cursor, 'accent')], width);
}
