/**
 * What a history tells of each metric, sample by sample, as measured or at best: a threshold takes those with its tags.
 */
import { eachStaleness } from '../checks/figures.ts';
import { serviceClocksOf } from '../checks/service-clocks.ts';
import { convergenceSamples } from '../history/convergence.ts';
import type { History } from '../history/history.ts';
import type { EdgeSample, Operation, ReadOperation } from '../history/records.ts';
import type { Phase } from '../report/events.ts';
import type { Kindness } from './kindness.ts';
import type { MetricName } from './metrics.ts';
import { phaseAt } from './phases.ts';

export interface Sample {
  readonly value: number;
  readonly phase: Phase | undefined;
  /** undefined of what is not one region's. */
  readonly region?: string;
}

/** Tells the samples one after another: of a metric of reads there are as many as reads. */
type Sampling = (history: History, kindness: Kindness, add: (sample: Sample) => void) => void;

type Ended<Of extends Operation> = Of & { readonly endMs: number };

function isEnded<Of extends Operation>(operation: Of): operation is Ended<Of> {
  return operation.endMs !== undefined;
}

/** `sampleOf`: undefined where the read does not count. */
function ofReads(sampleOf: (read: Ended<ReadOperation>, kindness: Kindness) => number | undefined): Sampling {
  return ({ reads }, kindness, add) => {
    for (const read of reads) {
      const value = isEnded(read) ? sampleOf(read, kindness) : undefined;
      if (value !== undefined) add({ value, phase: read.phase, region: read.region });
    }
  };
}

/** The share of reads that have it. */
function shareOf(has: (read: Ended<ReadOperation>) => boolean): Sampling {
  return ofReads((read, { counts }) => (counts(read, has(read)) ? Number(has(read)) : undefined));
}

/** From when it was due: a send that the lab or an earlier answer held up counts as slow. */
function durationMs({ startMs, dueMs = startMs, endMs }: Ended<Operation>, region: string | undefined, { left }: Kindness): number {
  return left(endMs - dueMs, region, { fromMs: dueMs, toMs: endMs });
}

const writeDurations: Sampling = ({ changes }, kindness, add) => {
  for (const change of changes) if (isEnded(change)) add({ value: durationMs(change, undefined, kindness), phase: change.phase });
};

/** How much a counter of the edges grew between two looks at it. It begins anew with its process. */
function growth(counterOf: (sample: EdgeSample) => number | undefined): Sampling {
  return (history, _, add) => {
    const before = new Map<string, EdgeSample>();
    for (const sample of history.of('edge-sample')) {
      const last = before.get(sample.region);
      before.set(sample.region, sample);
      const now = counterOf(sample);
      if (last === undefined || now === undefined) continue;
      const from = last.since === sample.since ? (counterOf(last) ?? 0) : 0;
      add({ value: now - from, phase: phaseAt(history, sample.atMs), region: sample.region });
    }
  };
}

/** From the origin's clock to the edge's. */
const lags: Sampling = (history, { between }, add) => {
  const clocks = serviceClocksOf(history);
  const sentMs = new Map(history.of('published').map(({ event, sentMs }) => [event, sentMs]));
  for (const { event, region, appliedMs } of history.of('applied')) {
    const sent = sentMs.get(event);
    const atMs = clocks.edge(region).onRunClock(appliedMs).likelyMs;
    if (sent !== undefined) add({ value: between(sent, region, appliedMs), phase: phaseAt(history, atMs), region });
  }
};

function ages(age: 'rawMs' | 'adjustedMs', { isFreshAlone = false } = {}): Sampling {
  return (history, { left }, add) => {
    eachStaleness(history, ({ read: { region, startMs, phase, status }, ...aged }) => {
      if (isFreshAlone && status !== 'fresh') return;
      add({ value: left(aged[age], region, { fromMs: startMs - aged.rawMs, toMs: startMs }), phase, region });
    });
  };
}

const convergences: Sampling = (history, { left }, add) => {
  for (const [region, samples] of convergenceSamples(history, history.head?.regions ?? [])) {
    for (const { delayMs, write } of samples) {
      const { endMs = write.startMs, phase } = write;
      add({ value: left(delayMs, region, { fromMs: endMs, toMs: endMs + delayMs }), phase, region });
    }
  }
};

export const SAMPLES: Readonly<Record<MetricName, Sampling>> = {
  edge_reads: ofReads(() => 1),
  origin_fetches: growth(({ originFetches }) => originFetches),
  fills_refused: growth(({ refused }) => refused),
  edge_hit_ratio: shareOf(({ source }) => source === 'cache'),
  edge_stale_ratio: shareOf(({ status }) => status === 'stale'),
  edge_error_ratio: shareOf(({ outcome }) => outcome !== 'ok'),
  edge_read_duration: ofReads((read, kindness) => durationMs(read, read.region, kindness)),
  origin_write_duration: writeDurations,
  invalidation_lag: lags,
  staleness: ages('adjustedMs'),
  staleness_raw: ages('rawMs'),
  staleness_fresh: ages('rawMs', { isFreshAlone: true }),
  convergence: convergences,
};
