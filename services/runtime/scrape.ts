/** Metrics in Prometheus text (prom-client, owned by this file): base units, seconds, `_total` for counters. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { EventLoop } from '../protocol/process.ts';

export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/**
 * What `Accept` must prefer to JSON. With its version, for Prometheus asks for that one: a plain `text/plain` would
 * lose to the `*\/*` at the end of its list.
 */
export const PROMETHEUS_ACCEPTED = 'text/plain;version=0.0.4';

const MS_PER_S = 1000;

type Labels = Readonly<Record<string, string>>;

export function toSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / MS_PER_S;
}

/** One scrape: filled from a snapshot and rendered, so there is one set of counters, not two. */
export class Scrape {
  readonly #registry = new Registry();

  constructor(labels: Labels = {}) {
    this.#registry.setDefaultLabels(labels);
  }

  count(name: string, help: string, value: number, labels: Labels = {}): void {
    const known = this.#registry.getSingleMetric(name);
    const counter =
      known instanceof Counter ? known : new Counter({ name, help, labelNames: Object.keys(labels), registers: [this.#registry] });
    counter.inc(labels, value);
  }

  /** null: not known, and left out. */
  gauge(name: string, help: string, value: number | null, labels: Labels = {}): void {
    if (value === null) return;
    const known = this.#registry.getSingleMetric(name);
    const gauge = known instanceof Gauge ? known : new Gauge({ name, help, labelNames: Object.keys(labels), registers: [this.#registry] });
    gauge.set(labels, value);
  }

  /** `prefix`: of the service, as in `edgesync_edge`. null: nobody looks. */
  eventLoop(prefix: string, loop: EventLoop | null): void {
    if (loop === null) return;
    this.count(`${prefix}_event_loop_late_seconds_total`, 'By how much its timers ran late.', loop.lateMs / MS_PER_S);
    this.gauge(`${prefix}_event_loop_late_seconds_max`, 'The most they ran late within a moment.', loop.lateMsMax / MS_PER_S);
    if (loop.waitedMs !== null)
      this.count(`${prefix}_processor_wait_seconds_total`, 'Ready to run while no processor was free.', loop.waitedMs / MS_PER_S);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
