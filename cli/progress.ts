/** How far something long has come: a line every few seconds, with the rate and the time left. */
import type { Clock, Timer } from '../services/runtime/clock.ts';

export interface ProgressOptions {
  readonly clock: Clock;
  readonly total: number;
  readonly done: () => number;
  readonly note: (text: string) => void;
}

const PERIOD_MS = 2_000;
const MS_PER_S = 1000;
const S_PER_MINUTE = 60;

export function startProgress({ clock, total, done, note }: ProgressOptions): { close(): void } {
  const startedAt = clock.monotonicMs();
  let timer: Timer;
  const arm = () => {
    timer = clock.setTimer(PERIOD_MS, () => {
      note(progressText(done(), total, clock.monotonicMs() - startedAt));
      arm();
    });
  };
  arm();
  return { close: () => timer.cancel() };
}

export function progressText(done: number, total: number, elapsedMs: number): string {
  const perMs = done / elapsedMs;
  const rate = Math.round(perMs * MS_PER_S * S_PER_MINUTE);
  const left = done === 0 ? 'time left not known yet' : `${Math.ceil((total - done) / perMs / MS_PER_S)} s left`;
  return `${done} of ${total} seeds, ${rate} a minute, ${left}`;
}
