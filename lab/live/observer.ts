/**
 * Watches a world: asks every service for its metrics twice a second, once where nothing has happened since; each at
 * its own pace, so that one that hangs holds up no other. A run asks all of them together (`run/metrics-poller.ts`).
 */
import { sleep } from '../../services/runtime/clock.ts';
import type { ServiceLooks } from '../session/service-looks.ts';
import type { Session } from '../session/session.ts';
import type { Observation, Seen } from './protocol.ts';

export interface ObserverOptions {
  readonly session: Session;
  readonly looks: ServiceLooks;
  readonly onObserved: (observation: Observation) => void;
}

interface Watched<Metrics> {
  /** undefined: no answer. */
  readonly ask: (signal: AbortSignal) => Promise<Metrics | undefined>;
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
    const { regions } = options.session.world;
    this.#observation = { origin: unseen, regions: Object.fromEntries(regions.map(({ region }) => [region, unseen])) };
    this.#loops = this.#watchAll();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#options.looks.close();
    await this.#loops;
  }

  async #watchAll(): Promise<void> {
    const { looks, session } = this.#options;
    await Promise.all([
      this.#watch({
        ask: (signal) => looks.origin(signal),
        before: ({ origin }) => origin,
        put: (origin, before) => ({ ...before, origin }),
        activity: ({ outbox, requests }) => `${outbox.pending} ${requests.writes}`,
      }),
      // An edge that tells no metrics is shown without any.
      ...session.world.regions
        .filter((region) => looks.tells(region))
        .map((watched) =>
          this.#watch({
            ask: (signal) => looks.edge(watched, signal),
            before: ({ regions }) => regions[watched.region],
            put: (seen, before) => ({ ...before, regions: { ...before.regions, [watched.region]: seen } }),
            activity: ({ metrics }) => `${metrics.totalRequests} ${metrics.totalInvalidations}`,
          }),
        ),
    ]);
  }

  async #watch<Metrics>({ ask, before, put, activity }: Watched<Metrics>): Promise<void> {
    const { session, onObserved } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const last = before(this.#observation) ?? { metrics: undefined, answeredMs: undefined, failures: 0 };
      const metrics = await ask(AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]));
      if (signal.aborted) return;
      const seen: Seen<Metrics> =
        metrics === undefined ? { ...last, failures: last.failures + 1 } : { metrics, answeredMs: Math.round(session.t()), failures: 0 };
      this.#observation = put(seen, this.#observation);
      onObserved(this.#observation);
      const isIdle = metrics !== undefined && last.metrics !== undefined && activity(metrics) === activity(last.metrics);
      await sleep(session.clock, isIdle ? IDLE_PERIOD_MS : PERIOD_MS, signal);
    }
  }
}
