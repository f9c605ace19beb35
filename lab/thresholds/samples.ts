/** What a history tells of each metric, sample by sample: a threshold takes those with its tags. */
import { stalenessSamples } from '../checks/figures.ts';
import { convergenceSamples } from '../load/convergence.ts';
import type { History } from '../load/history.ts';
import type { EdgeSample, Operation, ReadOperation } from '../load/records.ts';
import type { Phase } from '../report/events.ts';
import type { MetricName } from './metrics.ts';
import { phaseAt } from './phases.ts';

export interface Sample {
  readonly value: number;
  readonly phase: Phase | undefined;
  /** undefined of what is not one region's. */
  readonly region?: string;
}

type Ended<Of extends Operation> = Of & { readonly endMs: number };

function endedReads({ operations }: History): readonly Ended<ReadOperation>[] {
  return operations.filter((operation): operation is Ended<ReadOperation> => operation.kind === 'read' && operation.endMs !== undefined);
}

function ofReads(history: History, sampleOf: (read: Ended<ReadOperation>) => number): readonly Sample[] {
  return endedReads(history).map((read) => ({ value: sampleOf(read), phase: read.phase, region: read.region }));
}

/** From when it was due: a send that the lab or an earlier answer held up counts as slow. */
function durationMs({ startMs, dueMs = startMs, endMs }: Ended<Operation>): number {
  return endMs - dueMs;
}

function writeDurations({ operations }: History): readonly Sample[] {
  return operations
    .filter((operation): operation is Ended<Operation> => operation.kind !== 'read' && operation.endMs !== undefined)
    .map((write) => ({ value: durationMs(write), phase: write.phase }));
}

/** How much a counter of the edges grew between two looks at it. It begins anew with its process. */
function growth(history: History, counterOf: (sample: EdgeSample) => number | undefined): readonly Sample[] {
  const before = new Map<string, EdgeSample>();
  return history.edgeSamples.flatMap((sample) => {
    const last = before.get(sample.region);
    before.set(sample.region, sample);
    const now = counterOf(sample);
    if (last === undefined || now === undefined) return [];
    const from = last.since === sample.since ? (counterOf(last) ?? 0) : 0;
    return [{ value: now - from, phase: phaseAt(history, sample.atMs), region: sample.region }];
  });
}

function lags(history: History): readonly Sample[] {
  const sentMs = new Map(history.published.map(({ event, sentMs }) => [event, sentMs]));
  return history.applied.flatMap(({ event, region, appliedMs }) => {
    const sent = sentMs.get(event);
    return sent === undefined ? [] : [{ value: Math.max(0, appliedMs - sent), phase: phaseAt(history, appliedMs), region }];
  });
}

function perRegion(history: History, samplesOf: (region: string) => readonly Sample[]): readonly Sample[] {
  return (history.head?.regions ?? []).flatMap((region) => samplesOf(region).map((sample) => ({ ...sample, region })));
}

function ages(history: History, age: 'rawMs' | 'adjustedMs'): readonly Sample[] {
  return perRegion(history, (region) => stalenessSamples(history, region).map((found) => ({ value: found[age], phase: found.read.phase })));
}

export const SAMPLES: Readonly<Record<MetricName, (history: History) => readonly Sample[]>> = {
  edge_reads: (history) => ofReads(history, () => 1),
  origin_fetches: (history) => growth(history, ({ originFetches }) => originFetches),
  fills_refused: (history) => growth(history, ({ refused }) => refused),
  edge_hit_ratio: (history) => ofReads(history, ({ source }) => Number(source === 'cache')),
  edge_stale_ratio: (history) => ofReads(history, ({ status }) => Number(status === 'stale')),
  edge_error_ratio: (history) => ofReads(history, ({ outcome }) => Number(outcome !== 'ok')),
  edge_read_duration: (history) => ofReads(history, durationMs),
  origin_write_duration: writeDurations,
  invalidation_lag: lags,
  staleness: (history) => ages(history, 'adjustedMs'),
  staleness_raw: (history) => ages(history, 'rawMs'),
  convergence: (history) =>
    perRegion(history, (region) =>
      convergenceSamples(history, region).map(({ delayMs, write }) => ({ value: delayMs, phase: write.phase })),
    ),
};
