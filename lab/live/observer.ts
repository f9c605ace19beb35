/** Watches a world: asks every service for its metrics twice a second, each at its own pace, so that one that hangs holds up no other. */
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import type { Clients } from '../clients.ts';
import type { World } from '../worlds/world.ts';
import type { Observation, Seen } from './live-lab.ts';

export interface ObserverOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly clock: Clock;
  /** ms since the start. */
  readonly t: () => number;
  readonly onObserved: (observation: Observation) => void;
}

const PERIOD_MS = 500;
const ANSWER_MS_MAX = 2_500;

export class Observer {
  readonly #options: ObserverOptions;
  readonly #closing = new AbortController();
  readonly #loops: Promise<void>;
  #observation: Observation;

  constructor(options: ObserverOptions) {
    this.#options = options;
    const unseen = { metrics: undefined, answeredMs: undefined, failures: 0 };
    const { regions } = options.world;
    this.#observation = { origin: unseen, regions: new Map(regions.map(({ region }) => [region, unseen])) };
    this.#loops = this.#watchAll();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loops;
  }

  async #watchAll(): Promise<void> {
    const { clients, world } = this.#options;
    await Promise.all([
      this.#watch(
        (signal) => clients.originMetrics(signal),
        ({ origin }) => origin,
        (origin, before) => ({ ...before, origin }),
      ),
      ...world.regions.map(({ region, url }) =>
        this.#watch(
          (signal) => clients.edgeMetrics(url, signal),
          ({ regions }) => regions.get(region),
          (seen, before) => ({ ...before, regions: new Map(before.regions).set(region, seen) }),
        ),
      ),
    ]);
  }

  async #watch<Metrics>(
    ask: (signal: AbortSignal) => Promise<Metrics>,
    before: (observation: Observation) => Seen<Metrics> | undefined,
    put: (seen: Seen<Metrics>, observation: Observation) => Observation,
  ): Promise<void> {
    const { clock, t, onObserved } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const last = before(this.#observation) ?? { metrics: undefined, answeredMs: undefined, failures: 0 };
      const seen = await ask(AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)])).then(
        (metrics): Seen<Metrics> => ({ metrics, answeredMs: t(), failures: 0 }),
        (): Seen<Metrics> => ({ ...last, failures: last.failures + 1 }),
      );
      if (signal.aborted) return;
      this.#observation = put(seen, this.#observation);
      onObserved(this.#observation);
      await sleep(clock, PERIOD_MS, signal);
    }
  }
}
