/**
 * Paths in a nested drawing: steps, areas and bands over slices of time. Where there is nothing to show, they break
 * off.
 */
import { DRAWING } from './chart.ts';
import { html, type Markup } from './markup.ts';
import type { Scale } from './scale.ts';
import type { Span, TimeAxis } from './time-axis.ts';

export interface Step extends Span {
  readonly value: number | undefined;
}

function x(axis: TimeAxis, ms: number): string {
  return ((axis.percent(ms) / 100) * DRAWING.width).toFixed(1);
}

function y(scale: Scale, value: number): string {
  return ((1 - scale.heightOf(value)) * DRAWING.height).toFixed(1);
}

function isShown(step: Step): step is Step & { readonly value: number } {
  return step.value !== undefined;
}

/** Filled from the bottom up to each value. */
export function bars(steps: readonly Step[], axis: TimeAxis, scale: Scale): string {
  return steps
    .filter(isShown)
    .filter(({ value }) => value > 0)
    .map(({ fromMs, toMs, value }) => `M${x(axis, fromMs)} ${DRAWING.height}V${y(scale, value)}H${x(axis, toMs)}V${DRAWING.height}Z`)
    .join('');
}

/** Filled between two values of each slice. */
export function ranges(steps: readonly (Step & { readonly low: number | undefined })[], axis: TimeAxis, scale: Scale): string {
  return steps
    .map(({ fromMs, toMs, value, low }) => {
      if (value === undefined || low === undefined) return '';
      return `M${x(axis, fromMs)} ${y(scale, low)}V${y(scale, value)}H${x(axis, toMs)}V${y(scale, low)}Z`;
    })
    .join('');
}

/** A line that goes up and down between slices, and stops where one has no value. */
export function stairs(steps: readonly Step[], axis: TimeAxis, scale: Scale): string {
  return steps
    .map(({ fromMs, toMs, value }, at) => {
      if (value === undefined) return '';
      const begin = steps[at - 1]?.value === undefined ? `M${x(axis, fromMs)} ${y(scale, value)}` : `V${y(scale, value)}`;
      return `${begin}H${x(axis, toMs)}`;
    })
    .join('');
}

export function path(kind: string, drawn: string): Markup | undefined {
  return drawn === '' ? undefined : html`<path class="${kind}" d="${drawn}"/>`;
}

/** What is drawn in it is stretched to the plot. */
export function drawing(content: readonly (Markup | undefined)[]): Markup {
  return html`<svg width="100%" height="100%" viewBox="0 0 ${DRAWING.width} ${DRAWING.height}" preserveAspectRatio="none">${content}</svg>`;
}
