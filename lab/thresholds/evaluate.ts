/**
 * Whether thresholds held, from the history alone: a run and `analyze` say the same. One without samples has not held,
 * and makes the verdict unknown; one that ended the load has not held, whatever came after it.
 *
 * Thresholds judge what was measured. One that is crossed only because the machine stood still, or by clocks that
 * differ, has not held either; but it says nothing about the system, so it makes the verdict unknown, with the reason.
 */
import type { CheckResult } from '../checks/check.ts';
import { whileStoodStill } from '../checks/doubt.ts';
import { unionOf } from '../checks/interval.ts';
import { stoodStillOf } from '../checks/stood-still.ts';
import type { History } from '../history/history.ts';
import type { Abort } from '../history/records.ts';
import type { Summary } from '../report/events.ts';
import { holds, mayHold, type Operator } from './expression.ts';
import { atBest, measured, type Wanted } from './kindness.ts';
import type { Tag } from './metrics.ts';
import { lengthMs, partsOf } from './phases.ts';
import { SAMPLES, type Sample } from './samples.ts';
import { Sink } from './sink.ts';
import type { Threshold } from './threshold.ts';

/** `ok` is false without samples too: then `value` is null. */
export type ThresholdResult = Summary['thresholds'][number];

const TAG_VALUES: Readonly<Record<Tag, (sample: Sample) => string | undefined>> = {
  region: ({ region }) => region,
  phase: ({ phase }) => phase,
};

export function evaluateThresholds(history: History, thresholds: readonly Threshold[]): readonly ThresholdResult[] {
  const [open, sinks] = [thresholds.filter((threshold) => abortOf(history, threshold) === undefined), new Map<Threshold, Sink>()];
  for (const [metric, ofMetric] of Map.groupBy(open, ({ metric }) => metric.metric)) {
    for (const threshold of ofMetric) sinks.set(threshold, new Sink());
    SAMPLES[metric](history, measured(history), (sample) => {
      for (const threshold of ofMetric) if (hasTags(sample, threshold.tags)) sinks.get(threshold)?.add(sample.value);
    });
  }
  return thresholds.map((threshold) => {
    const { selector, text } = threshold;
    const aborted = abortOf(history, threshold);
    if (aborted !== undefined) return { metric: selector, threshold: text, ok: false, value: aborted.value, samples: aborted.samples };
    const result = evaluate(history, threshold, sinks.get(threshold) ?? new Sink());
    const doubt = isCrossed(result) ? doubtAbout(history, threshold) : undefined;
    return doubt === undefined ? result : { ...result, doubt };
  });
}

/** It ended the load. */
function abortOf(history: History, { selector, text }: Threshold): Abort | undefined {
  return history.of('abort').find((abort) => abort.metric === selector && abort.threshold === text);
}

/** Why one that was crossed need not have been, in words. */
function doubtAbout(history: History, threshold: Threshold): string | undefined {
  const { tags, metric } = threshold;
  const { lateMs, ofMs } = stoodStillIn(history, tags);
  const stood = whileStoodStill(lateMs, ofMs);
  if (lateMs >= ofMs / 2) return stood;
  const best = WANTED[threshold.expression.operator].map((wanted) => {
    const sink = new Sink();
    SAMPLES[metric.metric](history, atBest(history, wanted), (sample) => {
      if (hasTags(sample, tags)) sink.add(sample.value);
    });
    return evaluate(history, threshold, sink).value;
  });
  const values = best.filter((value) => value !== null);
  const isLeft = values.length === best.length;
  if (isLeft && !mayHold(threshold.expression, values)) return undefined;
  const without = isLeft ? `the value is ${values.map((value) => Number(value.toPrecision(4))).join(' to ')}` : 'no sample is left';
  return lateMs > 0 ? `${stood}; without that time ${without}` : `by clocks that may differ; at best ${without}`;
}

const EITHER: readonly Wanted[] = ['small', 'large'];
const WANTED: Readonly<Record<Operator, readonly Wanted[]>> = {
  '<': ['small'],
  '<=': ['small'],
  '>': ['large'],
  '>=': ['large'],
  '==': EITHER,
  '===': EITHER,
  '!=': EITHER,
};

/** In the phase that is measured, or all of them. */
function stoodStillIn(history: History, { phase, region }: Threshold['tags']): { readonly lateMs: number; readonly ofMs: number } {
  const stood = stoodStillOf(history);
  let [lateMs, ofMs] = [0, 0];
  for (const part of unionOf(partsOf(history, phase))) {
    const length = part.toMs - part.fromMs;
    lateMs += Math.min(length, stood.lateMs(region, part));
    ofMs += length;
  }
  return { lateMs, ofMs };
}

function evaluate(history: History, { selector, text, metric, tags, expression }: Threshold, sink: Sink): ThresholdResult {
  const value = sink.value(expression.aggregation, metric.data.type === 'counter' ? lengthMs(history, tags.phase) : undefined);
  return { metric: selector, threshold: text, ok: value !== null && holds(expression, value), value, samples: sink.samples };
}

function hasTags(sample: Sample, tags: Threshold['tags']): boolean {
  return metricTags(tags).every((tag) => TAG_VALUES[tag](sample) === tags[tag]);
}

function metricTags(tags: Threshold['tags']): readonly Tag[] {
  return (['region', 'phase'] as const).filter((tag) => tags[tag] !== undefined);
}

export function isCrossed({ ok, value, doubt }: ThresholdResult): boolean {
  return !ok && value !== null && doubt === undefined;
}

/**
 * What stands against a pass beside the thresholds that were crossed: those of which nothing was measured, or that
 * something else crossed.
 */
export function unmeasured(results: readonly ThresholdResult[]): readonly CheckResult[] {
  const empty = results.filter(({ value }) => value === null).map(nameOf);
  const doubtful = results.flatMap((result) => (result.doubt === undefined ? [] : [`${nameOf(result)} was crossed ${result.doubt}`]));
  const reasons = [...(empty.length === 0 ? [] : [`there are no samples of ${empty.join(', ')}`]), ...doubtful];
  return reasons.length === 0 ? [] : [{ check: 'thresholds', verdict: 'unknown', reason: reasons.join('; '), anomalies: [] }];
}

function nameOf({ metric, threshold }: ThresholdResult): string {
  return `${metric} ${threshold}`;
}
