/**
 * The report of a run as one HTML file. The same history and summary give the same page to the byte.
 */
import { stalenessOf } from '../../checks/staleness.ts';
import { endOf } from '../../history/end.ts';
import { anomaliesOf, type ReportSource } from '../source.ts';
import { anomaliesSection } from './anomalies-section.ts';
import { checksSection, faultsSection, figuresSection, thresholdsSection } from './figures-section.ts';
import { count } from './format.ts';
import { headSection } from './head-section.ts';
import { html, type Markup } from './markup.ts';
import { meaningsSection } from './meanings-section.ts';
import { type ChartContext, servedSection } from './served-section.ts';
import { pageText } from './shell.ts';
import { ARROWHEAD } from './space-time.ts';
import { phasesOf, TimeAxis } from './time-axis.ts';
import { timeSections } from './time-sections.ts';

/** Regions drawn; those with anomalies first. */
const REGIONS_MAX = 6;

export function toHtml(source: ReportSource): string {
  const { title, summary, history } = source;
  const context = contextOf(source);
  const drawn = history.head === undefined ? undefined : html`${servedSection(context)}${timeSections(context)}`;
  const sections = html`${anomaliesSection(context)}
${checksSection(summary)}
${thresholdsSection(summary)}
${leftOut(context)}${drawn}
${faultsSection(history.faults, endOf(history))}
${figuresSection(summary)}
${meaningsSection(summary)}`;
  const body = html`${headSection(source)}
${contents(sections)}
${sections}
<footer>EdgeSync Lab ${source.version}. Files beside this page: history.ndjson or history.ndjson.zst, with every operation of the run; summary.json; summary.md; junit.xml.</footer>`;
  return pageText(`${summary.verdict}: ${title}`, body, ARROWHEAD);
}

/** Of the sections that are there, in their order: a section is one by its id. */
function contents(sections: Markup): Markup {
  const links = [...sections.text.matchAll(/<section id="([a-z]+)"><h2>([A-Z][a-z ]+)<\/h2>/g)];
  return html`<nav aria-label="Contents">${links.map(
    ([, id = '', name = '']) => html`<a href="${`#${id}`}">${name}</a>
`,
  )}</nav>`;
}

function contextOf(source: ReportSource): ChartContext {
  const { history } = source;
  const axis = new TimeAxis(history);
  const anomalies = anomaliesOf(source);
  const all = history.head?.regions ?? [];
  const anomalous = new Set(anomalies.map(({ region }) => region));
  const inOrder = [...all.filter((region) => anomalous.has(region)), ...all.filter((region) => !anomalous.has(region))];
  const shown = new Set(inOrder.slice(0, REGIONS_MAX));
  return {
    history,
    axis,
    anomalies,
    staleness: stalenessOf(history, history.head?.staleness ?? 'adjusted'),
    phases: phasesOf(history, axis),
    regions: all.filter((region) => shown.has(region)),
  };
}

function leftOut({ history, regions }: ChartContext): Markup | undefined {
  const all = history.head?.regions.length ?? 0;
  if (all <= regions.length) return undefined;
  return html`<p class="note">${count(regions.length)} of ${count(all)} regions are drawn. Regions with anomalies come first.</p>`;
}
