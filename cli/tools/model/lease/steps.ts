/** The steps out of one state, as they are gathered. */
import type { Step } from '../search.ts';
import type { Spending } from './sizes.ts';
import { copyState, type LeaseState } from './state.ts';

/** Changes a copy of the state; answers what the label should say more. Pushes what the step itself violates. */
export type Change = (state: LeaseState, violations: string[]) => string | undefined;

export class Steps {
  readonly from: LeaseState;
  readonly all: Step<LeaseState>[] = [];

  constructor(from: LeaseState) {
    this.from = from;
  }

  add(label: string, change: Change): void {
    const state = copyState(this.from);
    const violations: string[] = [];
    const more = change(state, violations);
    this.all.push({ label: `[${this.from.time}] ${label}${more === undefined ? '' : ` (${more})`}`, state, violations });
  }

  /** A step that may be taken only as often as the budget says. */
  spend(spending: Spending, label: string, change: Change): void {
    const left = this.from.budget[spending] ?? 0;
    if (left === 0) return;
    this.add(label, (state, violations) => {
      state.budget[spending] = left - 1;
      return change(state, violations);
    });
  }
}
