/** Races as one HTML file: the table of outcomes, and each that was kept as lanes, in which time goes downwards. */

import { plural } from '../input/plural.ts';
import type { RailsReport } from '../rails/rails.ts';
import { html, type Markup } from '../report/html/markup.ts';
import { pageText } from '../report/html/shell.ts';
import { table } from '../report/html/table.ts';
import type { JunitOptions, RacedTarget } from './junit.ts';
import type { Outcome, RaceResult } from './race.ts';
import { wayText } from './raced-cache.ts';
import { RACES } from './races.ts';

export interface PageOptions extends JunitOptions {
  /** The command. */
  readonly reproduce: string;
}

/** Of one target, one for each race. */
const WITNESSES_MAX = 12;
const LANES = ['reader', 'upstream', 'origin', 'purger'] as const;
const KIND_OF: Readonly<Record<Outcome, 'pass' | 'fail' | 'unknown'>> = {
  kept: 'fail',
  late: 'unknown',
  unjudged: 'unknown',
  waits: 'pass',
  ok: 'pass',
};

export function racesHtml(targets: readonly RacedTarget[], options: PageOptions): string {
  const kind = kindOf(targets, options);
  const word = { pass: 'Pass', fail: 'Fail', unknown: 'Unknown' }[kind];
  const sign = { pass: '✓', fail: '✗', unknown: '?' }[kind];
  const body = html`<header class="${kind}"><p class="verdict"><span class="sign" aria-hidden="true">${sign}</span>${word}</p>
<h1>Races of ${targets.map(({ name }) => name).join(', ')}</h1>
<p class="reason">${reasonOf(targets)}</p>
<p class="again"><span>again</span><code>${options.reproduce}</code></p></header>
${outcomesSection(targets)}
${targets.map(witnessesOf)}
${options.rails === undefined ? undefined : railsSection(options.rails)}
<footer>EdgeSync Lab ${options.version}. Files beside this page: races.json, with every step of every race; junit.xml.</footer>`;
  return pageText(`${word}: races of ${targets.map(({ name }) => name).join(', ')}`, body);
}

function resultsOf(targets: readonly RacedTarget[]): readonly RaceResult[] {
  return targets.flatMap(({ raced }) => raced?.results ?? []);
}

function mistakesOf({ raced, broken }: RacedTarget): readonly string[] {
  if (broken !== undefined) return [broken];
  const said = [raced?.ended, raced?.nothing].filter((words) => words !== undefined);
  return [...(raced?.selfChecked.mistakes ?? []), ...said];
}

function kindOf(targets: readonly RacedTarget[], { failing }: Pick<PageOptions, 'failing'>): 'pass' | 'fail' | 'unknown' {
  const results = resultsOf(targets);
  if (results.some(({ outcome }) => failing.includes(outcome))) return 'fail';
  const isJudged = ({ raced }: RacedTarget) => raced?.results.some(({ outcome }) => outcome !== 'unjudged') === true;
  return targets.every(isJudged) && targets.every((target) => mistakesOf(target).length === 0) ? 'pass' : 'unknown';
}

function reasonOf(targets: readonly RacedTarget[]): string {
  const results = resultsOf(targets);
  const kept = results.filter(({ outcome }) => outcome === 'kept').length;
  if (kept === 0) return `In none of ${plural(results.length, 'race')} the old version was served after its fetch had ended.`;
  return `In ${kept} of ${plural(results.length, 'race')} the old version was served after its fetch had ended: the invalidation was lost.`;
}

function outcomesSection(targets: readonly RacedTarget[]): Markup {
  const results = resultsOf(targets);
  const shown = RACES.filter(({ name }) => results.some(({ race }) => race === name));
  const rows = targets.flatMap(({ name, raced }) =>
    [...Map.groupBy(raced?.results ?? [], ({ way }) => wayText(way))].map(([way, ofWay]) => [
      name,
      way,
      ...shown.map((race) => marksOf(ofWay.filter((result) => result.race === race.name))),
    ]),
  );
  const mistakes = targets.flatMap((target) =>
    mistakesOf(target).map((mistake) => html`<li><strong>${target.name}</strong> ${mistake}</li>`),
  );
  return html`<section><h2>Outcomes</h2>
<p class="lead">The upstream held back an answer of the origin. A content was written and purged. Then the upstream released the answer. kept: the old version stays. late: readers who joined the fetch in flight got the old version, or readers for a moment after the fetch. waits: the purge was answered only after the answer was released, and then the cache was right.</p>
${mistakes.length === 0 ? undefined : html`<ul class="plain">${mistakes}</ul>`}
${table('by purge', [{ name: 'cache' }, { name: 'purge' }, ...shown.map(({ name }) => ({ name }))], rows)}</section>`;
}

/** Whom the lab was allowed to ask, and how much it has asked. */
function railsSection({ hosts, perSecond, allowsWidePurge, requests, purges, stopped }: RailsReport): Markup {
  const rows = hosts.map(({ host, addresses, isNamed }) => [host, addresses.join(', '), isNamed ? '--allow-external' : 'this machine']);
  return html`<section><h2>Live targets</h2>
<p class="lead">${plural(requests, 'request')} sent, with ${plural(purges, 'purge')} among them, at most ${perSecond} a second. Wide purges were ${allowsWidePurge ? 'allowed' : 'not allowed'}.</p>
${stopped === undefined ? undefined : html`<p class="note">${stopped}</p>`}
${table('hosts, each looked up once', [{ name: 'host' }, { name: 'addresses' }, { name: 'allowed by' }], rows)}</section>`;
}

/** Where a race was run more than once, each outcome with how often it came. */
function marksOf(results: readonly RaceResult[]): readonly Markup[] {
  const counts = Map.groupBy(results, ({ outcome }) => outcome);
  return [...counts].map(
    ([outcome, all]) =>
      html`<span class="mark ${KIND_OF[outcome]}">${outcome}${results.length > 1 ? ` ${all.length}×` : undefined}</span> `,
  );
}

function witnessesOf({ name, raced }: RacedTarget): Markup | undefined {
  const kept = (raced?.results ?? []).filter(({ outcome }) => outcome === 'kept');
  const first = [...new Map(kept.toReversed().map((result) => [`${result.race} ${wayText(result.way)}`, result])).values()].reverse();
  if (first.length === 0) return undefined;
  const more = first.length > WITNESSES_MAX ? html`<p class="note">and ${first.length - WITNESSES_MAX} more, in races.json</p>` : undefined;
  return html`<section><h2>What ${name} kept</h2>
${first.slice(0, WITNESSES_MAX).map(
  ({ race, way, why, steps }) => html`<article class="anomaly"><h3>${race} <small>${wayText(way)}</small></h3>
<p class="explain">${why}</p>
${table(
  'time runs downwards',
  [{ name: 'ms' }, ...LANES.map((lane) => ({ name: lane }))],
  steps.map(({ atMs, who, text }) => [String(atMs), ...LANES.map((lane) => (lane === who ? text : ''))]),
)}</article>`,
)}${more}</section>`;
}
