/**
 * Faults as bands along a time axis of one column a second, the newest at the right: one that overlaps another is in
 * another row.
 */
import { cut, plain } from '../draw/format.ts';
import { type Line, span } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import { faultWords } from '../state/links.ts';
import type { FaultBand } from '../state/state.ts';

const MS_PER_S = 1000;

export interface BandOptions {
  readonly bands: readonly FaultBand[];
  readonly nowMs: number;
  /** Columns before the axis. */
  readonly indent: number;
  /** Seconds. */
  readonly points: number;
  readonly rows: number;
  readonly theme: Theme;
}

interface Placed {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly isInForce: boolean;
}

/** `rows` lines of `indent + points` columns; bands without a row are left out, the oldest first. */
export function bandLines({ bands, nowMs, indent, points, rows, theme }: BandOptions): readonly Line[] {
  const lanes: Placed[][] = Array.from({ length: rows }, () => []);
  for (const band of bands.toReversed()) {
    const placed = place(band, nowMs, points, theme);
    if (placed === undefined) continue;
    const lane = lanes.find((taken) => taken.every(({ from, to }) => placed.to < from || placed.from > to));
    lane?.push(placed);
  }
  return lanes.map((lane, at) => {
    const label = span((at === 0 && lane.length > 0 ? 'faults ' : '').padStart(indent), 'muted');
    const line = [label];
    let column = 0;
    for (const { from, to, text, isInForce } of lane.sort((one, other) => one.from - other.from)) {
      line.push(span(' '.repeat(from - column)), span(text, isInForce ? 'warning' : 'muted'));
      column = to + 1;
    }
    return [...line, span(' '.repeat(Math.max(0, points - column)))];
  });
}

function place({ fromMs, toMs, ...fault }: FaultBand, nowMs: number, points: number, theme: Theme): Placed | undefined {
  const columnOf = (ms: number) => points - 1 - (Math.floor(nowMs / MS_PER_S) - Math.floor(ms / MS_PER_S));
  const to = Math.min(points - 1, columnOf(toMs ?? nowMs));
  if (to < 0) return undefined;
  const from = Math.max(0, Math.min(to, columnOf(fromMs)));
  const columns = to - from + 1;
  const [open, close] = theme.bandEnds;
  const ends = columns >= 2 ? [columnOf(fromMs) < 0 ? theme.rule : open, toMs === undefined ? theme.rule : close] : [open, ''];
  const room = columns - ends.join('').length;
  const label = room > 3 ? cut(` ${plain(faultWords(fault))} `, room, '') : '';
  const text = `${ends[0]}${label}${theme.rule.repeat(Math.max(0, room - [...label].length))}${ends[1]}`;
  return { from, to, text, isInForce: toMs === undefined };
}
