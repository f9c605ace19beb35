/**
 * Asks the services of a session for their metrics, and takes what they tell: settings for the world, which gives an
 * edge again what it has lost; everything else for whoever writes it down.
 */
import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../services/protocol/origin-api.ts';
import type { WorldRegion } from '../worlds/world.ts';
import type { LogWatch } from './log-watch.ts';
import type { Session } from './session.ts';

export interface ServiceLooksOptions {
  readonly session: Pick<Session, 'world' | 'clients'>;
  readonly watch: LogWatch;
}

export class ServiceLooks {
  readonly #options: ServiceLooksOptions;
  #isClosed = false;

  constructor(options: ServiceLooksOptions) {
    this.#options = options;
  }

  /** undefined: it did not answer, or nobody wants to know any more. */
  async origin(signal?: AbortSignal): Promise<OriginMetrics | undefined> {
    const { session, watch } = this.#options;
    const askedMs = watch.asks();
    const metrics = await session.clients.originMetrics(signal).catch(() => undefined);
    if (metrics === undefined || this.#isClosed) return undefined;
    watch.sawOrigin(metrics, askedMs);
    return metrics;
  }

  /** Whether the edge of a region tells metrics at all: another one is not worth asking. */
  tells({ region }: WorldRegion): boolean {
    return this.#options.session.clients.edge(region).can.metrics !== undefined;
  }

  /** undefined: it did not answer, or nobody wants to know any more. */
  async edge({ region }: WorldRegion, signal?: AbortSignal): Promise<EdgeMetrics | undefined> {
    const { session, watch } = this.#options;
    const saw = session.world.settings.of(region).look();
    const askedMs = watch.asks();
    const edge = session.clients.edge(region);
    const metrics = await edge.can.metrics?.(signal).catch(() => undefined);
    if (metrics === undefined || this.#isClosed) return undefined;
    saw(metrics);
    watch.sawEdge(region, metrics, { askedMs, isToldByOther: edge.isToldByOther });
    return metrics;
  }

  /** Nothing that is answered from now on is taken. */
  close(): void {
    this.#isClosed = true;
  }
}
