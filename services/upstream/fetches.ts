/** The fetches of a cache that an upstream has passed on, and the answers among them that are held back. */
import type { HoldPlace, UpstreamFetch } from '../protocol/upstream-api.ts';
import type { Clock } from '../runtime/clock.ts';

export type Fetch = { -readonly [Key in keyof UpstreamFetch]: UpstreamFetch[Key] };

export interface Hold {
  /** Resolves when an answer waits there. */
  readonly reached: Promise<UpstreamFetch>;
  /** Lets it go; whoever was not reached passes. */
  release(): void;
}

/** As the one sees it who has the answer. */
export interface WaitingHold {
  readonly path: string;
  readonly at: HoldPlace;
  /** To be called when the answer waits. */
  readonly reach: (fetch: UpstreamFetch) => void;
  readonly until: Promise<void>;
}

const FETCHES_MAX = 10_000;

export class Fetches {
  readonly #clock: Pick<Clock, 'now'>;
  #holds: WaitingHold[] = [];
  #fetches: Fetch[] = [];
  #count = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** The last ones, oldest first. */
  of(path: string): readonly UpstreamFetch[] {
    return this.#fetches.filter((fetch) => fetch.path === path);
  }

  begin(path: string, { conditional }: Pick<UpstreamFetch, 'conditional'>): Fetch {
    this.#count += 1;
    const fetch: Fetch = {
      number: this.#count,
      path,
      conditional,
      askedAt: this.#clock.now(),
      status: undefined,
      endedAt: undefined,
    };
    this.#fetches.push(fetch);
    if (this.#fetches.length > FETCHES_MAX) this.#fetches = this.#fetches.slice(-FETCHES_MAX / 2);
    return fetch;
  }

  /** Its answer was sent whole. */
  end(fetch: Fetch): void {
    fetch.endedAt = this.#clock.now();
  }

  /** The answer to the next fetch of the path that no other hold takes. */
  hold(path: string, at: HoldPlace): Hold {
    const reached = Promise.withResolvers<UpstreamFetch>();
    const released = Promise.withResolvers<void>();
    const hold: WaitingHold = { path, at, reach: reached.resolve, until: released.promise };
    this.#holds.push(hold);
    const release = () => {
      this.#holds = this.#holds.filter((other) => other !== hold);
      released.resolve();
    };
    return { reached: reached.promise, release };
  }

  /** The hold that an answer for that path falls into: none other does. undefined: it passes. */
  take(path: string): WaitingHold | undefined {
    const hold = this.#holds.find((waiting) => waiting.path === path);
    if (hold !== undefined) this.#holds = this.#holds.filter((other) => other !== hold);
    return hold;
  }
}
