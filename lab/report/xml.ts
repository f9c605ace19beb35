/**
 * Text for XML: what is no character there is left out, what means something is escaped, what cannot be seen is made
 * visible.
 */
import { printable } from '../input/printable.ts';

/** What is left of the forbidden ones after `printable`: no XML 1.0 document may hold them, not even escaped. */
const FORBIDDEN = /[\ufffe\uffff]/g;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For content and attributes, of XML and of HTML alike. */
export function escaped(text: string): string {
  return printable(text)
    .replace(FORBIDDEN, '')
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

export type XmlAttributes = Readonly<Record<string, string | number>>;

/** `children` are elements or escaped text, each a line of its own; none: an empty element. */
export function element(name: string, attributes: XmlAttributes, children: readonly string[] = []): string {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const open = `<${name}${words.join('')}`;
  return children.length === 0 ? `${open}/>` : `${open}>\n${children.join('\n')}\n</${name}>`;
}
