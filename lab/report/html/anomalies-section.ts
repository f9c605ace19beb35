/** The section of anomalies: the first of each kind with their pictures, the others in a sentence each. */
import type { Anomaly } from '../../checks/check.ts';
import { count, instant, plural } from './format.ts';
import { html, type Markup } from './markup.ts';
import type { ChartContext } from './served-section.ts';
import { spaceTime } from './space-time.ts';
import { storyOf } from './story.ts';

const PICTURES_MAX = 12;
const PICTURES_OF_A_KIND_MAX = 3;
const SENTENCES_MAX = 200;

export function anomaliesSection(context: Pick<ChartContext, 'anomalies' | 'history'>): Markup {
  const { anomalies } = context;
  if (anomalies.length === 0) return html``;
  const kinds = Map.groupBy(anomalies, ({ anomaly }) => anomaly);
  const shown = [...kinds.values()].flatMap((ofKind) => ofKind.slice(0, PICTURES_OF_A_KIND_MAX)).slice(0, PICTURES_MAX);
  const others = anomalies.filter((anomaly) => !shown.includes(anomaly));
  const inWords = others.slice(0, SENTENCES_MAX);
  const remaining =
    others.length > inWords.length
      ? html`<p class="note">and ${count(others.length - inWords.length)} more; <code>edgesync-lab analyze history.ndjson</code> tells all</p>`
      : undefined;
  const rest = html`<details><summary>${plural(others.length, 'more anomaly', 'more anomalies')}</summary><ul class="plain">${inWords.map(
    (anomaly) => html`<li><strong>${titleOf(anomaly)}</strong> ${sentence(anomaly.explain)}</li>
`,
  )}</ul>${remaining}</details>`;
  const counts = [...kinds].map(([kind, ofKind]) => `${kind} ${count(ofKind.length)}`).join(', ');
  return html`<section><h2>Anomalies</h2>
<p class="lead">${plural(anomalies.length, 'anomaly', 'anomalies')}: ${counts}. Each with the smallest set of operations that shows it; time goes downwards.</p>
${shown.map((anomaly) => article(anomaly, context))}${others.length === 0 ? undefined : rest}</section>`;
}

function titleOf({ anomaly, subKind, region, key }: Anomaly): string {
  return `${anomaly}${subKind === undefined ? '' : ` (${subKind})`} · ${region} · ${key}`;
}

/** Names of links stay whole, for they would break at their arrows. */
function sentence(text: string): Markup {
  const parts = text.split(/(\S{1,80}<?->\S{1,80})/);
  return html`${parts.map((part, at) => (at % 2 === 1 ? html`<span class="link">${part}</span>` : part))}`;
}

function article(anomaly: Anomaly, { history }: Pick<ChartContext, 'history'>): Markup {
  const story = storyOf(anomaly, history);
  const items = story.moments.map(
    ({ atMs, lane, label, says, isCulprit }) =>
      html`<li class="${isCulprit ? 'culprit' : 'ordinary'}"><span class="when">${instant(atMs)}</span> <strong>${lane}</strong> ${label === '' ? '' : `${label} · `}${says}</li>
`,
  );
  const faults = story.faults.map(
    ({ fault, target, injectedMs, healedMs }) =>
      html`<li class="fault-note"><strong>${fault}</strong> ${target.text}, ${instant(injectedMs)} to ${healedMs === undefined ? 'the end' : instant(healedMs)}</li>
`,
  );
  const notes = [...story.missing, ...(story.leftOut > 0 ? [`${plural(story.leftOut, 'earlier moment')} left out`] : [])];
  const { anomaly: kind, subKind, region, key, explain } = anomaly;
  return html`<article class="anomaly"><h3>${kind}${subKind === undefined ? undefined : ` (${subKind})`} <small>${region} · ${key}</small></h3>
<p class="explain">${sentence(explain)}</p>
<div class="story">${spaceTime(story)}<div><ol>${items}</ol>${faults.length + notes.length === 0 ? undefined : html`<ul class="plain">${faults}${notes.map((note) => html`<li>${note}</li>`)}</ul>`}</div></div></article>
`;
}
