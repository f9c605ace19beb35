/**
 * The steady state before the faults and after them. Before: nothing is broken, and no load sent, until it is there;
 * without it what the last reads show is judged, and the verdict is unknown at best. After the heal: a hypothesis that
 * the scenario states must hold again. A machine that stood still for most of the time there was for it makes either
 * unknown, whatever did not answer meanwhile.
 */
import type { Clock } from '../../services/runtime/clock.ts';
import { doubtOf, HELD_UP_SHARE } from '../checks/doubt.ts';
import { stoodStillOf } from '../checks/stood-still.ts';
import { WorldFailed } from '../errors.ts';
import type { History } from '../history/history.ts';
import type { Driver } from '../load/driver.ts';
import { CONVERGED, type Hypothesis, STEADY_STATE } from '../scenarios/hypothesis.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { awaitSteadyState, type SteadyState } from './steady-state.ts';

export interface SteadyGateOptions {
  readonly scenario: Pick<Scenario, 'hypothesis' | 'settle'>;
  readonly history: History;
  readonly driver: Pick<Driver, 'readRound'>;
  readonly clock: Clock;
  /** ms since the run's start. */
  readonly t: () => number;
  readonly signal: AbortSignal;
  /** Goes on without a steady state where the scenario states no hypothesis. */
  readonly judgesUnsteady: boolean;
}

const GATE_MS_MAX = 10_000;

export class SteadyGate {
  readonly #options: SteadyGateOptions;
  /** Of the gate, where it was not passed. */
  #isUnmet = false;

  constructor(options: SteadyGateOptions) {
    this.#options = options;
  }

  /** Throws WorldFailed where nobody answers. */
  async isSteady(): Promise<boolean> {
    const { scenario, history, judgesUnsteady } = this.#options;
    const hypothesis = scenario.hypothesis ?? CONVERGED;
    const begunMs = this.#options.t();
    const { why, isAnswered, error } = await this.#await(hypothesis, GATE_MS_MAX);
    if (why === undefined || (judgesUnsteady && scenario.hypothesis === undefined)) return true;
    const reason = `${why} ${GATE_MS_MAX} ms after warm-up: no steady state to start from${lastSaid(error)}`;
    const doubt = this.#doubtSince(begunMs);
    if (!isAnswered && doubt === undefined) throw new WorldFailed(reason);
    const said = `${hypothesis.title}: ${reason}, and nothing was broken`;
    history.add('finding', { check: STEADY_STATE, verdict: 'unknown', reason: doubt === undefined ? said : `${said}, ${doubt}` });
    this.#isUnmet = true;
    return false;
  }

  async judgeAgain(): Promise<void> {
    const { scenario, history, t } = this.#options;
    const { hypothesis, settle } = scenario;
    if (hypothesis === undefined || this.#isUnmet) return;
    const begunMs = t();
    const { why, error } = await this.#await(hypothesis, settle);
    const { title } = hypothesis;
    if (why === undefined)
      return history.add('finding', { check: STEADY_STATE, verdict: 'pass', reason: `${title}: before the faults and after the heal` });
    const reason = `${title}: ${why} ${settle} ms after everything had settled${lastSaid(error)}`;
    const doubt = this.#doubtSince(begunMs);
    if (doubt === undefined) history.add('finding', { check: STEADY_STATE, verdict: 'fail', reason });
    else history.add('finding', { check: STEADY_STATE, verdict: 'unknown', reason: `${reason}, ${doubt}` });
  }

  /** Most of the time that there was is what it takes to doubt the rest. */
  #doubtSince(fromMs: number): string | undefined {
    const { history, t } = this.#options;
    const during = [{ fromMs, toMs: t() }];
    const stood = stoodStillOf(history);
    const regions = history.head?.regions ?? [];
    const excessMs = (t() - fromMs) * HELD_UP_SHARE;
    return regions.map((region) => doubtOf(stood, { region, during, excessMs, ordinaryMs: 0 })).find((doubt) => doubt !== undefined);
  }

  #await(hypothesis: Hypothesis, withinMs: number): Promise<SteadyState> {
    const { driver, clock, signal } = this.#options;
    return awaitSteadyState({ hypothesis, readRound: () => driver.readRound(), clock, withinMs, signal });
  }
}

function lastSaid(error: string | undefined): string {
  return error === undefined ? '' : ` (last: ${error})`;
}
