/**
 * The section that shows which version each region served: for each key a lane of the origin and one for each region.
 */
import type { Anomaly } from '../../checks/check.ts';
import { touches } from '../../checks/fault-windows.ts';
import type { Staleness } from '../../checks/staleness.ts';
import type { History } from '../../history/history.ts';
import { axisRow, bands, fitting, gridLines, headRows, rectangle, row } from './chart.ts';
import { moment, plural } from './format.ts';
import { html, type Markup } from './markup.ts';
import { type Held, keysToShow, type Served, ServedKeys } from './served.ts';
import type { PhaseSpan, TimeAxis } from './time-axis.ts';

export interface ChartContext {
  readonly history: History;
  readonly staleness: Staleness;
  readonly axis: TimeAxis;
  readonly phases: readonly PhaseSpan[];
  readonly anomalies: readonly Anomaly[];
  /** Those that are drawn; a report of hundreds would be read by nobody. */
  readonly regions: readonly string[];
}

const KEYS_MAX = 4;
/** Of one lane; what is beyond it is said. */
const BLOCKS_MAX = 400;
const LANE_PX = 26;
const BLOCK = { y: 3, height: 20 } as const;

export function servedSection(context: ChartContext): Markup {
  const { history, axis, phases, anomalies } = context;
  const keys = keysToShow(history, anomalies, KEYS_MAX);
  if (keys.length === 0) return html``;
  const known = new ServedKeys(history, keys);
  return html`<section id="versions"><h2>Which version each region served</h2>
<p class="lead">A block is a series of reads with the same answer. Between two blocks nobody read the key. Keys with anomalies come first, then the keys with most reads.</p>
<ul class="legend"><li><span class="swatch current"></span>same version as the origin</li><li><span class="swatch behind"></span>one version behind</li><li><span class="swatch far"></span>more versions behind</li><li><span class="swatch labelled"></span>underlined: labelled stale</li><li><span class="swatch gone"></span>404</li><li><span class="swatch band"></span>a fault on the path of the region</li></ul>
<figure>${headRows(axis, phases, history.faults)}
${keys.map((key) => keyRows(key, known, context))}
${axisRow(axis)}</figure></section>`;
}

function keyRows(key: string, known: ServedKeys, { history, axis, regions }: ChartContext): Markup {
  const held = known.heldAtOrigin(key);
  return html`<h3 class="key">${key}</h3>
${originRow(key, held, axis)}${regions.map((region) => {
  const served = known.servedIn({ region, key }, held);
  const faults = history.faults.filter((fault) => touches(fault, region));
  const blocks = served.slice(0, BLOCKS_MAX).map((block) => blockOf(block, axis));
  const content = html`${bands(axis, faults)}${gridLines(axis)}<line class="thread" x1="0" x2="100%" y1="13" y2="13"/>${blocks}`;
  return row({ label: region, heightPx: LANE_PX, described: describe(key, region, served), content });
})}`;
}

function describe(key: string, region: string, served: readonly Served[]): string {
  const behind = served.flatMap(({ parts }) => parts).filter((part) => part.behind > 0);
  const behindMs = behind.reduce((ms, { fromMs, toMs }) => ms + toMs - fromMs, 0);
  const versions = new Set(served.map(({ version }) => version)).size;
  return `${region}, ${key}: ${plural(versions, 'version')} seen, behind the origin for ${moment(behindMs)}`;
}

function originRow(key: string, held: readonly Held[], axis: TimeAxis): Markup {
  const blocks = held.slice(0, BLOCKS_MAX).map(({ fromMs, version, deleted }, at) => {
    const span = { fromMs, toMs: held[at + 1]?.fromMs ?? axis.toMs };
    const name = deleted ? `v${version} deleted` : `v${version}`;
    const title = `origin: ${name} from ${moment(span.fromMs)} to ${moment(span.toMs)}`;
    return html`<g><title>${title}</title>${rectangle(axis, span, { ...BLOCK, kind: deleted ? 'block origin gone' : 'block origin' })}${nameIn(name, span, axis)}</g>`;
  });
  const described = `origin, ${key}: ${plural(held.length, 'version')}`;
  return row({ label: 'origin', heightPx: LANE_PX, described, content: html`${gridLines(axis)}${blocks}` });
}

function blockOf(block: Served, axis: TimeAxis): Markup {
  const { version, found, label, parts, reads } = block;
  const name = found ? `v${version}` : `404 v${version}`;
  const most = Math.max(...parts.map(({ behind }) => behind));
  const late = most === 0 ? 'as the origin' : most === 1 ? '1 behind' : `up to ${most} behind`;
  const title = `${name}, ${late}, labelled ${label}: ${plural(reads, 'read')}, ${moment(block.fromMs)} to ${moment(block.toMs)}`;
  const shapes = parts.map((part) => rectangle(axis, part, { ...BLOCK, kind: kindOf(found, part.behind) }));
  const underline = label === 'stale' && rectangle(axis, block, { y: BLOCK.y + BLOCK.height - 4, height: 4, kind: 'labelled' });
  const long = `${name} · ${late}`;
  const behindMs = parts.filter(({ behind }) => behind > 0).reduce((ms, part) => ms + part.toMs - part.fromMs, 0);
  const isMostlyBehind = behindMs * 2 > block.toMs - block.fromMs;
  const shown = isMostlyBehind && fitting(long, widthOf(block, axis)) !== undefined ? long : name;
  return html`<g><title>${title}</title>${shapes}${underline || undefined}${nameIn(shown, block, axis)}</g>`;
}

function kindOf(found: boolean, behind: number): string {
  if (behind === 0) return found ? 'block current' : 'block gone';
  return behind === 1 ? 'block behind' : 'block far';
}

function widthOf(span: { readonly fromMs: number; readonly toMs: number }, axis: TimeAxis): number {
  return axis.percent(span.toMs) - axis.percent(span.fromMs);
}

function nameIn(name: string, span: { readonly fromMs: number; readonly toMs: number }, axis: TimeAxis): Markup | undefined {
  const shown = fitting(name, widthOf(span, axis));
  return shown && html`<text class="on-block ${shown}" x="${axis.percent(span.fromMs)}%" dx="4" y="17">${name}</text>`;
}
