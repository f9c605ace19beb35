/** The last few of many, newest first: what `/metrics` tells of single events beside its counters. */
export const RECENT_MAX = 20;

export class Recent<T> {
  readonly #items: T[] = [];

  add(item: T): void {
    this.#items.unshift(item);
    if (this.#items.length > RECENT_MAX) this.#items.pop();
  }

  /** A copy: it stands still while more are added. */
  list(): T[] {
    return [...this.#items];
  }
}
