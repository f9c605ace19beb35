/** The steps out of one state of this model. */
import { Steps as StepsOf } from '../steps.ts';
import type { Spending } from './sizes.ts';
import { copyState, type MembersState } from './state.ts';

export type Steps = StepsOf<Spending, MembersState>;

export function stepsFrom(from: MembersState): Steps {
  return new StepsOf(from, { copy: copyState, prefix: `[${from.time}] ` });
}
