/** Tables of Markdown, and the places in a page where they stand. */

/** The first row is the head. What would end a cell is escaped. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((row) => row.map(escaped));
  return [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`.replaceAll('|  |', '| |')).join('\n');
}

/** Outside code a `<` would begin a tag. */
function escaped(cell: string): string {
  const parts = cell.split('`').map((part, at) => (at % 2 === 1 ? part : part.replaceAll('<', '&lt;')));
  return parts.join('`').replaceAll('|', '\\|');
}

export function code(text: string): string {
  return `\`${text}\``;
}

/**
 * The names of the places in a page, in their order: each begins with `<!-- name -->` and ends with `<!-- /name -->`.
 */
export function namesOfBlocks(text: string): readonly string[] {
  return [...text.matchAll(/^<!-- ([a-z-]+) -->$/gm)].map(([, name = '']) => name);
}

/** Replaces what stands in one place. Throws for a place that does not end. */
export function withBlock(text: string, name: string, block: string): string {
  const [start, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`expected <!-- ${name} --> and <!-- /${name} -->, got one without the other`);
  return `${text.slice(0, from + start.length)}\n${block}\n${text.slice(to)}`;
}
