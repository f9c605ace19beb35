/** Looks at the thresholds with `abortOnFail` while the load lasts, and tells when one of them is crossed. */
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import type { History } from '../history/history.ts';
import { evaluateThresholds, isCrossed } from './evaluate.ts';
import type { Threshold } from './threshold.ts';

export interface AbortWatchOptions {
  readonly history: History;
  readonly thresholds: readonly Threshold[];
  readonly clock: Clock;
  /** ms since the run's start. */
  readonly t: () => number;
  /** Over with the load. */
  readonly signal: AbortSignal;
}

const LOOK_MS = 1_000;
/** Looking goes through all the history: it may take this share of the time. */
const LOOK_ONE_IN = 20;

/** Resolves with true when the load has to end; the history says why. */
export async function watchForAbort({ history, thresholds, clock, t, signal }: AbortWatchOptions): Promise<boolean> {
  const watched = thresholds.filter(({ abortOnFail }) => abortOnFail);
  if (watched.length === 0) return false;
  const begunMs = t();
  let pauseMs = LOOK_MS;
  while (!signal.aborted) {
    await sleep(clock, pauseMs, signal);
    if (signal.aborted) break;
    const lookedMs = t();
    const due = watched.filter(({ delayAbortEvalMs }) => lookedMs - begunMs >= delayAbortEvalMs);
    const crossed = evaluateThresholds(history, due).find(isCrossed);
    if (crossed !== undefined) {
      const { metric, threshold, value, samples } = crossed;
      history.add('abort', { metric, threshold, value: value ?? 0, samples, atMs: t() });
      return true;
    }
    pauseMs = Math.max(LOOK_MS, (t() - lookedMs) * LOOK_ONE_IN);
  }
  return false;
}
