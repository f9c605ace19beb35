/**
 * Whether a steady-state hypothesis holds, asked again until it does or the time is over. Each time every key is read
 * once in every region, and the probes are judged over those reads.
 */
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import { quantilesOf } from '../history/quantiles.ts';
import type { ReadOperation } from '../history/records.ts';
import type { Round } from '../load/driver.ts';
import type { Comparison, Hypothesis, HypothesisProbe } from '../scenarios/hypothesis.ts';
import { holds } from '../thresholds/expression.ts';

export interface SteadyStateOptions {
  readonly hypothesis: Hypothesis;
  readonly readRound: () => Promise<Round>;
  readonly clock: Clock;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

export interface SteadyState {
  /** What does not hold, in words; undefined: all of it holds. */
  readonly why: string | undefined;
  /** Whether the origin and every region answered in the end. */
  readonly isAnswered: boolean;
  /** The last thing said of a request that failed in the end; undefined: none did. */
  readonly error: string | undefined;
}

const PAUSE_MS = 100;
const PAUSE_MS_MAX = 400;

export async function awaitSteadyState({ hypothesis, readRound, clock, withinMs, signal }: SteadyStateOptions): Promise<SteadyState> {
  const deadline = clock.monotonicMs() + withinMs;
  for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2)) {
    const round = await readRound();
    const why = refutationOf(hypothesis, round);
    if (why === undefined || clock.monotonicMs() > deadline) return { why, isAnswered: round.isAnswered, error: round.errors.at(-1) };
    await sleep(clock, pauseMs, signal);
    signal.throwIfAborted();
  }
}

/** undefined: it holds. */
export function refutationOf({ probes }: Hypothesis, round: Round): string | undefined {
  const refuted = probes.flatMap((probe) => refutationOfProbe(probe, round) ?? []);
  return refuted.length === 0 ? undefined : refuted.join(', ');
}

type Measured = Exclude<keyof HypothesisProbe, 'converged'>;

function refutationOfProbe(probe: HypothesisProbe, round: Round): string | undefined {
  if (probe.converged !== undefined) return round.isConverged ? undefined : 'the regions do not equal the origin';
  const names = Object.keys(MEASURES).filter((name): name is Measured => name in MEASURES);
  return names.flatMap((name) => compared(name, probe[name], round) ?? []).at(0);
}

function compared(name: Measured, comparison: Comparison | undefined, { reads }: Round): string | undefined {
  if (comparison === undefined) return undefined;
  const value = MEASURES[name](reads);
  if (value !== undefined && holds(comparison, value)) return undefined;
  return `${name} is ${value === undefined ? 'not known' : Number(value.toFixed(3))}, not ${comparison.operator} ${comparison.limit}`;
}

const MEASURES: Readonly<Record<Measured, (reads: readonly ReadOperation[]) => number | undefined>> = {
  'error-ratio': (reads) => shareOf(reads, ({ outcome }) => outcome !== 'ok'),
  'hit-ratio': (reads) => shareOf(reads, ({ source }) => source === 'cache'),
  p99: (reads) => quantilesOf(reads.map(({ startMs, endMs = startMs }) => endMs - startMs))?.p99,
};

function shareOf(reads: readonly ReadOperation[], has: (read: ReadOperation) => boolean): number | undefined {
  return reads.length === 0 ? undefined : reads.filter(has).length / reads.length;
}
