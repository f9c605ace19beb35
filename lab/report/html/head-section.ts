/** The head of a report: how the run ended and why, then what was run and how to run it again. */
import { EXIT } from '../../errors.ts';
import { endOf } from '../../history/end.ts';
import { railsLine } from '../../rails/rails-line.ts';
import type { Summary } from '../events.ts';
import type { ReportSource } from '../source.ts';
import { count, duration, plural } from './format.ts';
import { html, type Markup, type Part } from './markup.ts';

const NAMED_MAX = 4;

type Outcome = 'pass' | 'fail' | 'unknown';

export function headSection({ title, description, summary, ...source }: ReportSource): Markup {
  const { word, kind } = outcomeOf(summary);
  const sign = { pass: '✓', fail: '✗', unknown: '?' }[kind];
  const facts = factsOf({ title, description, summary, ...source });
  return html`<header class="${kind}"><p class="verdict"><span class="sign" aria-hidden="true">${sign}</span>${word}</p>
<h1>${title}</h1>
<p class="reason">${reasonOf(summary, source.history.head?.regions.length ?? 0)}</p>
${description === '' ? undefined : html`<p class="description">${description}</p>`}
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p class="again"><span>again</span><code>${summary.reproduce}</code></p></header>`;
}

/** In words, the worst first; colour only repeats them. */
function outcomeOf({ status, verdict, heal, exitCode }: Summary): { readonly word: string; readonly kind: Outcome } {
  if (!heal.clean) return { word: 'Not healed', kind: 'fail' };
  if (status === 'failed') return { word: 'The lab failed', kind: 'unknown' };
  if (status === 'aborted') return { word: 'Stopped', kind: verdict === 'fail' ? 'fail' : 'unknown' };
  if (exitCode === EXIT.threshold) return { word: 'Threshold crossed', kind: 'fail' };
  return { word: { pass: 'Pass', fail: 'Fail', unknown: 'Unknown' }[verdict], kind: verdict };
}

function reasonOf(summary: Summary, regions: number): string {
  const { status, heal, error, verdict, checks, thresholds, operations } = summary;
  const over = `over ${plural(operations.reads, 'read')} and ${plural(operations.writes, 'write')} in ${plural(regions, 'region')}`;
  if (!heal.clean) return `Faults could not be healed; what may be left behind: ${heal.left.join(', ')}.`;
  if (status === 'failed') return `${error ?? 'Its world did not hold.'}`;
  const crossed = thresholds.filter(({ ok, doubt }) => !ok && doubt === undefined).map(({ metric, threshold }) => `${metric} ${threshold}`);
  const found = (wanted: Outcome) => checks.filter((check) => check.verdict === wanted);
  const failed = found('fail').map(({ check, anomalies }) =>
    anomalies > 0 ? `${check} (${plural(anomalies, 'anomaly', 'anomalies')})` : check,
  );
  if (failed.length > 0) return `${failed.length} of ${plural(checks.length, 'check')} failed ${over}: ${named(failed)}.`;
  if (status === 'aborted')
    return `Stopped before its end, after ${plural(operations.reads, 'read')} and ${plural(operations.writes, 'write')}; what did not happen proves nothing.`;
  if (verdict === 'unknown')
    return `There is not enough evidence ${over}: ${named(found('unknown').map(({ check, reason }) => `${check}: ${reason}`)) || 'nothing was judged'}.`;
  if (crossed.length > 0)
    return `${plural(found('pass').length, 'check')} held ${over}; ${crossed.length} of ${plural(thresholds.length, 'threshold')} crossed: ${named(crossed)}.`;
  const kept = thresholds.length === 0 ? '' : `, ${plural(thresholds.length, 'threshold')} kept`;
  return `${plural(checks.length, 'check')} held ${over}${kept}.`;
}

function named(words: readonly string[]): string {
  const more = words.length > NAMED_MAX ? ` and ${words.length - NAMED_MAX} more` : '';
  return `${words.slice(0, NAMED_MAX).join(', ')}${more}`;
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
