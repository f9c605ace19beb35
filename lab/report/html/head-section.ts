/** The head of a report: how the run ended and why, then what was run and how to run it again. */
import { endOf } from '../../history/end.ts';
import { railsLine } from '../../rails/rails-line.ts';
import { whatHappened } from '../happened.ts';
import { outcomeOf, reasonOf } from '../outcome.ts';
import type { ReportSource } from '../source.ts';
import { count, duration } from './format.ts';
import { html, linksWhole, type Markup, type Part } from './markup.ts';

export function headSection({ title, description, summary, ...source }: ReportSource): Markup {
  const { word, kind } = outcomeOf(summary);
  const sign = { pass: '✓', fail: '✗', unknown: '?' }[kind];
  const happened = whatHappened(source.history);
  const facts = factsOf({ title, description, summary, ...source });
  return html`<header class="${kind}"><p class="verdict"><span class="sign" aria-hidden="true">${sign}</span>${word}</p>
<h1>${title}</h1>
<p class="reason">${reasonOf(summary, source.history.head?.regions.length ?? 0)}</p>
${happened.length === 0 ? undefined : html`<p class="happened">${happened.map((sentence) => html`<span>${linksWhole(sentence)}</span> `)}</p>`}
${description === '' ? undefined : html`<p class="description">${description}</p>`}
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p class="again"><span>again</span><code>${summary.reproduce}</code></p></header>`;
}

function factsOf({
  scenario,
  backend,
  seed,
  history,
  summary: { operations, exitCode, rails },
}: ReportSource): readonly (readonly [string, Part])[] {
  const startedAt = history.head?.startedAt;
  return [
    ['scenario', scenario],
    ['backend', backend],
    ['seed', String(seed)],
    ['reads', count(operations.reads)],
    ['writes', count(operations.writes)],
    ['failed · unknown', `${count(operations.failed)} · ${count(operations.unknown)}`],
    ['lasted', duration(endOf(history))],
    ...(startedAt === undefined ? [] : [['started', startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')] as const]),
    ...(rails === undefined ? [] : [['live target', railsLine(rails)] as const]),
    ['exit code', String(exitCode)],
  ];
}
