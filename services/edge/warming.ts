/** The parts of warming, put together: what counts reads, the cache that tells what it has lost, and the warmer. */
import type { EdgeMetrics } from '../protocol/edge-api.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { Breaker } from './breaker.ts';
import type { EdgeCache } from './cache/cache.ts';
import { ObservedCache } from './observed-cache.ts';
import { Popularity } from './popularity.ts';
import type { Reader } from './reader.ts';
import type { EdgeSettings } from './settings.ts';
import { Warmer } from './warmer.ts';

export interface WarmingConfig {
  readonly WARM_KEYS: number;
  readonly WARM_CONCURRENCY: number;
}

export interface WarmingPorts {
  readonly cache: EdgeCache;
  readonly clock: Clock;
  readonly random: Random;
}

export interface WarmingParts {
  /** Over the cache of this warming. */
  readonly reader: Reader;
  readonly breaker: Breaker | undefined;
  readonly settings: EdgeSettings;
  /** undefined while catching up. */
  readonly upToDate: () => number | undefined;
}

export class Warming {
  /** What the edge is to work with. */
  readonly cache: ObservedCache;
  readonly #config: WarmingConfig;
  readonly #ports: WarmingPorts;
  readonly #popularity: Popularity;
  #warmer: Warmer | undefined;

  constructor(config: WarmingConfig, ports: WarmingPorts) {
    this.#config = config;
    this.#ports = ports;
    this.cache = new ObservedCache(ports.cache);
    this.#popularity = new Popularity({ clock: ports.clock, keys: config.WARM_KEYS });
  }

  start({ reader, breaker, settings, upToDate }: WarmingParts): void {
    const { clock, random } = this.#ports;
    this.#warmer = new Warmer({
      reader,
      popularity: this.#popularity,
      clock,
      random: random.fork('warming'),
      concurrency: this.#config.WARM_CONCURRENCY,
      isEager: () => settings.strategy === 'eager',
      upToDate,
      breaker,
    });
    this.cache.onLoss(this.#warmer);
  }

  /** `isFound`: the answer was a content. */
  countRead(id: number, isFound: boolean): void {
    if (isFound) this.#popularity.count(id);
    else this.#popularity.forget(id);
  }

  told(): EdgeMetrics['warming'] {
    return this.#warmer?.told();
  }

  close(): void {
    this.#warmer?.close();
  }
}
