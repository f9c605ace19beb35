/**
 * Colours and marks by what they mean. Nothing is told by colour alone: each state has a word or a mark too, so that
 * without colour, or in ASCII, nothing is lost but looks.
 */
import type { LinkState } from '../state/links.ts';
import type { Role } from './colours.ts';

export type { Role };

/** Its colour is a name of the terminal's own colours, or `#rrggbb`. */
export interface TextStyle {
  readonly color?: string;
  readonly dimColor?: boolean;
  readonly bold?: boolean;
}

export interface BorderCharacters {
  readonly topLeft: string;
  readonly top: string;
  readonly topRight: string;
  readonly left: string;
  readonly bottomLeft: string;
  readonly bottom: string;
  readonly bottomRight: string;
  readonly right: string;
}

export interface Theme {
  readonly isAscii: boolean;
  readonly styles: Readonly<Record<Role, TextStyle>>;
  readonly links: Readonly<Record<LinkState, { readonly mark: string; readonly role: Role }>>;
  readonly tones: Readonly<Record<'info' | 'good' | 'warning' | 'error', { readonly mark: string; readonly role: Role }>>;
  /** A version behind the origin's, and one that is not. */
  readonly behind: string;
  readonly even: string;
  readonly rule: string;
  readonly dot: string;
  readonly echo: string;
  /** An invalidation on its way. */
  readonly event: string;
  /** Around the answer that has the focus, and around what can be chosen. */
  readonly chosen: readonly [string, string];
  readonly arrows: readonly [string, string];
  /** Where a text being typed goes on. */
  readonly cursor: string;
  /** Of a band over time. */
  readonly bandEnds: readonly [string, string];
  readonly branches: {
    readonly first: string;
    readonly cross: string;
    readonly top: string;
    readonly last: string;
    readonly side: string;
    readonly broken: string;
    readonly slow: string;
  };
  readonly panel: BorderCharacters;
  readonly selectedPanel: BorderCharacters;
  /** Of lines around panels and beside titles, and of those of the selected panel. */
  readonly frameRole: Role;
  readonly selectedFrameRole: Role;
}

/** The terminal's own colours, which suit a dark ground. */
const DARK: Theme['styles'] = {
  text: {},
  strong: { bold: true },
  muted: { dimColor: true },
  good: { color: 'green' },
  warning: { color: 'yellow' },
  bad: { color: 'red', bold: true },
  accent: { color: 'cyan', bold: true },
  chart: { color: 'cyan' },
  key: { color: 'cyan' },
};

/** Dark enough to be read on white. */
const LIGHT: Theme['styles'] = {
  ...DARK,
  muted: { color: '#5f6670' },
  good: { color: '#1a7f37' },
  warning: { color: '#8a5a00' },
  bad: { color: '#b3261e', bold: true },
  accent: { color: '#0b5cad', bold: true },
  chart: { color: '#0b5cad' },
  key: { color: '#0b5cad' },
};

/** Of Okabe and Ito, told apart with any kind of colour vision. */
const COLOUR_BLIND: Theme['styles'] = {
  ...DARK,
  good: { color: '#56b4e9' },
  warning: { color: '#e69f00' },
  bad: { color: '#d55e00', bold: true },
  accent: { color: '#f0e442', bold: true },
  chart: { color: '#56b4e9' },
  key: { color: '#f0e442' },
};

export const THEMES = { dark: DARK, light: LIGHT, 'colour-blind': COLOUR_BLIND } as const;
export type ThemeName = keyof typeof THEMES;

const COLOURLESS: Theme['styles'] = {
  text: {},
  strong: { bold: true },
  muted: { dimColor: true },
  good: {},
  warning: { bold: true },
  bad: { bold: true },
  accent: { bold: true },
  chart: {},
  key: { bold: true },
};

const ROUND = frame('╭─╮│╰─╯│');
const HEAVY = frame('┏━┓┃┗━┛┃');
const DASHED = frame('╭┄╮┆╰┄╯┆');
const HEAVY_DASHED = frame('┏┅┓┇┗┅┛┇');
const ASCII_DASHED = frame('+.+:+.+:');
const ASCII_HEAVY_DASHED = frame('#.#:#.#:');
const ASCII_LIGHT = frame('+-+|+-+|');
const ASCII_HEAVY = frame('#=#|#=#|');

function frame(characters: string): BorderCharacters {
  const [topLeft = '', top = '', topRight = '', left = '', bottomLeft = '', bottom = '', bottomRight = '', right = ''] = characters;
  return { topLeft, top, topRight, left, bottomLeft, bottom, bottomRight, right };
}

export interface ThemeOptions {
  readonly name?: ThemeName;
  readonly noColor?: boolean;
  readonly ascii?: boolean;
  /** In place of the theme's, by role. A role keeps its weight, and is no longer dimmed. */
  readonly colours?: ReadonlyMap<Role, string>;
}

function withColours(styles: Theme['styles'], colours: ReadonlyMap<Role, string>): Theme['styles'] {
  const own = [...colours].map(([role, color]) => [role, { color, bold: styles[role].bold ?? false }] as const);
  return { ...styles, ...Object.fromEntries(own) };
}

export function createTheme({ name = 'dark', noColor = false, ascii = false, colours = new Map() }: ThemeOptions = {}): Theme {
  const pick = (unicode: string, plain: string) => (ascii ? plain : unicode);
  return {
    isAscii: ascii,
    styles: noColor ? COLOURLESS : withColours(THEMES[name], colours),
    links: {
      ok: { mark: pick('●', 'o'), role: 'good' },
      cut: { mark: pick('✗', 'x'), role: 'bad' },
      slow: { mark: pick('◐', '~'), role: 'warning' },
      paused: { mark: pick('‖', '='), role: 'warning' },
      down: { mark: pick('✗', 'x'), role: 'bad' },
      lost: { mark: pick('○', '?'), role: 'warning' },
      unknown: { mark: pick('·', '.'), role: 'muted' },
    },
    tones: {
      info: { mark: pick('·', '-'), role: 'muted' },
      good: { mark: pick('✓', 'v'), role: 'good' },
      warning: { mark: '!', role: 'warning' },
      error: { mark: pick('✗', 'x'), role: 'bad' },
    },
    behind: pick('◂', '<'),
    even: '=',
    rule: pick('─', '-'),
    dot: pick('·', '-'),
    echo: pick('›', '>'),
    event: pick('◆', '>'),
    chosen: ['[', ']'],
    arrows: [pick('◂', '<'), pick('▸', '>')],
    cursor: pick('█', '_'),
    bandEnds: [pick('├', '['), pick('┤', ']')],
    branches: {
      first: pick('┌', '+'),
      cross: pick('┼', '+'),
      top: pick('┬', '+'),
      last: pick('└', '+'),
      side: pick('├', '+'),
      broken: pick('╌', ' '),
      slow: pick('┄', '.'),
    },
    panel: ascii ? ASCII_LIGHT : ROUND,
    selectedPanel: ascii ? ASCII_HEAVY : HEAVY,
    frameRole: 'muted',
    selectedFrameRole: 'accent',
  };
}

/** For what is over: frames of dashes in the colour of a warning. */
export function ofThePast(theme: Theme): Theme {
  const { isAscii } = theme;
  return {
    ...theme,
    panel: isAscii ? ASCII_DASHED : DASHED,
    selectedPanel: isAscii ? ASCII_HEAVY_DASHED : HEAVY_DASHED,
    frameRole: 'warning',
    selectedFrameRole: 'warning',
  };
}
