/**
 * HTML that is safe by its type: what a template is given as text is escaped, and only what another template made is
 * not. Void elements are closed (`<br/>`), so that the page is well-formed XML as well.
 */
import { escaped } from '../xml.ts';

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** undefined is nothing. */
export type Part = Markup | string | number | undefined | readonly Part[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((string, at) => (at === 0 ? string : `${toText(parts[at - 1])}${string}`)).join(''));
}

function toText(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escaped(part);
  return typeof part === 'number' ? String(part) : part.map(toText).join('');
}

/** Names of links stay whole, for they would break at their arrows. */
export function linksWhole(text: string): Markup {
  const parts = text.split(/(\S{1,80}<?->\S{1,80})/);
  return html`${parts.map((part, at) => (at % 2 === 1 ? html`<span class="link">${part}</span>` : part))}`;
}

/** Where a name of a link is wider than its place it breaks behind its arrow, not within. */
export function brokenAtArrow(text: string): Markup {
  return html`${text.split(/(?<=->)/).map((part, at) => html`${at === 0 ? undefined : html`<wbr/>`}<span class="unbroken">${part}</span>`)}`;
}
