/**
 * Whether the load was the one that was planned. Its schedule waits for no answer, so a slow service does not hold it up; a machine
 * that stands still does, and writes are left out whose keys are in doubt or not there. Without reads or without writes nothing was shown.
 *
 * A load generator says when it is itself the limit: more than 1 % of its reads were sent more than 10 ms after they were due. What is
 * sent so late comes in bursts that nobody has planned, and what is measured then is the generator.
 */
import type { History } from '../history/history.ts';
import type { LoadPlanned, Operation } from '../history/records.ts';
import type { CheckResult, Verdict } from './check.ts';

const NAME = 'load';
const SHARE_MAX = 0.05;
/** In a short load a moment is a large share. */
const LATE_MS_MIN = 250;
/** Of a load generator. */
export const GENERATOR_LATE_MS = 10;
const GENERATOR_SHARE_MAX = 0.01;

/** Nothing where it was held and there is nothing to say. */
export function loadHeld(history: History): readonly CheckResult[] {
  const { load } = history;
  if (load === undefined) return [];
  const sent = history.operations.filter(({ phase }) => phase === 'fault');
  const [reads, writes] = [sent.filter(isRead), sent.filter((operation) => !isRead(operation))];
  const found =
    ended(history) ?? nothing(reads.length, writes.length) ?? late(load, reads) ?? leftOut(history, load, reads.length, writes.length);
  return found === undefined ? [] : [{ check: NAME, anomalies: [], ...found }];
}

type Found = { readonly verdict: Verdict; readonly reason: string } | undefined;

function isRead({ kind }: Operation): boolean {
  return kind === 'read';
}

function ended(history: History): Found {
  const { load } = history;
  const [abort] = history.of('abort');
  if (abort === undefined || load === undefined) return undefined;
  const afterMs = Math.round(abort.atMs - load.fromMs);
  return {
    verdict: 'unknown',
    reason: `ended after ${afterMs} of ${load.durationMs} ms, for ${abort.metric} ${abort.threshold} was crossed`,
  };
}

function nothing(reads: number, writes: number): Found {
  if (reads > 0 && writes > 0) return undefined;
  const what = reads > 0 ? 'no write' : writes > 0 ? 'no read' : 'neither a read nor a write';
  return { verdict: 'unknown', reason: `it sent ${what}, so nothing was shown` };
}

/** Reads are sent whatever else is under way: only the lab itself can be late with them. */
function late(load: LoadPlanned, reads: readonly Operation[]): Found {
  if (load.generated) return generatorLate(load, reads);
  const allowedMs = Math.max(LATE_MS_MIN, load.durationMs * SHARE_MAX);
  const count = countLate(reads, allowedMs);
  if (count <= reads.length * SHARE_MAX) return undefined;
  return {
    verdict: 'unknown',
    reason: `the lab itself sent ${count} of ${reads.length} reads over ${Math.round(allowedMs)} ms late: too slow or too busy a machine`,
  };
}

/** Nothing where the generator held its plan. */
export function generatorLate({ reads: planned }: Pick<LoadPlanned, 'reads'>, reads: readonly Operation[]): Found {
  const late = countLate(reads, GENERATOR_LATE_MS);
  if (late <= reads.length * GENERATOR_SHARE_MAX) return undefined;
  const share = ((late / reads.length) * 100).toFixed(1);
  const unsent = planned - reads.length;
  const also = unsent > 0 ? `, and ${unsent} not at all` : '';
  return {
    verdict: 'unknown',
    reason: `the load generator was itself the limit: it sent ${late} of ${reads.length} reads (${share} %) more than ${GENERATOR_LATE_MS} ms after they were due${also}; ask for fewer, or give it a core of its own`,
  };
}

function countLate(reads: readonly Operation[], allowedMs: number): number {
  return reads.filter(({ startMs, dueMs = startMs }) => startMs - dueMs > allowedMs).length;
}

function leftOut({ faults }: History, load: LoadPlanned, reads: number, writes: number): Found {
  const isHeld = (sent: number, planned: number) => planned - sent <= planned * SHARE_MAX;
  if (isHeld(reads, load.reads) && isHeld(writes, load.writes)) return undefined;
  const reason = `${reads} of ${load.reads} reads and ${writes} of ${load.writes} writes were sent; the others had a key that was in doubt or not there`;
  return { verdict: faults.length === 0 ? 'unknown' : 'pass', reason };
}
