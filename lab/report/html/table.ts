/** Tables that scroll by themselves where they are too wide. The first column is text, the others as they are told. */
import { html, type Markup, type Part } from './markup.ts';

export interface Column {
  readonly name: Part;
  /** Numbers stand under each other. */
  readonly isNumber?: boolean;
}

export function table(caption: Part, columns: readonly Column[], rows: readonly (readonly Part[])[]): Markup {
  const kind = (at: number) => (columns[at]?.isNumber ? 'number' : 'text');
  return html`<div class="scroll"><table><caption>${caption}</caption><thead><tr>${columns.map(({ name }, at) => html`<th scope="col" class="${kind(at)}">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (
      cells,
    ) => html`<tr>${cells.map((cell, at) => (at === 0 ? html`<th scope="row" class="text">${cell}</th>` : html`<td class="${kind(at)}">${cell}</td>`))}</tr>
`,
  )}</tbody></table></div>`;
}

export function numbers(...names: readonly string[]): readonly Column[] {
  return names.map((name) => ({ name, isNumber: true }));
}
