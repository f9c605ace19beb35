/** Durations and rates as scenario files and flags write them: `300ms`, `5s`, `2m`; `60/s`; `5%`. */
import { z } from 'zod';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const RATE = /^(\d+(?:\.\d+)?)\/s$/;
const SHARE = /^(\d+(?:\.\d+)?)%$/;
const DURATION_MS_MAX = 24 * UNIT_MS.h;

/**
 * Whole ms, or undefined when the text is not a duration of at most 24 hours, or one that is nothing when it is rounded
 * and was not nothing before.
 */
export function parseDuration(text: string): number | undefined {
  const ms = parseMs(text);
  return ms === undefined || isTooShort(ms) ? undefined : Math.round(ms);
}

function parseMs(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const ms = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  return ms <= DURATION_MS_MAX ? ms : undefined;
}

/** Whoever asks for it would get what 0 means: no lease, no delay. */
function isTooShort(ms: number): boolean {
  return ms > 0 && Math.round(ms) === 0;
}

/** A string of that form, in messages and in JSON Schema too. */
function written(expected: string, pattern: RegExp) {
  return z.string(expected).meta({ pattern: pattern.source });
}

/** The same with a digit that is not 0. */
function notZero(pattern: RegExp): RegExp {
  return new RegExp(pattern.source.replace('^', '^(?=.*[1-9])'));
}

const EXPECTED_DURATION = 'expected a duration such as 300ms, 5s or 2m, at most 24 hours';

export const duration = written(EXPECTED_DURATION, DURATION).transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: isTooShort(parseMs(text) ?? 0) ? 'expected a duration of at least 1ms' : EXPECTED_DURATION });
  return z.NEVER;
});

/** Of what has to last. */
export const lasting = written(EXPECTED_DURATION, notZero(DURATION))
  .pipe(duration)
  .refine((ms) => ms > 0, { message: 'expected a duration above 0', abort: true });

/** What a load generator holds on one core: docs/figures.md. */
const RATE_MAX = 10_000;

const EXPECTED_RATE = `expected a rate above 0/s such as 60/s, at most ${RATE_MAX}/s`;

/** Per second. */
export const rate = written(EXPECTED_RATE, notZero(RATE)).transform((text, context) => {
  const perSecond = Number(RATE.exec(text)?.[1] ?? Number.NaN);
  if (perSecond > 0 && perSecond <= RATE_MAX) return perSecond;
  context.addIssue({ code: 'custom', message: EXPECTED_RATE });
  return z.NEVER;
});

const EXPECTED_SHARE = 'expected a share such as 5%';

/** `5%` as 0.05. */
export const share = written(EXPECTED_SHARE, SHARE).transform((text, context) => {
  const percent = Number(SHARE.exec(text)?.[1] ?? Number.NaN);
  if (percent <= 100) return percent / 100;
  context.addIssue({ code: 'custom', message: EXPECTED_SHARE });
  return z.NEVER;
});
