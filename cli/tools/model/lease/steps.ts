/** The steps out of one state of this model. */
import { Steps as StepsOf } from '../steps.ts';
import type { Spending } from './sizes.ts';
import { copyState, type LeaseState } from './state.ts';

export type Steps = StepsOf<Spending, LeaseState>;

export function stepsFrom(from: LeaseState): Steps {
  return new StepsOf(from, { copy: copyState, prefix: `[${from.time}] ` });
}
