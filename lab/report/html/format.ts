/** Figures in words, the same on every machine. */
import { nounOf } from '../../input/plural.ts';

const MS_PER_S = 1000;
const MS_PER_MINUTE = 60_000;

/** `3,447`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `0.4 ms`, `87 ms`, `1.25 s`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms >= MS_PER_S) return `${trimmed(ms / MS_PER_S, ms >= 10 * MS_PER_S ? 1 : 2)} s`;
  return ms >= 10 || ms === 0 ? `${Math.round(ms)} ms` : `${trimmed(ms, 1)} ms`;
}

/** ms without their unit, for columns that name it. */
export function whole(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '–' : count(Math.round(ms));
}

/** A moment of the run: `12.31 s`, `2:05.31`. */
export function moment(ms: number): string {
  if (ms < MS_PER_MINUTE) return `${(ms / MS_PER_S).toFixed(2)} s`;
  const seconds = ((ms % MS_PER_MINUTE) / MS_PER_S).toFixed(2).padStart(5, '0');
  return `${Math.floor(ms / MS_PER_MINUTE)}:${seconds}`;
}

/** A moment to the millisecond. */
export function instant(ms: number): string {
  return `${(ms / MS_PER_S).toFixed(3)} s`;
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${trimmed(share * 100, 1)} %`;
}

/** `1 check`, `3 checks`; `many` is the plural of a word that does not take an s. */
export function plural(value: number, word: string, many?: string): string {
  return `${count(value)} ${nounOf(value, word, many)}`;
}

function trimmed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
