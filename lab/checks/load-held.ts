/**
 * Whether the load was the one that was planned. Its schedule waits for no answer, so a slow service does not hold it
 * up; a machine that stands still does, and writes are left out whose keys are in doubt or not there. Without reads or
 * without writes nothing was shown.
 *
 * A load generator says when it is itself the limit: more than 1 % of its reads were sent more than 10 ms after they
 * were due. What is sent so late comes in bursts that nobody has planned, and what is measured then is the generator.
 */
import type { History } from '../history/history.ts';
import type { LoadPlanned, ReadOperation } from '../history/records.ts';
import type { CheckResult, Verdict } from './check.ts';

const NAME = 'load';
const SHARE_MAX = 0.05;
const LATE_MS_MIN = 250;
/** Of a load generator. */
export const GENERATOR_LATE_MS = 10;
const GENERATOR_SHARE_MAX = 0.01;

/** Of the reads of a load. */
export interface Sent {
  readonly reads: number;
  /** How many of them the lab itself, or its generator, sent later than it may. */
  readonly late: number;
}

/** It is shown every read. The result is nothing where the load was held and there is nothing to say. */
export function beginLoadHeld(history: History) {
  const { load } = history;
  const allowedMs = load === undefined ? 0 : allowedLateMs(load);
  let [reads, late] = [0, 0];
  return {
    read: ({ phase, startMs, dueMs = startMs }: ReadOperation) => {
      if (phase !== 'fault') return;
      reads += 1;
      if (startMs - dueMs > allowedMs) late += 1;
    },
    result: (): readonly CheckResult[] => {
      const found = load === undefined ? undefined : judge(history, load, { reads, late });
      return found === undefined ? [] : [{ check: NAME, anomalies: [], ...found }];
    },
  };
}

function judge(history: History, load: LoadPlanned, sent: Sent): Found {
  const writes = history.changes.filter(({ phase }) => phase === 'fault').length;
  if (history.isCutOff) return cutOff(load, sent.reads, writes);
  return ended(history, load) ?? nothing(sent.reads, writes) ?? late(load, sent) ?? leftOut(history, load, sent.reads, writes);
}

/** In a short load a moment is a large share. */
function allowedLateMs({ durationMs, generated }: LoadPlanned): number {
  return generated ? GENERATOR_LATE_MS : Math.max(LATE_MS_MIN, durationMs * SHARE_MAX);
}

type Found = { readonly verdict: Verdict; readonly reason: string } | undefined;

function ended(history: History, load: LoadPlanned): Found {
  const [abort] = history.of('abort');
  if (abort === undefined) return undefined;
  const afterMs = Math.round(abort.atMs - load.fromMs);
  return {
    verdict: 'unknown',
    reason: `the load ended after ${afterMs} of ${load.durationMs} ms, because ${abort.metric} ${abort.threshold} was crossed`,
  };
}

/** Whoever stopped the run stopped its load, or what comes after the load. */
function cutOff(load: LoadPlanned, reads: number, writes: number): Found {
  const reason = `the run did not reach its end: ${reads} of ${load.reads} reads and ${writes} of ${load.writes} writes were sent`;
  return { verdict: 'unknown', reason };
}

function nothing(reads: number, writes: number): Found {
  if (reads > 0 && writes > 0) return undefined;
  const what = reads > 0 ? 'no write' : writes > 0 ? 'no read' : 'neither a read nor a write';
  return { verdict: 'unknown', reason: `the load sent ${what}, so the run shows nothing` };
}

/** Reads are sent whatever else is under way: only the lab itself can be late with them. */
function late(load: LoadPlanned, sent: Sent): Found {
  if (load.generated) return generatorLate(load, sent);
  const { reads, late } = sent;
  if (late <= reads * SHARE_MAX) return undefined;
  return {
    verdict: 'unknown',
    reason: `the lab itself sent ${late} of ${reads} reads over ${Math.round(allowedLateMs(load))} ms late: the machine is too slow or too busy`,
  };
}

/** Nothing where the generator held its plan. */
export function generatorLate({ reads: planned }: Pick<LoadPlanned, 'reads'>, { reads, late }: Sent): Found {
  if (late <= reads * GENERATOR_SHARE_MAX) return undefined;
  const share = ((late / reads) * 100).toFixed(1);
  const unsent = planned - reads;
  const also = unsent > 0 ? `, and ${unsent} not at all` : '';
  return {
    verdict: 'unknown',
    reason: `the load generator itself was the limit: it sent ${late} of ${reads} reads (${share} %) more than ${GENERATOR_LATE_MS} ms after they were due${also}; ask for fewer reads, or give the generator a core of its own`,
  };
}

function leftOut({ faults }: History, load: LoadPlanned, reads: number, writes: number): Found {
  const isHeld = (sent: number, planned: number) => planned - sent <= planned * SHARE_MAX;
  if (isHeld(reads, load.reads) && isHeld(writes, load.writes)) return undefined;
  const reason = `${reads} of ${load.reads} reads and ${writes} of ${load.writes} writes were sent; the others were left out, because their key was in doubt or did not exist`;
  return { verdict: faults.length === 0 ? 'unknown' : 'pass', reason };
}
