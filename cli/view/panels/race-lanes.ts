/**
 * A race as lanes, in which time goes downwards: who asks whom, and what is answered.
 *
 *               reader        cache       upstream      origin       purger
 *        2 ms     │             │             │        ● version 1      │
 *        3 ms     ├─ reader A ─▸│             │             │           │
 *        5 ms     │             ├── fetch ───▸‖ held 200    │           │
 *       11 ms     │             │◂────────────‖─ hard key ──┼───────────┤
 *
 * A pure function of the turns that are shown.
 */
import { cut, padTo, plain, widthOf } from '../draw/format.ts';
import { type Line, type Span, span } from '../draw/line.ts';
import type { Role, Theme } from '../draw/theme.ts';
import type { RaceStepView, RaceTurnView } from '../state/race-view.ts';

const LANES = ['reader', 'cache', 'upstream', 'origin', 'purger'] as const;
type Lane = (typeof LANES)[number];
const TIME_COLUMNS = 9;
/** Of a lane: where the names of those who are answered have room, too. */
const WIDE_LANE = 24;
/** Of an arrow that is no label: its point, and a line and a blank on either side. */
const ARROW_COLUMNS = 5;
/** From the purger to the cache. */
const PURGE_LANES = 3;
export const LANES_COLUMNS_MIN = TIME_COLUMNS + LANES.length * 13;
/** More that are alike are counted; fewer where there is too little room. */
const ALIKE_MAX = { all: 4, few: 1 } as const;

interface Row {
  readonly atMs: number;
  readonly from: Lane;
  /** The same: something of its own. */
  readonly to: Lane;
  readonly label: string;
  readonly role: Role;
  /** Beside the point of its arrow, of few letters. */
  readonly note?: string;
  /** An answer is held while it stands there. */
  readonly isHeld: boolean;
}

export interface LanesOptions {
  readonly width: number;
  /** Beside the names; there may be more lines all the same. */
  readonly rows: number;
  readonly theme: Theme;
}

/** The names first, then a line for each step. */
export function laneLines(
  turns: readonly RaceTurnView[],
  { width, rows, theme }: LanesOptions,
): { readonly head: Line; readonly lines: readonly Line[] } {
  const lane = Math.floor((width - TIME_COLUMNS) / LANES.length);
  const head = [span(' '.repeat(TIME_COLUMNS)), ...LANES.map((name) => span(centred(name, lane), 'strong'))];
  const options = { lane, theme };
  const all = rowsOf(turns, { ...options, alikeMax: ALIKE_MAX.all });
  const drawn = all.length <= rows ? all : rowsOf(turns, { ...options, alikeMax: ALIKE_MAX.few });
  return { head, lines: drawn.map((row) => rowLine(row, lane, theme)) };
}

function centred(text: string, columns: number): string {
  const left = Math.max(0, Math.floor((columns - widthOf(text)) / 2));
  return padTo(`${' '.repeat(left)}${text}`, columns);
}

interface RowsOptions {
  /** Columns. */
  readonly lane: number;
  readonly alikeMax: number;
  readonly theme: Theme;
}

function rowsOf(turns: readonly RaceTurnView[], { lane, alikeMax, theme }: RowsOptions): readonly Row[] {
  /** What the origin holds, and what the answer on its way says. */
  let version: number | undefined;
  let held: string | undefined;
  return turns.flatMap(({ act, steps }) =>
    condensed(steps, alikeMax).map(({ step, count }): Row => {
      if (step.act === 'holds') version = step.version;
      if (step.act === 'held') held = step.label === '200' ? `v${version}` : (step.label ?? '');
      const isHeld = held !== undefined;
      const row = { ...drawn({ step, count, lane, isLook: act === 'look', version, held: held ?? '', theme }), atMs: step.atMs, isHeld };
      if (step.act === 'released') held = undefined;
      return row;
    }),
  );
}

interface Counted {
  readonly step: RaceStepView;
  readonly count: number;
}

/** Who asks and is answered at once is a line; many that are alike are one, with how many they are. */
function condensed(steps: readonly RaceStepView[], alikeMax: number): readonly Counted[] {
  const answered = (step: RaceStepView, at: number) =>
    step.act === 'asks' && steps[at + 1]?.name === step.name && ['gets', 'nothing'].includes(steps[at + 1]?.act ?? '');
  const kept = steps.filter((step, at) => !answered(step, at));
  const alike = Map.groupBy(kept, ({ act, version, label }) => JSON.stringify([act, version, label]));
  return [...alike.values()]
    .flatMap((same): readonly Counted[] => {
      const [first] = same;
      return first !== undefined && same.length > alikeMax
        ? [{ step: first, count: same.length }]
        : same.map((step) => ({ step, count: 1 }));
    })
    .sort((one, other) => steps.indexOf(one.step) - steps.indexOf(other.step));
}

interface Drawing extends Counted {
  /** Columns. */
  readonly lane: number;
  /** After everything: only the version of the origin is right. */
  readonly isLook: boolean;
  readonly version: number | undefined;
  readonly held: string;
  readonly theme: Theme;
}

type Drawn = Pick<Row, 'from' | 'to' | 'label' | 'role' | 'note'>;

function drawn({ step, count, lane, isLook, version, held, theme }: Drawing): Drawn {
  const { act, name = '', label: said = '' } = step;
  const isWide = lane >= WIDE_LANE;
  const answer = (short: string) => (widthOf(plain(step.text)) <= PURGE_LANES * lane - ARROW_COLUMNS ? step.text : short);
  const who = count > 1 ? `${count} readers` : name.replace(' after the purge', '');
  const versionText = step.version === undefined ? 'no version' : step.version === 0 ? '404' : `v${step.version}`;
  const how = ['', 'unlabelled'].includes(said) ? '' : ` ${said}`;
  switch (act) {
    case 'holds':
      return { from: 'origin', to: 'origin', label: `version ${step.version}`, role: 'accent' };
    case 'asks':
      return { from: 'reader', to: 'cache', label: who, role: 'text' };
    case 'gets': {
      const isOld = step.version !== undefined && version !== undefined && step.version < version;
      const { mark, role } = theme.tones[isOld ? (isLook ? 'error' : 'info') : 'good'];
      const times = count > 1 ? `${count}x ` : '';
      return {
        from: 'cache',
        to: 'reader',
        label: `${mark} ${times}${versionText}${how}${isWide && count === 1 ? ` (${who})` : ''}`,
        role,
      };
    }
    case 'nothing':
      return { from: 'cache', to: 'reader', label: isWide ? `no answer (${who})` : 'no answer', role: 'warning' };
    case 'held':
      return { from: 'cache', to: 'upstream', label: 'asks', role: 'warning', note: `${held} held` };
    case 'released':
      return { from: 'upstream', to: 'cache', label: isWide ? `lets go: ${held}` : held, role: 'warning' };
    case 'purges':
      return { from: 'purger', to: 'cache', label: `purge (${name})`, role: 'accent' };
    case 'purged':
      return { from: 'cache', to: 'purger', label: answer('done'), role: 'good' };
    case 'refused':
      return { from: 'cache', to: 'purger', label: answer('refused'), role: 'bad' };
  }
}

/** A column each. */
interface Cell {
  readonly text: string;
  readonly role: Role;
}

function rowLine({ atMs, from, to, label, role, note, isHeld }: Row, lane: number, theme: Theme): Line {
  const centre = (name: Lane) => LANES.indexOf(name) * lane + Math.floor(lane / 2);
  const held = theme.links.paused;
  const cells: Cell[] = Array.from({ length: lane * LANES.length }, () => ({ text: ' ', role: 'muted' }));
  const put = (at: number, text: string, as: Role) => {
    for (const [offset, character] of [...text].entries()) cells[at + offset] = { text: character, role: as };
  };
  const upright = theme.isAscii ? '|' : '│';
  for (const name of LANES)
    put(centre(name), name === 'upstream' && isHeld ? held.mark : upright, name === 'upstream' && isHeld ? held.role : 'muted');
  if (from === to) put(centre(from), `${theme.event} ${narrow(label, lane * 2)}`, role);
  else arrow({ from: centre(from), to: centre(to), label, role }, put, theme);
  if (note !== undefined) put(centre(to) + 2, note, role);
  return [span(`${String(atMs).padStart(TIME_COLUMNS - 4)} ms `, 'muted'), ...joinedCells(cells)];
}

interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly role: Role;
}

function arrow({ from, to, label, role }: Arrow, put: (at: number, text: string, role: Role) => void, theme: Theme): void {
  const [first, last] = [Math.min(from, to) + 1, Math.max(from, to) - 1];
  const [left, right] = theme.arrows;
  put(first, theme.rule.repeat(last - first + 1), role);
  put(from < to ? last : first, from < to ? right : left, role);
  // Beside the arrow's point, and a column of the line on either side.
  const room = last - first - 1;
  const shown = narrow(label.length + 2 > room ? label : ` ${label} `, room);
  put(first + 1 + Math.floor((room - shown.length) / 2), shown, role);
}

/** A column each, whatever it was. */
function narrow(text: string, columns: number): string {
  const simple = [...plain(text)].map((character) => (widthOf(character) === 1 ? character : '?')).join('');
  return cut(simple, Math.max(0, columns), '~');
}

function joinedCells(cells: readonly Cell[]): readonly Span[] {
  const spans: Span[] = [];
  for (const { text, role } of cells) {
    const last = spans.at(-1);
    if (last?.role === role) spans[spans.length - 1] = { text: last.text + text, role };
    else spans.push({ text, role });
  }
  return spans;
}
