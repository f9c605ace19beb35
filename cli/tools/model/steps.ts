/** The steps out of one state, as they are gathered. */
import type { Step } from './search.ts';

/** How often each thing may still happen. */
export interface Budgeted<Spending extends string> {
  readonly budget: Partial<Record<Spending, number>>;
}

/** Changes a copy of the state; answers what the label should say more. Pushes what the step itself violates. */
export type Change<State> = (state: State, violations: string[]) => string | undefined;

export interface StepOptions<State> {
  readonly copy: (state: State) => State;
  /** What each label begins with; left out: nothing. */
  readonly prefix?: string;
}

export class Steps<Spending extends string, State extends Budgeted<Spending>> {
  readonly from: State;
  readonly all: Step<State>[] = [];
  readonly #options: StepOptions<State>;

  constructor(from: State, options: StepOptions<State>) {
    this.from = from;
    this.#options = options;
  }

  add(label: string, change: Change<State>): void {
    const { copy, prefix = '' } = this.#options;
    const state = copy(this.from);
    const violations: string[] = [];
    const more = change(state, violations);
    this.all.push({ label: `${prefix}${label}${more === undefined ? '' : ` (${more})`}`, state, violations });
  }

  /** A step that may be taken only as often as the budget says. */
  spend(spending: Spending, label: string, change: Change<State>): void {
    const left = this.from.budget[spending] ?? 0;
    if (left === 0) return;
    this.add(label, (state, violations) => {
      state.budget[spending] = left - 1;
      return change(state, violations);
    });
  }
}
