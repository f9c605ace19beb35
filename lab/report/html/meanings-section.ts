/** What each check of the run looks for, at the end of the page: whoever reads a report has no other page at hand. */
import { CHECKS, isCheckName } from '../../checks/checks.ts';
import type { Summary } from '../events.ts';
import { html, type Markup } from './markup.ts';

/** The check's name as a link to what it means; as it is where there is nothing to lead to. */
export function checkLink(name: string): Markup {
  return isCheckName(name) ? html`<a class="check" href="${`#check-${name}`}">${name}</a>` : html`${name}`;
}

export function meaningsSection({ checks }: Pick<Summary, 'checks'>): Markup {
  const named = checks.map(({ check }) => check).filter(isCheckName);
  if (named.length === 0) return html``;
  const rows = named.map(
    (name) => html`<dt id="${`check-${name}`}"><code>${name}</code></dt><dd>${CHECKS[name].about}</dd>
`,
  );
  return html`<section id="meanings"><h2>What the checks look for</h2><p class="lead">Each check finds one kind of damage. A fault excuses an old answer only while the fault was seen in effect, and until the region has caught up.</p><dl class="meanings">${rows}</dl></section>`;
}
