/**
 * Watches a world: asks every service for its metrics twice a second, once where nothing has happened since; each at its own pace, so
 * that one that hangs holds up no other.
 */
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import type { Clients } from '../system/clients.ts';
import type { World } from '../worlds/world.ts';
import type { Observation, Seen } from './protocol.ts';

export interface ObserverOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly clock: Clock;
  /** ms since the start. */
  readonly t: () => number;
  readonly onObserved: (observation: Observation) => void;
}

interface Watched<Metrics> {
  readonly ask: (signal: AbortSignal) => Promise<Metrics>;
  readonly before: (observation: Observation) => Seen<Metrics> | undefined;
  readonly put: (seen: Seen<Metrics>, observation: Observation) => Observation;
  /** Stays the same as long as nothing happens. */
  readonly activity: (metrics: Metrics) => string;
}

const PERIOD_MS = 500;
const IDLE_PERIOD_MS = 1_000;
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
    this.#observation = { origin: unseen, regions: Object.fromEntries(regions.map(({ region }) => [region, unseen])) };
    this.#loops = this.#watchAll();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loops;
  }

  async #watchAll(): Promise<void> {
    const { clients, world } = this.#options;
    await Promise.all([
      this.#watch({
        ask: (signal) => clients.originMetrics(signal),
        before: ({ origin }) => origin,
        put: (origin, before) => ({ ...before, origin }),
        activity: ({ outbox, requests }) => `${outbox.pending} ${requests.writes}`,
      }),
      ...world.regions.map(({ region, url }) =>
        this.#watch({
          ask: async (signal) => {
            const saw = world.settings.of(region).look();
            const metrics = await clients.edgeMetrics(url, signal);
            saw(metrics);
            return metrics;
          },
          before: ({ regions }) => regions[region],
          put: (seen, before) => ({ ...before, regions: { ...before.regions, [region]: seen } }),
          activity: ({ metrics }) => `${metrics.totalRequests} ${metrics.totalInvalidations}`,
        }),
      ),
    ]);
  }

  async #watch<Metrics>({ ask, before, put, activity }: Watched<Metrics>): Promise<void> {
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
      const [now, then] = [seen.failures === 0 ? seen.metrics : undefined, last.metrics];
      const isIdle = now !== undefined && then !== undefined && activity(now) === activity(then);
      await sleep(clock, isIdle ? IDLE_PERIOD_MS : PERIOD_MS, signal);
    }
  }
}
