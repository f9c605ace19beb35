/** What is done one after the other: a turn begins when the one before has ended, whether that went well or not. */
export class Turns {
  #last: Promise<void> = Promise.resolve();
  #isTaken = false;
  #revision = 0;

  /** No turn is under way. */
  get isIdle(): boolean {
    return !this.#isTaken;
  }

  /** Another one when a turn begins and when it ends. */
  get revision(): number {
    return this.#revision;
  }

  /** Ends as `act` does. */
  take(act: () => Promise<void>): Promise<void> {
    const done = this.#last.then(async () => {
      this.#isTaken = true;
      this.#revision += 1;
      try {
        await act();
      } finally {
        this.#isTaken = false;
        this.#revision += 1;
      }
    });
    this.#last = done.catch(() => {});
    return done;
  }
}
