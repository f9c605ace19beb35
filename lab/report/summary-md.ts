/**
 * A run in Markdown, for the job summary of a CI server and for a comment on a pull request: the verdict, why, what
 * failed with a few anomalies, thresholds, regions, and how to run it again. All of it is in report.html.
 */
import { SEEN_BY_READS } from '../history/convergence.ts';
import type { Summary } from './events.ts';
import { whatHappened } from './happened.ts';
import { count, plural, whole } from './html/format.ts';
import { codeBlock, inline, markdownTable } from './markdown.ts';
import { outcomeOf, reasonOf } from './outcome.ts';
import { anomaliesOf, type ReportSource } from './source.ts';

const ANOMALIES_SHOWN_MAX = 3;
const CHECKS_MAX = 30;
const THRESHOLDS_MAX = 30;
const REGIONS_MAX = 12;
/** Colour blind or not: the word stands beside it. */
export const SIGNS = { pass: '✅', fail: '❌', unknown: '❔' } as const;

/** Blocks with an empty line between them. The same run gives the same text to the byte. */
export function toMarkdown(source: ReportSource): string {
  const { title, backend, seed, scenario, summary, history } = source;
  const { word, kind } = outcomeOf(summary);
  const blocks = [
    `## ${SIGNS[kind]} ${word}: ${inline(title)}`,
    inline(reasonOf(summary, history.head?.regions.length ?? 0)),
    whatHappened(history).map(inline).join(' '),
    failedChecks(source),
    thresholdTable(summary),
    regionTable(summary),
    `Scenario ${inline(scenario)}, ${backend}, seed ${seed}. To run the scenario again:`,
    codeBlock(summary.reproduce),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** Those that failed before those of which nothing is known. */
function failedChecks(source: ReportSource): string {
  const { checks } = source.summary;
  const found = Map.groupBy(anomaliesOf(source), ({ anomaly }) => anomaly);
  const all = (['fail', 'unknown'] as const).flatMap((wanted) => checks.filter(({ verdict }) => verdict === wanted));
  const items = all.slice(0, CHECKS_MAX).flatMap(({ check, verdict, reason, anomalies }) => {
    const shown = (found.get(check) ?? []).slice(0, ANOMALIES_SHOWN_MAX);
    const more = anomalies > shown.length && shown.length > 0 ? [`  - and ${count(anomalies - shown.length)} more, in report.html`] : [];
    const counted = anomalies === 0 ? '' : ` (${plural(anomalies, 'anomaly', 'anomalies')})`;
    return [
      `- ${SIGNS[verdict]} **${inline(check)}** ${verdict}${counted}: ${inline(reason)}`,
      ...shown.map(({ region, key, explain }) => `  - at ${inline(region)}, key ${inline(key)}: ${inline(explain)}`),
      ...more,
    ];
  });
  const more = all.length > CHECKS_MAX ? [`- and ${all.length - CHECKS_MAX} more, in report.html`] : [];
  return [...items, ...more].join('\n');
}

function thresholdTable({ thresholds }: Summary): string {
  if (thresholds.length === 0) return '';
  const rows = thresholds.slice(0, THRESHOLDS_MAX).map(({ metric, threshold, ok, value, samples, doubt }) => {
    const kind = ok ? 'pass' : samples === 0 || value === null || doubt !== undefined ? 'unknown' : 'fail';
    const word = { pass: 'held', fail: 'crossed', unknown: 'unknown' }[kind];
    const got = value === null ? '–' : String(Number(value.toPrecision(4)));
    return [inline(`${metric} ${threshold}`), `${SIGNS[kind]} ${word}`, got, count(samples)];
  });
  const more = thresholds.length > rows.length ? `\n\nand ${thresholds.length - rows.length} more thresholds, in report.html` : '';
  return `${markdownTable([['threshold', 'verdict', 'value', 'samples'], ...rows])}${more}`;
}

/** How old the answers of each region were. Without a region nothing was measured. */
function regionTable({ staleness, convergence }: Summary): string {
  const regions = Object.keys(staleness);
  if (regions.length === 0) return '';
  const rows = regions.slice(0, REGIONS_MAX).map((region) => {
    const { samples = 0, raw, adjusted } = staleness[region] ?? {};
    const ages = [raw?.p50, raw?.p99, raw?.max, adjusted?.p99, adjusted?.max, convergence[region]?.p99];
    return [inline(region), count(samples), ...ages.map(whole)];
  });
  const more = regions.length > rows.length ? `\n\nand ${regions.length - rows.length} more regions, in report.html` : '';
  const names = ['staleness P50, ms', 'P99', 'max', 'outside faults P99', 'max', 'write seen after, P99'];
  return `${markdownTable([['region', 'answers', ...names], ...rows])}${more}\n\n${SEEN_BY_READS}`;
}
