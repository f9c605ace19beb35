/** The head of a report: how the run ended and why, then what was run and how to run it again. */
import { endOf } from '../../history/end.ts';
import type { HistoryHead } from '../../history/history-lines.ts';
import { railsLine } from '../../rails/rails-line.ts';
import { worldKind } from '../../worlds/worlds.ts';
import { whatHappened } from '../happened.ts';
import { outcomeOf, reasonOf } from '../outcome.ts';
import type { ReportSource } from '../source.ts';
import { count, duration, plural } from './format.ts';
import { html, linksWhole, type Markup, type Part } from './markup.ts';

const COMMIT_SHOWN = 12;

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
    ['exit code', String(exitCode)],
    ['reads', count(operations.reads)],
    ['writes', count(operations.writes)],
    ['failed · unknown', `${count(operations.failed)} · ${count(operations.unknown)}`],
    ['lasted', duration(endOf(history))],
    ...(startedAt === undefined ? [] : [[startedName(backend), startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')] as const]),
    ...hostFacts(history.head),
    ...(rails === undefined ? [] : [['live target', railsLine(rails)] as const]),
  ];
}

/** A clock that begins where the seed says is no date of a run. */
function startedName(backend: ReportSource['backend']): string {
  return worldKind(backend).time === 'virtual' ? 'virtual clock from' : 'started';
}

/** Of a run in real time. In virtual time the same seed is the same run on every machine. */
function hostFacts(head: HistoryHead | undefined): readonly (readonly [string, Part])[] {
  const { host, commit } = head ?? {};
  return [
    ...(host === undefined
      ? []
      : [['host', `${host.platform} ${host.arch}, ${plural(host.processors, 'processor')}`] as const, ['Node', host.node] as const]),
    ...(commit === undefined ? [] : [['commit', html`<code>${commit.slice(0, COMMIT_SHOWN)}</code>`] as const]),
  ];
}
