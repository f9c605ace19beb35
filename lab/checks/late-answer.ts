/**
 * Why a last answer that is behind proves nothing: the run was cut off before regions had their time, or ended before
 * an invalidation had its delay, a fault on the way was never seen gone, or the machine stood still while the region
 * was to catch up.
 */
import type { FaultRecord, ReadOperation } from '../history/records.ts';
import type { CheckInput } from './check.ts';
import { touches } from './fault-windows.ts';
import type { LastAnswers } from './last-answers.ts';
import { isAnswered } from './versions.ts';

export interface Doubting {
  readonly input: CheckInput;
  readonly lastAnswers: LastAnswers;
}

/** In words; undefined: nothing but the region explains it. */
export function doubtAboutLast(read: ReadOperation, doubting: Doubting): string | undefined {
  const { history, rule } = doubting.input;
  if (history.isCutOff) return 'in a run that did not reach its end';
  const standing = rule === 'strict' ? undefined : history.faults.find((fault) => isStanding(fault) && touches(fault, read.region));
  if (standing !== undefined) return `while the heal of ${standing.fault} ${standing.target.text} was not seen`;
  return doubtByTheDelay(read, doubting) ?? doubtByTheMachine(read, doubting);
}

/** Settle may be shorter than a region's delay. */
function doubtByTheDelay(read: ReadOperation, { input }: Doubting): string | undefined {
  if (!isAnswered(read) || input.history.of('delay').length === 0) return undefined;
  const { staleness } = input;
  const superseding = staleness.versions.supersededBefore(read);
  if (superseding === undefined) return undefined;
  const afterMs = read.startMs - superseding.atMs;
  const allowedMs = staleness.delayMsMax(read.region, { fromMs: superseding.atMs, toMs: read.startMs }) + staleness.epsilonMs;
  if (afterMs > allowedMs) return undefined;
  return `read for the last time ${Math.round(afterMs)} ms after the change, within the allowed delay of ${Math.round(allowedMs)} ms: settle was too short`;
}

function isStanding({ healedMs }: FaultRecord): boolean {
  return healedMs === undefined;
}

function doubtByTheMachine(read: ReadOperation, { input, lastAnswers }: Doubting): string | undefined {
  const { history } = input;
  if ((history.of('stall').length === 0 && history.of('pressure').length === 0) || !isAnswered(read)) return undefined;
  const { staleness } = input;
  const superseding = staleness.versions.supersededBefore(read);
  if (superseding !== undefined) return staleness.doubtOf(staleness.judgeSince(read, superseding.atMs));
  // When its key was asked for the first of its last times: labelled stale, it asked the origin then.
  const fromMs = Math.min(read.startMs, lastAnswers.first(read)?.endMs ?? read.startMs);
  const measured = staleness.measure(read, { fromMs, toMs: read.startMs });
  return staleness.doubtOf({ read, ...measured, allowedMs: staleness.revalidatedMs(read.region) });
}
