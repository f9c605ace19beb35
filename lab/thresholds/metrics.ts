/** The metrics a run measures: what thresholds may name, and which of their tags they have. */
import type { LabEvent } from '../report/events.ts';

type MetricData = Extract<LabEvent, { type: 'Metric' }>['data'];
export type MetricType = MetricData['type'];

export const TAGS = ['region', 'phase'] as const;
export type Tag = (typeof TAGS)[number];

interface MetricDefinition {
  readonly data: MetricData;
  readonly tags: readonly Tag[];
  /** What it measures, in one sentence. */
  readonly about: string;
}

export interface Metric extends MetricDefinition {
  readonly metric: MetricName;
}

const COUNTER = { type: 'counter', contains: 'default' } as const;
const RATE = { type: 'rate', contains: 'default' } as const;
const TREND = { type: 'trend', contains: 'time' } as const;

const DEFINITIONS = {
  edge_reads: { data: COUNTER, tags: TAGS, about: 'reads of the lab that have ended' },
  origin_fetches: { data: COUNTER, tags: TAGS, about: 'requests of the edges to the origin' },
  fills_refused: { data: COUNTER, tags: TAGS, about: 'answers of the origin that a cache refused to store' },
  edge_hit_ratio: { data: RATE, tags: TAGS, about: 'share of reads answered from the cache, fresh or stale' },
  edge_stale_ratio: { data: RATE, tags: TAGS, about: 'share of reads answered with the label stale' },
  edge_error_ratio: { data: RATE, tags: TAGS, about: 'share of reads that failed' },
  edge_read_duration: { data: TREND, tags: TAGS, about: 'from the time when a read was due until the read ended' },
  origin_write_duration: { data: TREND, tags: ['phase'], about: 'from the time when a write was due until the write ended' },
  invalidation_lag: {
    data: TREND,
    tags: TAGS,
    about: 'from the append of an invalidation to the log until a region applied it, by the corrected clocks of origin and edge',
  },
  staleness: { data: TREND, tags: TAGS, about: 'staleness of answers, without the time of faults' },
  staleness_raw: { data: TREND, tags: TAGS, about: 'staleness of answers' },
  staleness_fresh: { data: TREND, tags: TAGS, about: 'staleness of answers that were labelled fresh' },
  convergence: { data: TREND, tags: TAGS, about: 'from the acknowledgement of a write until a region first served it' },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
export type MetricName = keyof typeof DEFINITIONS;

function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(DEFINITIONS, name);
}

export const METRIC_NAMES = Object.keys(DEFINITIONS).filter(isMetricName);

export const METRICS: readonly Metric[] = METRIC_NAMES.map((metric) => ({ metric, ...DEFINITIONS[metric] }));

/** undefined: there is no such metric. */
export function metricNamed(name: string): Metric | undefined {
  return isMetricName(name) ? { metric: name, ...DEFINITIONS[name] } : undefined;
}
