/**
 * What the marks and the colours mean, as parts of lines. Each colour is told in itself, for a theme may have others.
 */
import { type Line, span } from '../draw/line.ts';
import type { Role, Theme } from '../draw/theme.ts';
import type { LinkState } from '../state/links.ts';
import { OLD, OWN_MARK } from './version-table.ts';

const LINKS: readonly (readonly [LinkState, string])[] = [
  ['ok', 'answers'],
  ['cut', 'cut or killed'],
  ['slow', 'slow'],
  ['paused', 'paused'],
  ['lost', 'no answer'],
];

const COLOURS: readonly (readonly [Role, string])[] = [
  ['good', 'in order'],
  ['warning', 'old, slow, or in doubt'],
  ['bad', 'broken or wrong'],
  ['accent', 'selected, or asked for just now'],
  ['muted', 'figures that are old or missing'],
];

export function markParts(theme: Theme): readonly Line[] {
  const part = (mark: string, role: Role, about: string): Line => [span(mark, role), span(` ${about}`)];
  return [
    ...LINKS.map(([state, about]) => part(theme.links[state].mark, theme.links[state].role, about)),
    part(OWN_MARK, 'accent', 'your write'),
    part(`${theme.behind}3`, 'warning', 'versions behind'),
    part(OLD.short, 'warning', OLD.spoken),
    part(theme.event, 'accent', 'an invalidation on its way'),
  ];
}

export function colourParts(): readonly Line[] {
  return COLOURS.map(([role, about]) => [span(about, role)]);
}
