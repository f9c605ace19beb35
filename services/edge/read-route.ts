/** The route that nearly every request takes: a read, and its answer as HTTP says it. */
import type { ReadLabel } from '../protocol/edge-api.ts';
import { type Clock, toTimestamp } from '../runtime/clock.ts';
import { matchesEtag, opaqueTag } from '../runtime/conditions.ts';
import { idOf } from '../runtime/content-id.ts';
import type { HttpAnswer, Route } from '../runtime/route.ts';
import type { EntryLifetimes } from './entry-times.ts';
import type { Answer } from './labels.ts';
import type { Term } from './lease.ts';
import type { EdgeMeter, ReadOutcome } from './metrics.ts';
import type { Reader } from './reader.ts';
import type { Warming } from './warming.ts';
import { writtenAs } from './written-content.ts';

export interface ReadRouteOptions {
  readonly region: string;
  readonly reader: Pick<Reader, 'read' | 'readNow'>;
  readonly meter: Pick<EdgeMeter, 'recordRead'>;
  readonly lifetimes: EntryLifetimes;
  readonly clock: Clock;
  /** Left out: nobody counts which contents are read. */
  readonly warming?: Pick<Warming, 'countRead'> | undefined;
}

interface AnswerOptions extends ReadRouteOptions {
  /** `cache-control` of contents, and of ids that are not there. */
  readonly cacheControl: { readonly found: string; readonly missing: string };
}

const MS_PER_S = 1000;

export function readContent(read: ReadRouteOptions): Route['handle'] {
  const { reader, meter, clock, warming } = read;
  const options = { ...read, cacheControl: cacheControlOf(read.lifetimes) };
  return (request) => {
    const id = idOf(request);
    const startedAt = clock.monotonicMs();
    const tell = (answer: Answer) => {
      const latencyMs = clock.monotonicMs() - startedAt;
      meter.recordRead(outcomeOf(answer), latencyMs);
      warming?.countRead(id, answer.entry.content !== null);
      return toHttpAnswer(options, answer, latencyMs, request.header('if-none-match'));
    };
    const held = reader.readNow(id);
    if (held !== undefined) return tell(held);
    return reader.read(id).then(tell, (error: unknown) => {
      meter.recordRead('error', clock.monotonicMs() - startedAt);
      throw error;
    });
  };
}

function outcomeOf({ source, status }: Answer): ReadOutcome {
  if (source === 'origin') return 'miss';
  return status === 'stale' ? 'stale' : 'hit';
}

function toHttpAnswer(options: AnswerOptions, answer: Answer, latencyMs: number, ifNoneMatch: string | undefined): HttpAnswer {
  const { entry, source, status } = answer;
  const label: ReadLabel = {
    source,
    status,
    region: options.region,
    latency_ms: Math.round(latencyMs * 1000) / 1000,
    cached_at: toTimestamp(entry.fetchedAt),
  };
  const headers = cacheHeaders(options, answer);
  if (entry.content === null) {
    const error = entry.version === 0 ? 'content not found' : `content deleted at version ${entry.version}`;
    return { status: 404, headers, body: { success: false, error, code: 'not_found', version: entry.version, ...label } };
  }
  // Weak: the envelope around the content differs from answer to answer.
  const etag = `W/${opaqueTag(entry.etag)}`;
  headers['etag'] = etag;
  if (matchesEtag(ifNoneMatch, etag)) return { status: 304, headers };
  const body = { success: true, data: entry.content, ...label };
  return { status: 200, headers, body, json: () => writtenAs(entry, label) };
}

/** Cache-Status of RFC 9211, Age of RFC 9111. */
function cacheHeaders(options: AnswerOptions, answer: Answer): Record<string, string> {
  const { entry, source, status, forwarded, term } = answer;
  const { region, clock, cacheControl } = options;
  const now = clock.now();
  let cacheStatus = `edgesync-${region}`;
  if (source === 'cache') {
    const ttlS = seconds(Math.min(entry.freshUntil, term?.until ?? entry.freshUntil) - now);
    cacheStatus += `; hit; ttl=${status === 'stale' ? Math.min(ttlS, -1) : ttlS}`;
  }
  if (status === 'stale') cacheStatus += term?.isOut ? '; detail=lease' : '; detail=stale';
  if (forwarded !== undefined) {
    cacheStatus += `; fwd=${forwarded.reason}`;
    if (forwarded.stored) cacheStatus += '; stored';
    if (forwarded.collapsed) cacheStatus += '; collapsed';
  }
  return {
    'cache-status': cacheStatus,
    'cache-control': term === undefined ? (entry.content === null ? cacheControl.missing : cacheControl.found) : leased(answer, term),
    age: String(Math.max(0, seconds(now - entry.fetchedAt))),
  };
}

/**
 * What a cache below may do where there is a lease: it stops when this edge stops, but for what rounding adds to `age`.
 * So it may not keep what is stale here, and nothing is said of stale answers: a cache below serves them without a
 * label.
 */
function leased({ entry: { freshUntil, fetchedAt }, status }: Answer, { until }: Term): string {
  const keptS = status === 'stale' ? 0 : Math.max(0, seconds(Math.min(freshUntil, until) - fetchedAt) - 1);
  return `public, max-age=0, s-maxage=${keptS}`;
}

/**
 * The stale directives of RFC 5861. `max-age=0`: this edge is the shared cache; a browser that kept its own copy would
 * not hear of an invalidation.
 */
function cacheControlOf({ freshMs, negativeMs, staleWhileRevalidateMs, staleIfErrorMs }: EntryLifetimes): AnswerOptions['cacheControl'] {
  const stale = `stale-while-revalidate=${seconds(staleWhileRevalidateMs)}, stale-if-error=${seconds(staleIfErrorMs)}`;
  const lasting = (ms: number) => `public, max-age=0, s-maxage=${seconds(ms)}, ${stale}`;
  return { found: lasting(freshMs), missing: lasting(negativeMs) };
}

function seconds(ms: number): number {
  return Math.floor(ms / MS_PER_S);
}
