/**
 * Numbers and outside texts as the terminal shows them: the one place for ms, percent, ages and the width of a text.
 *
 * Terminals disagree about the width of what is joined from several characters (flags, families, keycaps, conjuncts),
 * and a line they take for wider than we do breaks the frame. So `plain` leaves only what all of them agree about.
 */
import stringWidth from 'string-width';
import { printable } from '../../../lab/input/printable.ts';

const MS_PER_S = 1000;
const S_PER_MIN = 60;
const MIN_PER_H = 60;
const MS_PER_H = MIN_PER_H * S_PER_MIN * MS_PER_S;
/** Nothing measured. */
const DASH = '-';

export function msText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return DASH;
  if (ms >= MS_PER_S) return `${(ms / MS_PER_S).toFixed(ms >= 10 * MS_PER_S ? 0 : 1)} s`;
  return `${ms.toFixed(ms >= 10 ? 0 : 1)} ms`;
}

/** A setting: `300 ms`, `1 s`, `1.5 s`, `24 h`. */
export function delayText(ms: number): string {
  if (ms > 0 && ms % MS_PER_H === 0) return `${ms / MS_PER_H} h`;
  return ms >= MS_PER_S ? `${Number((ms / MS_PER_S).toFixed(2))} s` : `${ms} ms`;
}

/** Takes 0 to 100. */
export function percentText(percent: number | null | undefined): string {
  if (percent === null || percent === undefined) return DASH;
  return `${percent >= 99.95 ? '100' : percent.toFixed(1)} %`;
}

/** How long ago or for how long: `12 s`, `3 m 05 s`, `1 h 02 m`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / MS_PER_S));
  const minutes = Math.floor(seconds / S_PER_MIN);
  const hours = Math.floor(minutes / MIN_PER_H);
  if (hours > 0) return `${hours} h ${two(minutes % MIN_PER_H)} m`;
  return minutes > 0 ? `${minutes} m ${two(seconds % S_PER_MIN)} s` : `${seconds} s`;
}

/** When, since the start: `0:07`, `12:04`, `1:02:03`. */
export function momentText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / MS_PER_S));
  const minutes = Math.floor(seconds / S_PER_MIN);
  const rest = `${two(seconds % S_PER_MIN)}`;
  return minutes < MIN_PER_H ? `${minutes}:${rest}` : `${Math.floor(minutes / MIN_PER_H)}:${two(minutes % MIN_PER_H)}:${rest}`;
}

function two(count: number): string {
  return String(count).padStart(2, '0');
}

/** `:5001` of a URL. */
export function portText(url: string): string {
  return `:${new URL(url).port}`;
}

/** Longer than any line; what comes after would be cut off anyway. */
const OUTSIDE_LENGTH_MAX = 1_000;
const MARKS_MAX = 2;
const UNSURE = '\u25a1';
const SIMPLE = /^[\x20-\x7e]*$/;
/**
 * A column each, nothing joined: what the frame itself is drawn with. Looking up each in tables was half the work of a
 * frame.
 */
const NARROW = /^[\x20-\x7e\u00b7\u2016\u2026\u203a\u2190-\u2193\u2500-\u259f\u25b8\u25c2\u25c6\u25cb\u25cf\u25d0\u2713\u2717]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A text from outside, made safe for one line of the frame. */
export function plain(text: string): string {
  const safe = printable(text.slice(0, OUTSIDE_LENGTH_MAX));
  if (SIMPLE.test(safe)) return safe;
  return [...graphemes.segment(safe)].map(({ segment }) => simplified(segment)).join('');
}

/** A character with its accents, or the first of a joined emoji, or a box. */
function simplified(grapheme: string): string {
  const [base = '', ...rest] = grapheme;
  if (/^\p{Cf}$/u.test(base)) return '';
  if (/^[\p{Cn}\p{Co}\p{Mn}\p{Me}\p{Regional_Indicator}]$/u.test(base)) return UNSURE;
  if (rest.every((character) => /^[\p{Mn}\p{Me}]$/u.test(character)) && !rest.includes('\ufe0f'))
    return base + rest.slice(0, MARKS_MAX).join('');
  return /^\p{Extended_Pictographic}$/u.test(base) ? base : UNSURE;
}

export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** At most `width` columns; what is left out is marked. `text` is plain. */
export function cut(text: string, width: number, mark = '…'): string {
  if (widthOf(text) <= width) return text;
  const room = width - widthOf(mark);
  if (room < 0) return '';
  let [taken, used] = ['', 0];
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > room) break;
    taken += segment;
  }
  return taken + mark;
}

/** Exactly `width` columns. `text` is plain. */
export function padTo(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const kept = cut(text, width);
  const blank = ' '.repeat(Math.max(0, width - widthOf(kept)));
  return align === 'left' ? kept + blank : blank + kept;
}
