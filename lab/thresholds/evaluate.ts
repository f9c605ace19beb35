/**
 * Whether thresholds held, from the history alone: a run and `analyze` say the same. One without samples has not held, and makes
 * the verdict unknown; one that ended the load has not held, whatever came after it.
 */
import type { CheckResult } from '../checks/check.ts';
import type { History } from '../load/history.ts';
import type { Summary } from '../report/events.ts';
import { holds } from './expression.ts';
import type { MetricName, Tag } from './metrics.ts';
import { lengthMs } from './phases.ts';
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
  const known = new Map<MetricName, readonly Sample[]>();
  return thresholds.map((threshold) => {
    const { selector, text, metric } = threshold;
    const aborted = history.aborts.find((abort) => abort.metric === selector && abort.threshold === text);
    if (aborted !== undefined) return { metric: selector, threshold: text, ok: false, value: aborted.value, samples: aborted.samples };
    const samples = known.get(metric.metric) ?? SAMPLES[metric.metric](history);
    known.set(metric.metric, samples);
    return evaluate(history, threshold, samples);
  });
}

function evaluate(history: History, threshold: Threshold, samples: readonly Sample[]): ThresholdResult {
  const { selector, text, metric, tags, expression } = threshold;
  const sink = new Sink();
  for (const sample of samples) if (hasTags(sample, tags)) sink.add(sample.value);
  const value = sink.value(expression.aggregation, metric.data.type === 'counter' ? lengthMs(history, tags.phase) : undefined);
  return { metric: selector, threshold: text, ok: value !== null && holds(expression, value), value, samples: sink.samples };
}

function hasTags(sample: Sample, tags: Threshold['tags']): boolean {
  return metricTags(tags).every((tag) => TAG_VALUES[tag](sample) === tags[tag]);
}

function metricTags(tags: Threshold['tags']): readonly Tag[] {
  return (['region', 'phase'] as const).filter((tag) => tags[tag] !== undefined);
}

export function isCrossed({ ok, value }: ThresholdResult): boolean {
  return !ok && value !== null;
}

/** What stands against a pass beside the thresholds that were crossed: those of which nothing was measured. */
export function unmeasured(results: readonly ThresholdResult[]): readonly CheckResult[] {
  const found = results.filter(({ value }) => value === null);
  if (found.length === 0) return [];
  const names = found.map(({ metric, threshold }) => `${metric} ${threshold}`).join(', ');
  return [{ check: 'thresholds', verdict: 'unknown', reason: `nothing was measured of ${names}`, anomalies: [] }];
}
