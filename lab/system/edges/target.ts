/**
 * A cache of others, as its target file says. Its answers tell by the stamps of the upstream whence they are: one that
 * no answer had before was fetched for this read. What there is to know of the log its purger tells.
 */
import { edgeMetrics, FETCH_DEADLINE_MS } from '../../../services/protocol/edge-api.ts';
import { filled } from '../../../services/protocol/purge-ways.ts';
import { type UpstreamMetrics, upstreamMetrics } from '../../../services/protocol/upstream-api.ts';
import { systemClock } from '../../../services/runtime/clock.ts';
import { toTargetRead } from '../../targets/read-answer.ts';
import type { Target } from '../../targets/target.ts';
import { Requests } from '../requests.ts';
import { CallFailed } from '../transport.ts';
import type { EdgeBounds, EdgeCapabilities, EdgeRead, EdgeUnderTest, OpenEdgeOptions } from './edge.ts';
import { settingsBy } from './own.ts';
import { ReadMeter } from './read-meter.ts';

export interface TargetAddress extends Pick<Target, 'name' | 'read' | 'label' | 'lifetime' | 'bound' | 'purges' | 'deliver'> {
  /** Left out: its own mechanism reads the log, and nobody tells what it has applied. */
  readonly purgerUrl?: string;
  /** No upstream of ours stands behind it: whence an answer is, its label alone tells. Left out: one does. */
  readonly isUnstamped?: true;
  /**
   * Its label is believed where it says that an answer was fetched. Left out: each answer says when its origin was
   * asked, or nobody knows.
   */
  readonly datedBy?: 'label';
  /** How long a purge may wait for its turn. Left out: none does. */
  readonly turnMs?: number;
  /** Of its upstream, where that counts its fetches by itself. Left out: the purger tells them. */
  readonly upstreamUrl?: string;
}

/** Of a cache without our stamps. What has no label may have been kept. */
const SOURCE_OF = { hit: 'cache', stale: 'cache', unlabelled: 'cache', miss: 'origin' } as const;
const JOIN_DEADLINE_MS = 1_000;
/** Stamps are numbers in the order of the fetches: what is so far behind the newest one has been seen. */
const STAMPS_MAX = 10_000;

export function targetEdge(target: TargetAddress, { transport, url, adminToken }: OpenEdgeOptions): Omit<EdgeUnderTest, 'region'> {
  const requests = new Requests(transport, url);
  const purger = target.purgerUrl === undefined ? undefined : new Requests(transport, target.purgerUrl);
  const upstream = target.upstreamUrl === undefined ? undefined : new Requests(transport, target.upstreamUrl);
  const stamps = new Stamps();
  const meter = new ReadMeter(systemClock);
  return {
    bounds: boundsOf(target),
    isToldByOther: true,
    read: async (id, signal) => {
      const sentMs = systemClock.monotonicMs();
      const answer = await requests.send({ method: 'GET', path: filled(target.read.path, { id: String(id) }), signal });
      const { version, found, label, fetch, askedAt, status } = toTargetRead(answer, target);
      if (version === undefined) throw new CallFailed(`expected a content or a 404 with its version, got ${status}`, true);
      const source = target.isUnstamped ? SOURCE_OF[label] : fetch === undefined || stamps.isNew(fetch) ? 'origin' : 'cache';
      const body = found ? bodyIn(answer.body) : undefined;
      const read: EdgeRead = { found, version, source, status: label === 'stale' ? 'stale' : 'fresh', cachedAt: askedAt, body };
      meter.saw(id, read, sentMs);
      return read;
    },
    can: purger === undefined ? {} : { metrics: metricsBy({ purger, upstream, meter }), settings: settingsBy(purger, adminToken) },
  };
}

interface Tellers {
  readonly purger: Requests;
  readonly upstream: Requests | undefined;
  readonly meter: ReadMeter;
}

/** Of the log by its purger, of reads by who reads here. */
function metricsBy({ purger, upstream, meter }: Tellers): NonNullable<EdgeCapabilities['metrics']> {
  return async (signal) => {
    const asks = { method: 'GET', path: '/metrics', signal } as const;
    const [ofPurger, ofUpstream] = await Promise.all([purger.expect(200, asks), upstream?.expect(200, asks)]);
    const told = {
      ...purger.parse(edgeMetrics, ofPurger),
      ...(upstream === undefined ? {} : fetchesOf(upstream.parse(upstreamMetrics, ofUpstream))),
    };
    const { metrics, ...seen } = meter.seen();
    return { ...told, ...seen, metrics: { ...told.metrics, ...metrics } };
  };
}

function fetchesOf({ fetches: { asked, failed } }: UpstreamMetrics): { readonly originFetches: number; readonly failedFetches: number } {
  return { originFetches: asked, failedFetches: failed };
}

/** Of the origin of the lab. */
function bodyIn(body: unknown): EdgeRead['body'] {
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined;
  const text = typeof data === 'object' && data !== null && 'body' in data ? data.body : undefined;
  return typeof text === 'string' ? text : undefined;
}

function boundsOf({ lifetime: freshMs, bound, deliver, turnMs, datedBy }: TargetAddress): EdgeBounds {
  const again = deliver.how === 'again' ? { againMs: deliver.afterMs.reduce((sum, ms) => sum + ms, 0) } : {};
  const dated = datedBy === undefined ? {} : { datedBy };
  const paced = turnMs === undefined ? {} : { turnMs };
  const bounded = bound === undefined ? {} : { leaseMs: bound, skewMs: 0 };
  const others = { staleMissing: true, joins: true } as const;
  return {
    fetchDeadlineMs: FETCH_DEADLINE_MS,
    joinDeadlineMs: JOIN_DEADLINE_MS,
    freshMs,
    ...others,
    ...again,
    ...dated,
    ...paced,
    ...bounded,
  };
}

class Stamps {
  readonly #seen = new Set<number>();
  #newest = 0;

  isNew(stamp: number): boolean {
    if (stamp <= this.#newest - STAMPS_MAX || this.#seen.has(stamp)) return false;
    this.#seen.add(stamp);
    this.#newest = Math.max(this.#newest, stamp);
    if (this.#seen.size > 2 * STAMPS_MAX) for (const old of this.#seen) if (old <= this.#newest - STAMPS_MAX) this.#seen.delete(old);
    return true;
  }
}
