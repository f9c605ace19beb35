/** What a history tells of each metric, sample by sample, as measured or at best: a threshold takes those with its tags. */
import { stalenessSamples } from '../checks/figures.ts';
import { ServiceClocks } from '../checks/service-clocks.ts';
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

type Ended<Of extends Operation> = Of & { readonly endMs: number };

function endedReads({ operations }: History): readonly Ended<ReadOperation>[] {
  return operations.filter((operation): operation is Ended<ReadOperation> => operation.kind === 'read' && operation.endMs !== undefined);
}

function ofReads(history: History, sampleOf: (read: Ended<ReadOperation>) => number): readonly Sample[] {
  return endedReads(history).map((read) => ({ value: sampleOf(read), phase: read.phase, region: read.region }));
}

interface Share {
  readonly has: (read: Ended<ReadOperation>) => boolean;
  /** What the machine may have made of a read that would have been another: left out where it may. */
  readonly isSuspect: (read: Ended<ReadOperation>) => boolean;
}

function shareOf(history: History, { isDoubtful }: Kindness, { has, isSuspect }: Share): readonly Sample[] {
  const reads = endedReads(history).filter((read) => !isSuspect(read) || !isDoubtful(read));
  return reads.map((read) => ({ value: Number(has(read)), phase: read.phase, region: read.region }));
}

const HIT: Share = { has: ({ source }) => source === 'cache', isSuspect: ({ source }) => source !== 'cache' };
const STALE: Share = { has: ({ status }) => status === 'stale', isSuspect: ({ status }) => status === 'stale' };
const FAILED: Share = { has: ({ outcome }) => outcome !== 'ok', isSuspect: ({ outcome }) => outcome !== 'ok' };

/** From when it was due: a send that the lab or an earlier answer held up counts as slow. */
function durationMs({ startMs, dueMs = startMs, endMs }: Ended<Operation>, region: string | undefined, { left }: Kindness): number {
  return left(endMs - dueMs, region, { fromMs: dueMs, toMs: endMs });
}

function writeDurations({ operations }: History, kindness: Kindness): readonly Sample[] {
  return operations
    .filter((operation): operation is Ended<Operation> => operation.kind !== 'read' && operation.endMs !== undefined)
    .map((write) => ({ value: durationMs(write, undefined, kindness), phase: write.phase }));
}

/** How much a counter of the edges grew between two looks at it. It begins anew with its process. */
function growth(history: History, counterOf: (sample: EdgeSample) => number | undefined): readonly Sample[] {
  const before = new Map<string, EdgeSample>();
  return history.of('edge-sample').flatMap((sample) => {
    const last = before.get(sample.region);
    before.set(sample.region, sample);
    const now = counterOf(sample);
    if (last === undefined || now === undefined) return [];
    const from = last.since === sample.since ? (counterOf(last) ?? 0) : 0;
    return [{ value: now - from, phase: phaseAt(history, sample.atMs), region: sample.region }];
  });
}

/** From the origin's clock to the edge's. */
function lags(history: History, { between }: Kindness): readonly Sample[] {
  const clocks = new ServiceClocks(history);
  const sentMs = new Map(history.of('published').map(({ event, sentMs }) => [event, sentMs]));
  return history.of('applied').flatMap(({ event, region, appliedMs }) => {
    const sent = sentMs.get(event);
    const atMs = clocks.edge(region).onRunClock(appliedMs).likelyMs;
    return sent === undefined ? [] : [{ value: between(sent, region, appliedMs), phase: phaseAt(history, atMs), region }];
  });
}

function perRegion(history: History, samplesOf: (region: string) => readonly Sample[]): readonly Sample[] {
  return (history.head?.regions ?? []).flatMap((region) => samplesOf(region).map((sample) => ({ ...sample, region })));
}

function ages(history: History, age: 'rawMs' | 'adjustedMs', { left }: Kindness): readonly Sample[] {
  return perRegion(history, (region) =>
    stalenessSamples(history, region).map(({ read, ...aged }) => {
      const during = { fromMs: read.startMs - aged.rawMs, toMs: read.startMs };
      return { value: left(aged[age], region, during), phase: read.phase };
    }),
  );
}

function convergences(history: History, { left }: Kindness): readonly Sample[] {
  return perRegion(history, (region) =>
    convergenceSamples(history, region).map(({ delayMs, write }) => {
      const { endMs = write.startMs, phase } = write;
      return { value: left(delayMs, region, { fromMs: endMs, toMs: endMs + delayMs }), phase };
    }),
  );
}

export const SAMPLES: Readonly<Record<MetricName, (history: History, kindness: Kindness) => readonly Sample[]>> = {
  edge_reads: (history) => ofReads(history, () => 1),
  origin_fetches: (history) => growth(history, ({ originFetches }) => originFetches),
  fills_refused: (history) => growth(history, ({ refused }) => refused),
  edge_hit_ratio: (history, kindness) => shareOf(history, kindness, HIT),
  edge_stale_ratio: (history, kindness) => shareOf(history, kindness, STALE),
  edge_error_ratio: (history, kindness) => shareOf(history, kindness, FAILED),
  edge_read_duration: (history, kindness) => ofReads(history, (read) => durationMs(read, read.region, kindness)),
  origin_write_duration: writeDurations,
  invalidation_lag: lags,
  staleness: (history, kindness) => ages(history, 'adjustedMs', kindness),
  staleness_raw: (history, kindness) => ages(history, 'rawMs', kindness),
  convergence: convergences,
};
