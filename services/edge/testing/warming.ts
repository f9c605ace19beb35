/** A warmer over a reader, a cache and an origin of tests (`reader.ts`), with a breaker of its own. */
import { createRandom } from '../../runtime/random.ts';
import { Breaker } from '../breaker.ts';
import { ObservedCache } from '../observed-cache.ts';
import { Popularity } from '../popularity.ts';
import { Reader } from '../reader.ts';
import { Warmer } from '../warmer.ts';
import { LIFETIMES, ReaderRig } from './reader.ts';

export interface WarmingRigOptions {
  readonly keys?: number;
  readonly concurrency?: number;
  readonly hasBreaker?: boolean;
}

export class WarmingRig {
  readonly edge = new ReaderRig();
  readonly observed = new ObservedCache(this.edge.cache);
  readonly breaker = new Breaker({ clock: this.edge.clock, random: createRandom(1) });
  readonly popularity: Popularity;
  readonly reader: Reader;
  readonly warmer: Warmer;
  isCatchingUp = false;
  isEager = true;

  constructor({ keys = 10, concurrency = 2, hasBreaker = true }: WarmingRigOptions = {}) {
    const { clock, origin, meter } = this.edge;
    this.popularity = new Popularity({ clock, keys });
    const upToDate = () => (this.isCatchingUp ? undefined : 0);
    this.reader = new Reader({
      cache: this.observed,
      origin,
      clock,
      meter,
      lifetimes: LIFETIMES,
      upToDate,
      ...(hasBreaker ? { breaker: this.breaker } : {}),
    });
    this.warmer = new Warmer({
      reader: this.reader,
      popularity: this.popularity,
      clock,
      random: createRandom(1),
      concurrency,
      isEager: () => this.isEager,
      upToDate,
      breaker: this.breaker,
    });
    this.observed.onLoss(this.warmer);
  }

  /** Contents 1 to `count` are read once through the origin, and counted: the lower an id, the more often. */
  async filled(count: number): Promise<this> {
    const { origin } = this.edge;
    for (let id = 1; id <= count; id += 1) {
      const reading = this.reader.read(id);
      await this.edge.clock.settle();
      origin.held(origin.fetches.length - 1).content(1, [`tag-${id}`]);
      await reading;
      for (let times = 0; times <= count - id; times += 1) this.popularity.count(id);
    }
    return this;
  }

  /** The ids fetched from that fetch on. */
  fetchedSince(at: number): readonly number[] {
    return this.edge.origin.fetches.slice(at).map(({ id }) => id);
  }

  get sent(): number {
    return this.edge.origin.fetches.length;
  }

  /** Long enough for its jitter. */
  async passMoment(): Promise<void> {
    await this.edge.clock.advance(60);
  }
}
