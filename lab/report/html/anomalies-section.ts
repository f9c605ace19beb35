/** The section of anomalies: the first of each kind with their pictures, the others in a sentence each. */
import type { Anomaly } from '../../checks/check.ts';
import { count, instant, plural } from './format.ts';
import { html, linksWhole, type Markup } from './markup.ts';
import { checkLink } from './meanings-section.ts';
import type { ChartContext } from './served-section.ts';
import { spaceTime } from './space-time.ts';
import { storyOf } from './story.ts';

const PICTURES_MAX = 12;
const PICTURES_OF_A_KIND_MAX = 3;
const SENTENCES_MAX = 200;
const FAULTS_THEN = '; faults in that time: ';

export function anomaliesSection(context: Pick<ChartContext, 'anomalies' | 'history'>): Markup {
  const { anomalies } = context;
  if (anomalies.length === 0) return html``;
  const kinds = Map.groupBy(anomalies, ({ anomaly }) => anomaly);
  const room = { pictures: PICTURES_MAX, sentences: SENTENCES_MAX };
  const groups = [...kinds].map(([kind, ofKind]) => kindGroup(kind, ofKind, { context, room }));
  const counts = [...kinds].map(([kind, ofKind]) => `${kind} ${count(ofKind.length)}`).join(', ');
  return html`<section id="anomalies"><h2>Anomalies</h2>
<p class="lead">${plural(anomalies.length, 'anomaly', 'anomalies')}: ${counts}. Each anomaly is drawn with the smallest set of operations that shows it. Time runs downwards.</p>
${groups}</section>`;
}

interface GroupOptions {
  readonly context: Pick<ChartContext, 'history'>;
  /** What is left of the page. */
  readonly room: { pictures: number; sentences: number };
}

/** The first of a check in pictures, one of each key before a second of one; the others in words, by key. */
function kindGroup(kind: string, ofKind: readonly Anomaly[], { context, room }: GroupOptions): Markup {
  const keys = Map.groupBy(ofKind, ({ key }) => key);
  const firsts = new Set([...keys.values()].map(([first]) => first));
  const inOrder = [...firsts, ...ofKind.filter((anomaly) => !firsts.has(anomaly))].filter((anomaly) => anomaly !== undefined);
  const shown = new Set(inOrder.slice(0, Math.min(PICTURES_OF_A_KIND_MAX, room.pictures)));
  room.pictures -= shown.size;
  const others = ofKind.filter((anomaly) => !shown.has(anomaly));
  const inWords = others.slice(0, room.sentences);
  room.sentences -= inWords.length;
  const about = `${plural(ofKind.length, 'anomaly', 'anomalies')} of ${plural(keys.size, 'key')}`;
  return html`<h3 class="group">${checkLink(kind)} <small>${about}</small></h3>
${[...shown].map((anomaly) => article(anomaly, context))}${others.length === 0 ? undefined : restOf(kind, others, inWords)}`;
}

function restOf(kind: string, others: readonly Anomaly[], inWords: readonly Anomaly[]): Markup {
  const keys = [...Map.groupBy(inWords, ({ key }) => key)];
  const remaining =
    others.length > inWords.length
      ? html`<p class="note">and ${count(others.length - inWords.length)} more; <code>edgesync-lab analyze --details history.ndjson</code> prints them all</p>`
      : undefined;
  return html`<details><summary>${kind}: ${plural(others.length, 'more anomaly', 'more anomalies')}</summary>${keys.map(([key, ofKey]) => keyGroup(key, ofKey))}${remaining}</details>`;
}

/** Faults that all of them have in common are told once. */
function keyGroup(key: string, ofKey: readonly Anomaly[]): Markup {
  const split = ofKey.map((anomaly) => ({ anomaly, ...splitFaults(anomaly.explain) }));
  const [first] = split;
  const common = first !== undefined && split.every(({ faults }) => faults === first.faults) ? first.faults : '';
  const note = common === '' ? '' : `; faults in that time: ${common}`;
  const items = split.map(
    ({ anomaly, says, faults }) =>
      html`<li><strong>${anomaly.region}${anomaly.subKind === undefined ? undefined : ` (${anomaly.subKind})`}</strong> ${linksWhole(faults === common ? says : anomaly.explain)}</li>
`,
  );
  return html`<p class="of-key">${key} <small>${plural(ofKey.length, 'anomaly', 'anomalies')}${linksWhole(note)}</small></p><ul class="plain">${items}</ul>`;
}

/** A sentence ends with the faults that were in force: `explain` of `evidence` and of `staleness`. */
function splitFaults(explain: string): { readonly says: string; readonly faults: string } {
  const at = explain.lastIndexOf(FAULTS_THEN);
  return at < 0 ? { says: explain, faults: '' } : { says: explain.slice(0, at), faults: explain.slice(at + FAULTS_THEN.length) };
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
  return html`<article class="anomaly"><h4>${key} <small>${region} · ${kind}${subKind === undefined ? undefined : ` (${subKind})`}</small></h4>
<p class="explain">${linksWhole(faults.length === 0 ? explain : splitFaults(explain).says)}</p>
<div class="story">${spaceTime(story)}<div><ol>${items}</ol>${faults.length + notes.length === 0 ? undefined : html`<ul class="plain">${faults}${notes.map((note) => html`<li>${note}</li>`)}</ul>`}</div></div></article>
`;
}
