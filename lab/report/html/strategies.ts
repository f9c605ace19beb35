/**
 * The strategy of a region over time: in words beside a plot, and a mark in it where it changes. Older histories say
 * none.
 */
import type { History } from '../../history/history.ts';
import type { StrategyChange } from '../../history/records.ts';
import { moment } from './format.ts';
import { html, type Markup } from './markup.ts';
import type { TimeAxis } from './time-axis.ts';

function changesOf(history: History, region: string): readonly StrategyChange[] {
  return history
    .of('strategy')
    .filter((change) => change.region === region)
    .sort((one, other) => one.atMs - other.atMs);
}

/** `eager, `; `eager, lazy from 4.00 s, `; nothing where none is known. */
export function strategyWords(history: History, region: string): string {
  return changesOf(history, region)
    .map(({ strategy, atMs }, at) => `${strategy}${at === 0 ? '' : ` from ${moment(atMs)}`}, `)
    .join('');
}

/** At the top of the plot of a region: each change after the first. */
export function strategyMarks(history: History, region: string, axis: TimeAxis): readonly Markup[] {
  return changesOf(history, region)
    .slice(1)
    .map(({ strategy, atMs }) => {
      const x = axis.percent(atMs);
      const place = x > 90 ? html`dx="-4" text-anchor="end"` : html`dx="4"`;
      return html`<g><title>${`${strategy} from ${moment(atMs)}`}</title><line class="edge" x1="${x}%" x2="${x}%" y1="0" y2="100%"/><text class="on-chart" x="${x}%" ${place} y="12">${strategy}</text></g>`;
    });
}
