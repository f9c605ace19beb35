/**
 * Questions of one turn of the event loop, sent together: those that arrive on many sockets at once need few calls.
 * What several ask is asked once. A batch is closed before it is sent, so nobody joins a question that may have been
 * answered before he came. A large batch is sent in parts, each a call of its own: the part that is answered too late
 * takes no answer from the others, and the first does not wait for the last.
 */
export type Outcome<T> = { readonly answer: T } | { readonly error: unknown };

export function outcomeOf<T>(answer: () => T): Outcome<T> {
  try {
    return { answer: answer() };
  } catch (error) {
    return { error };
  }
}

interface Asked<T> {
  readonly promise: Promise<T>;
  readonly settle: (outcome: Outcome<T>) => void;
}

export class TurnBatches<T> {
  readonly #send: (questions: readonly string[]) => Promise<readonly Outcome<T>[]>;
  readonly #partMax: number;
  #open: Map<string, Asked<T>> | undefined;

  /**
   * `send`: the outcomes in the order of the questions, at most `partMax` of them; rejects where none of them has an
   * answer.
   */
  constructor(send: (questions: readonly string[]) => Promise<readonly Outcome<T>[]>, partMax: number) {
    this.#send = send;
    this.#partMax = partMax;
  }

  ask(question: string): Promise<T> {
    const batch = this.#open ?? this.#begin();
    const known = batch.get(question);
    if (known !== undefined) return known.promise;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const settle = (outcome: Outcome<T>) => ('error' in outcome ? reject(outcome.error) : resolve(outcome.answer));
    batch.set(question, { promise, settle });
    return promise;
  }

  #begin(): Map<string, Asked<T>> {
    const batch = new Map<string, Asked<T>>();
    this.#open = batch;
    setImmediate(() => {
      this.#open = undefined;
      const all = [...batch];
      for (let at = 0; at < all.length; at += this.#partMax) void this.#settle(all.slice(at, at + this.#partMax));
    });
    return batch;
  }

  async #settle(part: readonly (readonly [question: string, asked: Asked<T>])[]): Promise<void> {
    try {
      const outcomes = await this.#send(part.map(([question]) => question));
      for (const [at, [, { settle }]] of part.entries())
        settle(outcomes[at] ?? { error: new Error(`expected ${part.length} outcomes, got ${outcomes.length}`) });
    } catch (error) {
      for (const [, { settle }] of part) settle({ error });
    }
  }
}
