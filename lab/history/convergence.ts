/** How long after a write was answered a region first served it, or a later one: per region, ms. */
import type { History } from './history.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';
import type { Operation, ReadOperation, WriteOperation } from './records.ts';

/** Only writes that were answered and seen count: a version never read says nothing. */
export function convergenceOf(history: History, regions: readonly string[]): Readonly<Record<string, Quantiles | null>> {
  return Object.fromEntries(
    regions.map((region) => [region, quantilesOf(convergenceSamples(history, region).map(({ delayMs }) => delayMs))]),
  );
}

export interface ConvergenceSample {
  readonly write: WriteOperation;
  readonly delayMs: number;
}

export function convergenceSamples(history: History, region: string): readonly ConvergenceSample[] {
  const answered = history.reads().filter((read) => read.region === region && read.outcome === 'ok');
  const reads = Map.groupBy(
    answered.sort((one, other) => one.startMs - other.startMs),
    ({ key }) => key,
  );
  const writes = Map.groupBy(history.operations.filter(isAnsweredWrite), ({ key }) => key ?? '');
  return [...writes].flatMap(([key, ofKey]) => delaysOf(ofKey, reads.get(key) ?? []));
}

function isAnsweredWrite(operation: Operation): operation is WriteOperation {
  return operation.kind !== 'read' && operation.kind !== 'purge' && operation.outcome === 'ok';
}

/** Of one key, whose writes and versions go up together: what shows the next write is never before what shows this one. */
function delaysOf(writes: readonly WriteOperation[], reads: readonly ReadOperation[]): readonly ConvergenceSample[] {
  const delays: ConvergenceSample[] = [];
  let at = 0;
  for (const write of writes) {
    const { endMs = 0, version = 0 } = write;
    while (at < reads.length && ((reads[at]?.startMs ?? 0) < endMs || (reads[at]?.version ?? 0) < version)) at += 1;
    const seen = reads[at];
    if (seen === undefined) break;
    delays.push({ write, delayMs: seen.startMs - endMs });
  }
  return delays;
}
