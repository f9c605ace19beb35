/**
 * Questions of one turn of the event loop, sent together: those that arrive on many sockets at once need one write.
 * What several ask is asked once. A batch is closed before it is sent, so nobody joins a question that may have been
 * answered before he came.
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
  #open: Map<string, Asked<T>> | undefined;

  /** `send`: the outcomes in the order of the questions; rejects where none of them has an answer. */
  constructor(send: (questions: readonly string[]) => Promise<readonly Outcome<T>[]>) {
    this.#send = send;
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
      void this.#settle(batch);
    });
    return batch;
  }

  async #settle(batch: ReadonlyMap<string, Asked<T>>): Promise<void> {
    const all = [...batch.values()];
    try {
      const outcomes = await this.#send([...batch.keys()]);
      for (const [at, { settle }] of all.entries())
        settle(outcomes[at] ?? { error: new Error(`expected ${all.length} outcomes, got ${outcomes.length}`) });
    } catch (error) {
      for (const { settle } of all) settle({ error });
    }
  }
}
