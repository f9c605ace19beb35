/** Lookups in Redis: those of one turn go together, and an entry that is answered again is not parsed again. */
import type { Lookup } from './cache.ts';
import { LOOKUP } from './lua/lookup.ts';
import { ParsedEntries } from './parsed-entries.ts';
import { lookupAnswer, parsed } from './redis-answers.ts';
import { type CallOptions, lookupCall } from './redis-calls.ts';
import type { RedisConnection } from './redis-connection.ts';
import { type Outcome, outcomeOf, TurnBatches } from './turn-batches.ts';

export class RedisLookups {
  readonly #connection: RedisConnection;
  readonly #callOptions: () => CallOptions;
  readonly #entries = new ParsedEntries();
  readonly #batches = new TurnBatches<Lookup>((keys) => this.#ask(keys));

  constructor(connection: RedisConnection, callOptions: () => CallOptions) {
    this.#connection = connection;
    this.#callOptions = callOptions;
  }

  of(key: string): Promise<Lookup> {
    return this.#batches.ask(key);
  }

  async #ask(keys: readonly string[]): Promise<readonly Outcome<Lookup>[]> {
    const session = this.#connection.session();
    const options = this.#callOptions();
    const calls = keys.map((key) => lookupCall(key, options));
    const outcomes = await session.callEach(LOOKUP, calls);
    return keys.map((key, at) => outcomeOf(() => this.#found(key, outcomes[at]?.(), session.life)));
  }

  #found(key: string, answer: unknown, life: string): Lookup {
    const [state, clock, fence, body, beat] = parsed(lookupAnswer, answer);
    const found = { state, entry: body === null ? null : this.#entries.parse(key, body), clock, life, fence };
    return beat === null ? found : { ...found, beat };
  }
}
