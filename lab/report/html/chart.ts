/**
 * The frame of every chart: rows of one width, a label beside (or, where it is narrow, above) a plot. Plots measure x
 * in percent and y in pixels, so they fill any width while their text keeps its size; shapes that need both to scale
 * sit in a nested drawing.
 */
import type { FaultRecord } from '../../history/records.ts';
import { count, duration, moment } from './format.ts';
import { brokenAtArrow, html, type Markup, type Part } from './markup.ts';
import type { PhaseSpan, Span, TimeAxis } from './time-axis.ts';

/** Of the nested drawing: 1000 wide, 100 high, stretched. */
export const DRAWING = { width: 1000, height: 100 } as const;
/** Pixels of a plot on a telephone and on a desk: what a label must fit. */
const NARROW_PX = 320;
const WIDE_PX = 820;
const CHARACTER_PX = 7;
const ROW_PX = 22;
const AXIS_PX = 20;
const FAULTS_MAX = 8;
const MS_PER_S = 1000;

export interface RowOptions {
  readonly label: Part;
  readonly about?: Part;
  readonly heightPx: number;
  /** What a reader who cannot see it is told. */
  readonly described: string;
  readonly content: Part;
  /** Texts to the left of the plot, in figures with values. */
  readonly gutter?: Part;
}

export function row({ label, about, heightPx, described, content, gutter }: RowOptions): Markup {
  const small = about === undefined ? undefined : html` <small>${about}</small>`;
  return html`<div class="row"><div class="label">${label}${small}</div><svg class="gutter" width="56" height="${heightPx}" aria-hidden="true">${gutter}</svg><svg class="plot" width="100%" height="${heightPx}" role="img" aria-label="${described}">${content}</svg></div>
`;
}

/** In which widths a text has room in a share of the plot: nothing, or a class. */
export function fitting(text: string, sharePercent: number): 'always' | 'wide' | undefined {
  const px = text.length * CHARACTER_PX + 6;
  if ((sharePercent / 100) * NARROW_PX >= px) return 'always';
  return (sharePercent / 100) * WIDE_PX >= px ? 'wide' : undefined;
}

export function rectangle(
  axis: TimeAxis,
  span: Span,
  more: { readonly y: number; readonly height: number; readonly kind: string },
): Markup {
  const x = axis.percent(span.fromMs);
  const width = Math.max(0.25, Math.round((axis.percent(span.toMs) - x) * 100) / 100);
  return html`<rect class="${more.kind}" x="${x}%" y="${more.y}" width="${width}%" height="${more.height}"/>`;
}

export function gridLines(axis: TimeAxis): Markup {
  return html`${axis.ticks().map((ms) => html`<line class="grid" x1="${axis.percent(ms)}%" x2="${axis.percent(ms)}%" y1="0" y2="100%"/>`)}`;
}

/** The faults that touch a plot, as bands over its whole height. */
export function bands(axis: TimeAxis, faults: readonly FaultRecord[]): Markup {
  return html`${faults.map(({ injectedMs, healedMs }) => {
    const seen = axis.visible({ fromMs: injectedMs, toMs: healedMs ?? axis.toMs });
    if (seen === undefined) return undefined;
    const x = axis.percent(seen.fromMs);
    return html`<rect class="band" x="${x}%" y="0" width="${Math.max(0.25, axis.percent(seen.toMs) - x).toFixed(2)}%" height="100%"/>`;
  })}`;
}

export function axisRow(axis: TimeAxis): Markup {
  const ticks = axis.ticks();
  const labels = ticks.map((ms, at) => {
    const x = axis.percent(ms);
    const anchor = x < 3 ? 'start' : x > 97 ? 'end' : 'middle';
    return html`<text class="tick${at % 3 === 0 ? '' : ' wide'}" x="${x}%" y="14" text-anchor="${anchor}">${tickText(ms)}</text>`;
  });
  return row({ label: '', heightPx: AXIS_PX, described: 'seconds since the start of the run', content: labels });
}

function tickText(ms: number): string {
  return `${Number((ms / MS_PER_S).toFixed(1))} s`;
}

/** Above the plots: the phases of the run, and each fault with its name. */
export function headRows(axis: TimeAxis, phases: readonly PhaseSpan[], faults: readonly FaultRecord[]): Markup {
  const marks = phases.map((span) => {
    const [x, width] = [axis.percent(span.fromMs), axis.percent(span.toMs) - axis.percent(span.fromMs)];
    const shown = fitting(span.phase, width);
    const text = shown && html`<text class="phase ${shown}" x="${x}%" dx="5" y="15">${span.phase}</text>`;
    return html`<g><title>${`${span.phase}: ${moment(span.fromMs)} to ${moment(span.toMs)}`}</title><line class="edge" x1="${x}%" x2="${x}%" y1="0" y2="${ROW_PX}"/>${text}</g>`;
  });
  const described = `phases: ${phases.map(({ phase, fromMs }) => `${phase} from ${moment(fromMs)}`).join(', ')}`;
  const shown = faults.slice(0, FAULTS_MAX);
  const more = faults.length > shown.length ? `and ${count(faults.length - shown.length)} more faults, listed below` : undefined;
  return html`${row({ label: 'phase', heightPx: ROW_PX, described, content: marks })}${shown.map((fault) => faultRow(axis, fault))}${more && html`<p class="note">${more}</p>`}`;
}

function faultRow(axis: TimeAxis, { fault, target, injectedMs, healedMs, effect }: FaultRecord): Markup {
  const toMs = healedMs ?? axis.toMs;
  const lasted = healedMs === undefined ? 'not healed' : duration(healedMs - injectedMs);
  const text = `${lasted}${effect === 'confirmed' ? '' : ', no effect seen'}`;
  const x = axis.percent(injectedMs);
  // Beside the bar, on the side with more room.
  const isLeft = axis.percent(toMs) > 75;
  const place = isLeft ? html`x="${x}%" dx="-6" text-anchor="end"` : html`x="${axis.percent(toMs)}%" dx="6"`;
  const bar = rectangle(axis, { fromMs: injectedMs, toMs }, { y: 5, height: ROW_PX - 10, kind: 'fault' });
  return row({
    label: html`<span class="fault-name">${fault}</span>`,
    about: brokenAtArrow(target.text),
    heightPx: ROW_PX,
    described: `${fault} ${target.text} from ${moment(injectedMs)}, ${text}`,
    content: html`${bar}<text class="on-chart" ${place} y="15">${text}</text>`,
  });
}
