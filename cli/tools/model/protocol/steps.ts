/** The steps out of one state of this model. */
import { Steps as StepsOf } from '../steps.ts';
import type { Spending } from './sizes.ts';
import { copyState, type ProtocolState } from './state.ts';

export type Steps = StepsOf<Spending, ProtocolState>;

export function stepsFrom(from: ProtocolState): Steps {
  return new StepsOf(from, { copy: copyState });
}
