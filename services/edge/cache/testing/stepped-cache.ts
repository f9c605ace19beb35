/** A cache whose calls take effect at once, and resolve when the test says so: what an edge has over a connection. */
import {
  type Application,
  type ApplyOutcome,
  type CacheEntry,
  CacheUnavailable,
  type EdgeCache,
  type FillOutcome,
  type Lookup,
  type Stamp,
} from '../cache.ts';
import { DecoratedCache } from '../decorated.ts';

interface Call {
  readonly name: string;
  readonly isDone: Promise<void>;
  resolve(): void;
  fail(): void;
}

export class SteppedCache extends DecoratedCache {
  /** Calls resolve on their own while this is off. */
  isHeld = false;
  /** How many lookups came here. */
  lookups = 0;
  readonly #calls: Call[] = [];
  readonly #listeners: (() => void)[] = [];

  constructor(cache: EdgeCache) {
    super(cache);
    cache.onNewLife(() => {
      if (!this.isHeld) this.tellNewLife();
    });
  }

  /** What is under way, in the order in which it was sent. */
  get underWay(): readonly string[] {
    return this.#calls.map(({ name }) => name);
  }

  /** The outcome arrives at whoever called, of the call at that place. */
  resolve(at = 0): Promise<void> {
    return this.#end(at, (call) => call.resolve());
  }

  /** No outcome arrives, though the call had its effect. */
  fail(at = 0): Promise<void> {
    return this.#end(at, (call) => call.fail());
  }

  tellNewLife(): void {
    for (const listener of this.#listeners) listener();
  }

  override onNewLife(listener: () => void): void {
    this.#listeners.push(listener);
  }

  override lookup(key: string): Promise<Lookup> {
    this.lookups += 1;
    return this.#hold(`lookup ${key}`, super.lookup(key));
  }

  override fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    return this.#hold('fill', super.fill(key, entry, stamp));
  }

  override apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    return this.#hold('apply', super.apply(batch));
  }

  override raiseMinimums(versions: ReadonlyMap<string, number>): Promise<void> {
    return this.#hold('raiseMinimums', super.raiseMinimums(versions));
  }

  override flush(): Promise<void> {
    return this.#hold('flush', super.flush());
  }

  override forgetLog(generation: string): Promise<string | undefined> {
    return this.#hold('forgetLog', super.forgetLog(generation));
  }

  #hold<T>(name: string, outcome: Promise<T>): Promise<T> {
    if (!this.isHeld) return outcome;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const isDone = promise.then(
      () => {},
      () => {},
    );
    const fail = () => reject(new CacheUnavailable('no answer'));
    this.#calls.push({ name, isDone, resolve: () => void outcome.then(resolve, reject), fail });
    return promise;
  }

  async #end(at: number, end: (call: Call) => void): Promise<void> {
    const [call] = this.#calls.splice(at, 1);
    if (call === undefined) throw new RangeError(`expected a call at ${at} that is under way, got none`);
    end(call);
    await call.isDone;
    // Whoever waited for it goes on before the test does.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
