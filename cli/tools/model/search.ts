/**
 * Search over an explicit-state model. Breadth first visits every state and gives a shortest trace of what is violated;
 * random walks go deeper than breadth first can, and give some trace. A violation is a sentence that begins with its
 * kind: `age: …`.
 */
import { HashSet, hashOf } from './hash-set.ts';

export interface Step<State> {
  readonly label: string;
  readonly state: State;
  /** Violated by the step itself. */
  readonly violations: readonly string[];
}

/** States are plain data: two are the same state when their JSON is. */
export interface Model<State> {
  readonly init: () => State;
  readonly next: (state: State) => readonly Step<State>[];
  /** What the state violates. */
  readonly check: (state: State) => readonly string[];
}

export interface Violation {
  readonly message: string;
  /** Labels of the steps, from the first state on. */
  readonly trace: readonly string[];
}

/** Violations by kind. */
export type Violations = Readonly<Record<string, Violation>>;

export interface Searched {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** More states than `statesMax`: nothing found is no proof. */
  readonly isCapped: boolean;
  readonly violations: Violations;
}

export interface WalkOptions<State> {
  readonly model: Model<State>;
  readonly runs: number;
  readonly stepsMax: number;
  readonly seed: number;
  /** The weight of a step among those that are possible, by its label. */
  readonly weigh: (label: string) => number;
}

export interface WalkViolation extends Violation {
  /** Of which run the shortest trace is; the first is 0. */
  readonly run: number;
}

export interface Walked {
  readonly runs: number;
  readonly steps: number;
  readonly violations: Readonly<Record<string, WalkViolation>>;
}

const kindOf = (message: string) => message.split(':', 1)[0] ?? message;

/** The same model, of whose violations those of some kinds count. */
export function lookingAt<State>({ init, next, check }: Model<State>, isLookedAt: (kind: string) => boolean): Model<State> {
  const counted = (messages: readonly string[]) => messages.filter((message) => isLookedAt(kindOf(message)));
  return {
    init,
    next: (state) => next(state).map((step) => ({ ...step, violations: counted(step.violations) })),
    check: (state) => counted(check(state)),
  };
}

/** How each state was first reached. */
class Origins {
  readonly #parents: number[] = [-1];
  readonly #labels: string[] = [''];

  add(parent: number, label: string): number {
    this.#parents.push(parent);
    return this.#labels.push(label) - 1;
  }

  traceTo(id: number): readonly string[] {
    const labels: string[] = [];
    for (let at = id; at > 0; at = this.#parents[at] ?? 0) labels.push(this.#labels[at] ?? '');
    return labels.reverse();
  }
}

/**
 * Breadth first, until all states are visited, or a state is left whose steps violate something, or there are more than
 * `statesMax`.
 */
export function search<State>(model: Model<State>, statesMax: number): Searched {
  const seen = new HashSet();
  const origins = new Origins();
  const violations: Record<string, Violation> = {};
  let [transitions, depth] = [0, 0];
  const searched = (isCapped: boolean): Searched => ({ states: seen.size, transitions, depth, isCapped, violations });
  const note = (messages: readonly string[], from: number, label: string) => {
    for (const message of messages) violations[kindOf(message)] ??= { message, trace: [...origins.traceTo(from), label] };
  };
  const first = model.init();
  seen.add(hashOf(JSON.stringify(first)));
  let frontier: { readonly state: State; readonly id: number }[] = [{ state: first, id: 0 }];
  while (frontier.length > 0) {
    const reached: typeof frontier = [];
    for (const { state: from, id } of frontier) {
      for (const { label, state, violations: messages } of model.next(from)) {
        transitions += 1;
        note(messages, id, label);
        if (!seen.add(hashOf(JSON.stringify(state)))) continue;
        note(model.check(state), id, label);
        reached.push({ state, id: origins.add(id, label) });
      }
      if (Object.keys(violations).length > 0) return searched(false);
      if (seen.size > statesMax) return searched(true);
    }
    frontier = reached;
    depth += 1;
  }
  return searched(false);
}

/** Random walks from the first state; the same seed walks the same ways. Of each kind the shortest trace is kept. */
export function walk<State>({ model, runs, stepsMax, seed, weigh }: WalkOptions<State>): Walked {
  const violations: Record<string, WalkViolation> = {};
  const random = xorshift(seed);
  let steps = 0;
  for (let run = 0; run < runs; run += 1) {
    let state = model.init();
    const trace: string[] = [];
    while (trace.length < stepsMax) {
      const step = pick(model.next(state), weigh, random);
      if (step === undefined) break;
      steps += 1;
      trace.push(step.label);
      state = step.state;
      for (const message of [...step.violations, ...model.check(state)]) {
        const known = violations[kindOf(message)];
        if (known === undefined || known.trace.length > trace.length) violations[kindOf(message)] = { message, trace: [...trace], run };
      }
    }
  }
  return { runs, steps, violations };
}

function pick<State>(steps: readonly Step<State>[], weigh: (label: string) => number, random: () => number): Step<State> | undefined {
  if (steps.length === 0) return undefined;
  const weights = steps.map(({ label }) => weigh(label));
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, step] of steps.entries()) {
    left -= weights[index] ?? 0;
    if (left <= 0) return step;
  }
  return steps.at(-1);
}

/** A generator of its own, so that the walks of a seed stay what they are. */
function xorshift(seed: number): () => number {
  let word = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    word = (word ^ (word << 13)) >>> 0;
    word ^= word >>> 17;
    word = (word ^ (word << 5)) >>> 0;
    return word / 2 ** 32;
  };
}
