/** How far something long has come: a line every few seconds, with the rate and the time left. */
import type { Clock, Timer } from '../services/runtime/clock.ts';

export interface ProgressOptions {
  readonly clock: Clock;
  readonly total: number;
  readonly done: () => number;
  readonly note: (text: string) => void;
  /** What is counted; left out: seeds. */
  readonly counted?: string;
}

const PERIOD_MS = 2_000;
const MS_PER_S = 1000;
const S_PER_MINUTE = 60;

export function startProgress({ clock, total, done, note, counted = 'seeds' }: ProgressOptions): { close(): void } {
  const startedAt = clock.monotonicMs();
  let timer: Timer;
  const arm = () => {
    timer = clock.setTimer(PERIOD_MS, () => {
      note(progressText({ done: done(), total, counted, elapsedMs: clock.monotonicMs() - startedAt }));
      arm();
    });
  };
  arm();
  return { close: () => timer.cancel() };
}

interface Progress {
  readonly done: number;
  readonly total: number;
  readonly counted: string;
  readonly elapsedMs: number;
}

function progressText({ done, total, counted, elapsedMs }: Progress): string {
  const perMs = done / elapsedMs;
  const rate = Math.round(perMs * MS_PER_S * S_PER_MINUTE);
  const left = done === 0 ? 'time left not known yet' : `${Math.ceil((total - done) / perMs / MS_PER_S)} s left`;
  return `${done} of ${total} ${counted}, ${rate} a minute, ${left}`;
}
