/**
 * Text for Markdown as GitHub and GitLab show it: what would mean something there is escaped, so that a title is no
 * heading, no link, no markup, no formula, and calls nobody by name.
 */
import { printable } from '../input/printable.ts';

/** What begins markup, a table cell, a formula, or an end of one. */
const MEANING = /[\\`*_~[\]#|$]/g;
/** At the beginning of a line; what stands before it is a number at most. */
const LIST_BEGIN = /^\s*(\d*)([-+=.)])/;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** In a paragraph nobody reads more of one text. */
const LENGTH_MAX = 600;
const FENCE_MIN = 3;
/** No characters. */
const FORBIDDEN = /[\ufffe\uffff]/g;

/** One line, also where it begins a paragraph. */
export function inline(text: string): string {
  const whole = visible(text);
  const shown = whole.length > LENGTH_MAX ? `${whole.slice(0, LENGTH_MAX).toWellFormed()}…` : whole;
  return shown
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
    .replace(MEANING, '\\$&')
    .replace(LIST_BEGIN, '$1\\$2')
    .replaceAll('@', '@<!-- -->')
    .replaceAll('://', ':\\//')
    .replace(/\bwww\./gi, (word) => word.replace('.', '\\.'));
}

function visible(text: string): string {
  return printable(text).replace(FORBIDDEN, '');
}

/** A block of code, whatever it holds. */
export function codeBlock(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(Math.max(FENCE_MIN, longest + 1));
  return `${fence}sh\n${visible(text)}\n${fence}`;
}

/** Cells are Markdown already. The first row is the head; columns after the first are numbers. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const rule = head.map((_, at) => (at === 0 ? '---' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
