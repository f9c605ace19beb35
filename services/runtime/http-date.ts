/** The header `date` (RFC 9110, section 6.6.1): when an answer was made, by the clock of who made it, to the second. */
import type { Clock } from './clock.ts';

/** It says whole seconds, and drops the rest. */
export const DATE_RESOLUTION_MS = 1_000;

export function dateOf(clock: Pick<Clock, 'now'>): string {
  return new Date(clock.now()).toUTCString();
}

/** In ms since 1970; undefined: it says none. */
export function readDate(date: string | undefined): number | undefined {
  const at = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(at) ? undefined : at;
}
