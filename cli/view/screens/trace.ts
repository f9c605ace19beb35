/**
 * The trace: one write through its ten steps, with the time of each in every region; as a waterfall where there is
 * room.
 */

import { plural } from '../../../lab/input/plural.ts';
import { clocksText } from '../../../lab/trace/trace-clocks.ts';
import type { Trace, TraceStep } from '../../../lab/trace/trace-schema.ts';
import { ageText, cut, padTo, plain } from '../draw/format.ts';
import { fitLine, type Line, span, spread } from '../draw/line.ts';
import { wrapped } from '../draw/wrap.ts';
import { titleLine } from '../panels/chrome.ts';
import { WATERFALL_COLUMNS_MIN, waterfallLines } from '../panels/trace-waterfall.ts';
import type { TraceView, ViewState } from '../state/state.ts';
import { filledTo, type Room, type Screen } from './screen.ts';

const TIME_COLUMNS = 8;
const REGION_COLUMNS = 10;
const STEP_COLUMNS = 32;
const FILE_COLUMNS = 32;
/** The title and the verdict. */
const ABOVE_ROWS = 2;

export const trace: Screen<'trace'> = {
  name: 'trace',
  title: 'trace',
  keys: [
    {
      keys: ['t'],
      shown: 't',
      group: 'look',
      short: 'once more',
      about: 'follow another write',
      nothing: 'a write is being followed',
      act: ({ phase, trace: shown }) =>
        phase !== 'playing' || shown?.state === 'running'
          ? undefined
          : { type: 'sent', command: { do: 'trace', id: 1 }, text: 'trace content:1' },
    },
  ],
  others: 'all',
  place: 'body',
  // Once more when it has ended.
  saidOnce: { again: (state) => state.trace },
  lines: (state, _screen, room) => filledTo(linesOf(state, state.trace, room), room.rows).map((line) => fitLine(line, room.width)),
};

function linesOf(state: ViewState, shown: TraceView | undefined, room: Room): readonly Line[] {
  const { width, theme } = room;
  if (shown === undefined) return [[span('no write traced yet; t follows one', 'muted')]];
  if (shown.state === 'done') return traceLines(shown.trace, state.nowMs - shown.atMs, room);
  const title = titleLine([span('trace', 'muted')], width, theme);
  if (shown.state === 'failed')
    return [
      title,
      [span(`${theme.tones.warning.mark} ${plain(shown.why)}`, 'warning')],
      [span('heal the faults on its way, or wait; t tries again', 'muted')],
    ];
  const words = `${theme.echo} content:${shown.id}: waits until no other write is in flight, then writes and follows`;
  return [title, [span(words, 'accent'), span(` ${ageText(state.nowMs - shown.sinceMs)}`, 'muted')]];
}

function traceLines(shown: Trace, agoMs: number, room: Room): readonly Line[] {
  const { key, version, answeredMs, clocks, served, verdict, reason } = shown;
  const { width, rows, theme } = room;
  const title = `trace of ${plain(key)} to version ${version}, answered after ${answeredMs} ms, ${ageText(agoMs)} ago`;
  const { mark, role } = theme.tones[verdict === 'pass' ? 'good' : verdict === 'fail' ? 'error' : 'warning'];
  const verdictLine: Line = [span(`${mark} ${verdict}: ${plain(reason)}`, role)];
  const below = [
    ...served.map(({ region, answers }): Line => {
      const words = answers.map(({ ms, version: answered, status }) => `${answered}${status === 'stale' ? ' stale' : ''} at ${ms}`);
      return [span(`${plain(region)} served `, 'muted'), span(words.join(', ') || 'nothing')];
    }),
    ...clocksText(clocks).flatMap((words) => wrapped(words, width).map((line): Line => [span(line, 'warning')])),
  ];
  const waterfall = width < WATERFALL_COLUMNS_MIN ? [] : waterfallLines(shown, room);
  const hasWaterfall = waterfall.length > 0 && ABOVE_ROWS + waterfall.length + below.length <= rows;
  const hidden = hasWaterfall ? 0 : served.length - regionsIn(shown, width).length;
  const more: Line = hidden === 0 ? [] : [span(`${plural(hidden, 'more region')}: 80 columns`, 'muted')];
  const above = [titleLine([span(title, 'muted')], width, theme), hidden === 0 ? verdictLine : spread(verdictLine, more, width)];
  return [...above, ...(hasWaterfall ? waterfall : tableLines(shown, width)), ...below];
}

/** Those that have a column. */
function regionsIn({ served }: Trace, width: number): readonly string[] {
  const columns = Math.max(1, Math.floor((width - STEP_COLUMNS - TIME_COLUMNS) / REGION_COLUMNS));
  return served.map(({ region }) => region).slice(0, columns);
}

/** The same in a row a step, where bars have no room. */
function tableLines(trace: Trace, width: number): readonly Line[] {
  const { steps } = trace;
  const shown = regionsIn(trace, width);
  const hasFiles = width >= STEP_COLUMNS + TIME_COLUMNS + shown.length * REGION_COLUMNS + FILE_COLUMNS;
  const head = [
    padTo('ms since the write was sent', STEP_COLUMNS),
    padTo('once', TIME_COLUMNS, 'right'),
    ...shown.map((name) => padTo(` ${plain(name)}`, REGION_COLUMNS, 'right')),
  ];
  return [[span(head.join(''), 'muted')], ...steps.map((step) => stepLine(step, shown, hasFiles))];
}

function stepLine({ step, name, file, ms, regions = {} }: TraceStep, shown: readonly string[], hasFiles: boolean): Line {
  const cell = (value: number | null | undefined, columns: number) =>
    span(padTo(value === undefined ? '' : value === null ? '-' : String(value), columns, 'right'), value === null ? 'warning' : 'text');
  return [
    span(`${String(step).padStart(2)} `, 'muted'),
    span(padTo(cut(plain(name), STEP_COLUMNS - 4), STEP_COLUMNS - 3)),
    cell(ms, TIME_COLUMNS),
    ...shown.map((region) => cell(regions[region], REGION_COLUMNS)),
    ...(hasFiles ? [span(`  ${plain(file)}`, 'muted')] : []),
  ];
}
