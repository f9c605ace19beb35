/** The header `date` (RFC 9110, section 6.6.1): when an answer was made, by the clock of who made it, to the second. */
import type { Clock } from './clock.ts';

/** It says whole seconds, and drops the rest. */
export const DATE_RESOLUTION_MS = 1_000;

/** One second is told many times. */
let last = { second: Number.NaN, text: '' };

export function dateOf(clock: Pick<Clock, 'now'>): string {
  const second = Math.floor(clock.now() / DATE_RESOLUTION_MS);
  if (second !== last.second) last = { second, text: new Date(second * DATE_RESOLUTION_MS).toUTCString() };
  return last.text;
}

/** In ms since 1970; undefined: it says none. */
export function readDate(date: string | undefined): number | undefined {
  const at = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? undefined : at;
}
