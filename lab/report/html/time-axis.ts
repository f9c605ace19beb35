/** The time that all charts of a report share, from the first operation to the end, as percentages of their width. */
import { endOf } from '../../history/end.ts';
import type { History } from '../../history/history.ts';
import type { Operation } from '../../history/records.ts';
import type { Phase } from '../events.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PhaseSpan extends Span {
  readonly phase: Phase;
}

const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400] as const;
const TICKS_MAX = 12;
const MS_PER_S = 1000;

export class TimeAxis implements Span {
  readonly fromMs: number;
  readonly toMs: number;

  constructor(history: History) {
    let fromMs = Number.POSITIVE_INFINITY;
    for (const { startMs } of eachOperation(history)) fromMs = Math.min(fromMs, startMs);
    this.fromMs = fromMs === Number.POSITIVE_INFINITY ? 0 : fromMs;
    this.toMs = Math.max(endOf(history), this.fromMs + 1);
  }

  /** 0 to 100, two digits. */
  percent(ms: number): number {
    const share = (ms - this.fromMs) / (this.toMs - this.fromMs);
    return Math.round(Math.max(0, Math.min(1, share)) * 10_000) / 100;
  }

  /** As much of it as can be seen; undefined: nothing. */
  visible({ fromMs, toMs }: Span): Span | undefined {
    const seen = { fromMs: Math.max(fromMs, this.fromMs), toMs: Math.min(toMs, this.toMs) };
    return seen.fromMs < seen.toMs ? seen : undefined;
  }

  /** Whole steps of the run's clock, at most TICKS_MAX. */
  ticks(): readonly number[] {
    const seconds = (this.toMs - this.fromMs) / MS_PER_S;
    const stepMs = (STEPS_S.find((step) => seconds / step <= TICKS_MAX) ?? seconds / TICKS_MAX) * MS_PER_S;
    const first = Math.ceil(this.fromMs / stepMs);
    const last = Math.floor(this.toMs / stepMs);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => (first + at) * stepMs);
  }
}

function* eachOperation({ changes, reads }: History): Generator<Operation, void, undefined> {
  yield* changes;
  yield* reads;
}

/** Each lasts until the first operation of the next. */
export function phasesOf(history: History, axis: TimeAxis): readonly PhaseSpan[] {
  const firsts = new Map<Phase, number>();
  for (const { phase, startMs } of eachOperation(history)) firsts.set(phase, Math.min(startMs, firsts.get(phase) ?? startMs));
  const inOrder = [...firsts].sort(([, one], [, other]) => one - other);
  return inOrder.map(([phase, fromMs], at) => ({ phase, fromMs, toMs: inOrder[at + 1]?.[1] ?? axis.toMs }));
}
