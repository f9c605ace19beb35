/** Lookups in Redis: those of one turn go together, some to a script, and what is answered again is parsed once. */
import type { z } from 'zod';
import { CacheUnavailable, type Lookup } from './cache.ts';
import { LOOKUP } from './lua/lookup.ts';
import { ParsedEntries } from './parsed-entries.ts';
import { lookupAnswer, parsed } from './redis-answers.ts';
import { type CallOptions, lookupCall } from './redis-calls.ts';
import type { RedisConnection } from './redis-connection.ts';
import { type Outcome, outcomeOf, TurnBatches } from './turn-batches.ts';

/** One script: meanwhile Redis does nothing else, and none of them is answered before the last is. */
const KEYS_MAX = 16;

export class RedisLookups {
  readonly #connection: RedisConnection;
  readonly #callOptions: () => CallOptions;
  readonly #entries = new ParsedEntries();
  readonly #batches = new TurnBatches<Lookup>((keys) => this.#ask(keys), KEYS_MAX);

  constructor(connection: RedisConnection, callOptions: () => CallOptions) {
    this.#connection = connection;
    this.#callOptions = callOptions;
  }

  of(key: string): Promise<Lookup> {
    return this.#batches.ask(key);
  }

  async #ask(keys: readonly string[]): Promise<readonly Outcome<Lookup>[]> {
    const session = this.#connection.session();
    // A write of its own: calls that are pipelined by themselves are answered when the last of their turn is.
    const [answer] = await session.callAll(LOOKUP, [lookupCall(keys, this.#callOptions())]);
    const [clock, beat, found] = parsed(lookupAnswer, answer);
    const common = { clock, life: session.life, ...(beat === null ? {} : { beat }) };
    return keys.map((key, at) => outcomeOf(() => ({ ...common, ...this.#foundOf(key, found[at]) })));
  }

  #foundOf(key: string, found: z.infer<typeof lookupAnswer>[2][number] | undefined): Pick<Lookup, 'state' | 'fence' | 'entry'> {
    if (found === undefined || typeof found === 'string')
      throw new CacheUnavailable(`lookup: ${found ?? 'expected an answer for each key'}`);
    const [state, fence, body] = found;
    return { state, fence, entry: body === null ? null : this.#entries.parse(key, body) };
  }
}
