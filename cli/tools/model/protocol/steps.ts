/** The steps out of one state, as they are gathered. */
import type { Step } from '../search.ts';
import type { Spending } from './sizes.ts';
import { copyState, type ProtocolState } from './state.ts';

/** Changes a copy of the state; answers what the label should say more. Pushes what the step itself violates. */
export type Change = (state: ProtocolState, violations: string[]) => string | undefined;

export class Steps {
  readonly from: ProtocolState;
  readonly all: Step<ProtocolState>[] = [];

  constructor(from: ProtocolState) {
    this.from = from;
  }

  add(label: string, change: Change): void {
    const state = copyState(this.from);
    const violations: string[] = [];
    const more = change(state, violations);
    this.all.push({ label: more === undefined ? label : `${label} (${more})`, state, violations });
  }

  isLeft(spending: Spending): boolean {
    return (this.from.budget[spending] ?? 0) > 0;
  }

  /** A step that may be taken only as often as the budget says. */
  spend(spending: Spending, label: string, change: Change): void {
    if (!this.isLeft(spending)) return;
    this.add(label, (state, violations) => {
      state.budget[spending] = (state.budget[spending] ?? 0) - 1;
      return change(state, violations);
    });
  }
}
