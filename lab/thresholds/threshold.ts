/**
 * The thresholds of a scenario: by metric and tags, in k6's grammar; each as a text, or with `abortOnFail` and
 * `delayAbortEval`.
 */
import { z } from 'zod';
import { duration } from '../input/duration.ts';
import { didYouMean } from '../input/nearest.ts';
import { type Problem, problemsOf, shown } from '../input/problems.ts';
import { type Expression, parseExpression } from './expression.ts';
import { parseSelector, type Selector } from './selector.ts';

export interface Threshold extends Selector {
  /** The key it is written under. */
  readonly selector: string;
  /** As written. */
  readonly text: string;
  readonly expression: Expression;
  /** Whether the load ends when it is crossed. */
  readonly abortOnFail: boolean;
  /** For so long from the start of the load it is not. */
  readonly delayAbortEvalMs: number;
}

const SELECTORS_MAX = 100;
const THRESHOLDS_MAX = 20;

export const thresholdObject = z.strictObject({
  threshold: z.string('expected a threshold such as p(99)<210'),
  abortOnFail: z.boolean().default(false),
  delayAbortEval: duration.optional(),
});

/** As a file has them. */
export type KeptThresholds = Readonly<Record<string, readonly (string | z.input<typeof thresholdObject>)[]>>;

/** Each is judged by the metric it is written under. */
export const writtenThresholds = z.record(z.string(), z.unknown());

/** All that is wrong with them; paths begin at their keys. */
export function thresholdProblems(written: Readonly<Record<string, unknown>>): readonly Problem[] {
  const keys = Object.keys(written);
  if (keys.length > SELECTORS_MAX) return [{ path: [], message: `expected at most ${SELECTORS_MAX} metrics, got ${keys.length}` }];
  return keys.flatMap((key) => problemsUnder(key, written[key]).map(({ path, message }) => ({ path: [key, ...path], message })));
}

function problemsUnder(key: string, list: unknown): readonly Problem[] {
  const selector = parseSelector(key);
  if ('problem' in selector) return [{ path: [], message: selector.problem }];
  if (!Array.isArray(list) || list.length === 0 || list.length > THRESHOLDS_MAX)
    return [{ path: [], message: `expected a list of 1 to ${THRESHOLDS_MAX} thresholds, got ${shown(list)}` }];
  return list.flatMap((raw, at) => problemsOfOne(raw, selector).map(({ path, message }) => ({ path: [at, ...path], message })));
}

function problemsOfOne(raw: unknown, { metric }: Selector): readonly Problem[] {
  const isText = typeof raw === 'string';
  const value = isText ? { threshold: raw } : raw;
  const inShape = problemsOf(thresholdObject, value);
  if (inShape.length > 0) return inShape;
  const { threshold } = thresholdObject.parse(value);
  const expression = parseExpression(threshold, metric.data.type);
  return 'problem' in expression ? [{ path: isText ? [] : ['threshold'], message: expression.problem }] : [];
}

/** Thresholds without problems. */
export function toThresholds(written: Readonly<Record<string, unknown>>): readonly Threshold[] {
  return Object.entries(written).flatMap(([selector, list]) =>
    z
      .array(z.unknown())
      .parse(list)
      .map((raw) => toThreshold(selector, raw)),
  );
}

function toThreshold(selector: string, raw: unknown): Threshold {
  const { threshold: text, abortOnFail, delayAbortEval = 0 } = thresholdObject.parse(typeof raw === 'string' ? { threshold: raw } : raw);
  const parsed = parseSelector(selector);
  const expression = 'problem' in parsed ? parsed : parseExpression(text, parsed.metric.data.type);
  if ('problem' in parsed || 'problem' in expression)
    throw new TypeError(`expected a threshold without problems, got ${selector}: ${text}`);
  return { ...parsed, selector, text, expression, abortOnFail, delayAbortEvalMs: delayAbortEval };
}

/** The same as a file says them. */
export function toKept(thresholds: readonly Threshold[]): KeptThresholds {
  const kept: Record<string, KeptThresholds[string]> = {};
  for (const { selector, text, abortOnFail, delayAbortEvalMs } of thresholds) {
    const delay = delayAbortEvalMs === 0 ? {} : { delayAbortEval: `${delayAbortEvalMs}ms` };
    const isPlain = !abortOnFail && delayAbortEvalMs === 0;
    kept[selector] = [...(kept[selector] ?? []), isPlain ? text : { threshold: text, abortOnFail, ...delay }];
  }
  return kept;
}

/** Problems of regions that are not there. */
export function regionProblems(thresholds: readonly Threshold[], regions: readonly string[]): readonly Problem[] {
  const unknown = new Map(
    thresholds.flatMap(({ selector, tags: { region } }) =>
      region === undefined || regions.includes(region) ? [] : [[selector, region] as const],
    ),
  );
  return [...unknown].map(([selector, region]) => ({
    path: ['thresholds', selector],
    message: `expected a region (${regions.join(', ')}), got ${shown(region)}${didYouMean(region, regions)}`,
  }));
}
