/** Lines with their colours. */
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { styledText } from './ansi.ts';
import { widthOf } from './format.ts';
import { span } from './line.ts';
import { createTheme } from './theme.ts';

const LINE = [span('ok ', 'good'), span('…·x')];

it.each([
  ['a name, everywhere', {}, 8, '\u001b[32mok \u001b[0m…·x'],
  ['as exact as it is', { name: 'light' }, 24, '\u001b[38;2;26;127;55mok \u001b[0m…·x'],
  ['the nearest of 256', { name: 'light' }, 8, '\u001b[38;5;29mok \u001b[0m…·x'],
  ['the nearest of 8', { name: 'colour-blind' }, 4, '\u001b[36mok \u001b[0m…·x'],
  ['none where the terminal has none', {}, 1, 'ok …·x'],
  ['none when none is wanted', { noColor: true }, 24, 'ok …·x'],
  [
    'one of one’s own, as heavy as the theme has it',
    { colours: new Map([['good', '#010203']] as const) },
    24,
    '\u001b[38;2;1;2;3mok \u001b[0m…·x',
  ],
  ['none of one’s own when none is wanted', { colours: new Map([['good', 'red']] as const), noColor: true }, 24, 'ok …·x'],
  ['ASCII with as many columns', { ascii: true, noColor: true }, 8, 'ok ~?x'],
] as const)('a colour is %s', (_, options, depth, expected) => {
  expect(styledText(LINE, createTheme(options), depth)).toBe(expected);
});

it('measures what the frame is drawn with as the whole tables would', () => {
  const drawn = JSON.stringify([createTheme(), createTheme({ ascii: true })]);
  const blocks = '▁▂▃▄▅▆▇█┼┤╭╮╰╯─│←→↑↓';
  for (const character of new Set([...drawn, ...blocks])) expect(widthOf(character), character).toBe(stringWidth(character));
});
