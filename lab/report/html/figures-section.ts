/** The sections of tables: figures per region, checks, thresholds, faults. */
import type { Verdict } from '../../checks/check.ts';
import { SEEN_BY_READS } from '../../history/convergence.ts';
import type { Quantiles } from '../../history/quantiles.ts';
import type { FaultRecord } from '../../history/records.ts';
import type { Summary } from '../events.ts';
import { count, duration, moment, percent, plural, whole } from './format.ts';
import { html, type Markup, type Part } from './markup.ts';
import { checkLink } from './meanings-section.ts';
import { numbers, table } from './table.ts';

const SPREAD = numbers('min', 'P50', 'P95', 'P99', 'max');
/** A table of all of them is read by nobody. */
const REGIONS_MAX = 50;

function spread(of: Quantiles | null | undefined): readonly string[] {
  return [of?.min, of?.p50, of?.p95, of?.p99, of?.max].map(whole);
}

export function figuresSection({ convergence, staleness, consistency }: Summary): Markup {
  const all = Object.keys(staleness);
  if (all.length === 0) return html``;
  const regions = all.slice(0, REGIONS_MAX);
  const more =
    all.length > regions.length
      ? html`<p class="note">and ${count(all.length - regions.length)} more regions, in summary.json</p>`
      : undefined;
  const times = Object.keys(consistency[regions[0] ?? '']?.within ?? {});
  return html`<section id="figures"><h2>Figures of each region</h2>
<div class="tables">${table(
    'A write was seen after, ms',
    [{ name: 'region' }, ...SPREAD],
    regions.map((region) => [region, ...spread(convergence[region])]),
  )}
${table(
  'Staleness of answers, ms',
  [{ name: 'region' }, ...numbers('answers'), ...SPREAD],
  regions.map((region) => [region, count(staleness[region]?.samples ?? 0), ...spread(staleness[region]?.raw)]),
)}
${table(
  'Staleness outside faults, ms',
  [{ name: 'region' }, ...numbers('answers'), ...SPREAD],
  regions.map((region) => [region, count(staleness[region]?.samples ?? 0), ...spread(staleness[region]?.adjusted)]),
)}
${table(
  'Share of writes that every later read showed, within',
  [{ name: 'region' }, ...numbers('writes', ...times.map((ms) => duration(Number(ms))))],
  regions.map((region) => [
    region,
    count(consistency[region]?.writes ?? 0),
    ...times.map((ms) => percent(consistency[region]?.within[ms])),
  ]),
)}</div><p class="note">${SEEN_BY_READS}</p>${more}</section>`;
}

/** In words and by a sign: colour only repeats them. */
export function mark(kind: Verdict, word: string = kind): Markup {
  const sign = { pass: '✓', fail: '✗', unknown: '?' }[kind];
  return html`<span class="mark ${kind}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

export function checksSection({ checks }: Summary): Markup {
  const items = checks.map(({ check, verdict, reason, anomalies }) => {
    const found = anomalies === 0 ? undefined : html` · <b>${plural(anomalies, 'anomaly', 'anomalies')}</b>`;
    return html`<li><code>${checkLink(check)}</code>${mark(verdict)}<span class="why">${reason}${found}</span></li>
`;
  });
  const body = checks.length === 0 ? html`<p class="lead">Nothing was judged.</p>` : html`<ul class="checks">${items}</ul>`;
  return html`<section id="checks"><h2>Checks</h2><p class="lead">Each check is judged from the history alone.</p>${body}</section>`;
}

export function thresholdsSection({ thresholds }: Summary): Markup {
  if (thresholds.length === 0) return html``;
  const rows = thresholds.map(({ metric, threshold, ok, value, samples, doubt }): readonly Part[] => [
    html`<code>${metric}</code>`,
    html`<code>${threshold}</code>`,
    mark(ok ? 'pass' : samples === 0 || value === null || doubt !== undefined ? 'unknown' : 'fail'),
    value === null ? '–' : String(Math.round(value * 1000) / 1000),
    count(samples),
  ]);
  const columns = [{ name: 'metric' }, { name: 'threshold' }, { name: 'verdict' }, ...numbers('value', 'samples')];
  return html`<section id="thresholds"><h2>Thresholds</h2>${table('Limits that the scenario sets for its figures', columns, rows)}</section>`;
}

export function faultsSection(faults: readonly FaultRecord[], endMs: number): Markup {
  if (faults.length === 0) return html``;
  const rows = faults.map(({ fault, target, injectedMs, healedMs, effect, recoveryAllowanceMs }): readonly Part[] => [
    fault,
    html`<code>${target.text}</code>`,
    effect === 'confirmed' ? mark('pass', 'seen') : mark('unknown', 'not seen'),
    moment(injectedMs),
    healedMs === undefined ? 'not healed' : moment(healedMs),
    duration((healedMs ?? endMs) - injectedMs),
    duration(recoveryAllowanceMs),
  ]);
  const columns = [
    { name: 'fault' },
    { name: 'target' },
    { name: 'effect' },
    ...numbers('injected', 'healed', 'lasted', 'then excused for at most'),
  ];
  return html`<section id="faults"><h2>Faults</h2>${table('What was broken; times count from the start of the run', columns, rows)}</section>`;
}
