/**
 * One write, followed through its ten steps: the steps of origin and edges by the times they stamped themselves, the
 * reads and the verdict by the lab. Nothing but the version of one content changes: it is given the title it already
 * has.
 *
 * All times are ms since the PUT was sent, by the lab's wall clock, whole. What a service stamped by a clock that is
 * certainly another one is told on the lab's (`trace-clocks.ts`), and the trace says so.
 */
import { contentId, contentKey } from '../../services/protocol/content.ts';
import { type Clock, toTimestamp } from '../../services/runtime/clock.ts';
import { InvalidInput, WorldFailed } from '../errors.ts';
import type { Clients } from '../system/clients.ts';
import { need } from '../system/edges/edge.ts';
import { isSettled } from '../system/settled.ts';
import type { World, WorldRegion } from '../worlds/world.ts';
import { TraceClocks } from './trace-clocks.ts';
import type { Trace, TraceServed } from './trace-schema.ts';
import { isSeen, toSteps } from './trace-steps.ts';
import { judgeTrace } from './trace-verdict.ts';
import { type TimedRead, untilSeen, type WatchOptions, watchOrigin, watchRegion } from './trace-watch.ts';

export interface TraceOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly id: number;
  /** Aborted before the PUT it throws; afterwards the trace ends as far as it got. */
  readonly signal: AbortSignal;
  /** The PUT was answered. */
  readonly onWritten?: (version: number) => void;
  /** How much longer than its region's delay a step may take. */
  readonly graceMs?: number;
}

export const TRACE_GRACE_MS = 5_000;
/**
 * What was healed a moment ago may still be felt: no fault's recovery takes as long, with the restart of what was
 * stopped.
 */
const WARM_UP_MS = 60_000;
const IDS_NAMED_MAX = 20;

/** `7` or `content:7` -> 7. Throws InvalidInput. */
export function parseTraceKey(text: string): number {
  const parsed = contentId.safeParse(text.replace(/^content:/, ''));
  if (!parsed.success) throw new InvalidInput(`expected a key such as 7 or content:7, got ${JSON.stringify(text)}`);
  return parsed.data;
}

/**
 * Throws InvalidInput when there is no such content, or an edge that tells no metrics, WorldFailed when the world does
 * not get ready, CallFailed when it refuses the write.
 */
export async function traceWrite(options: TraceOptions): Promise<Trace> {
  const { world, clients, clock, id, onWritten, graceMs = TRACE_GRACE_MS } = options;
  // Who cannot tell of its steps is refused before anything is written.
  for (const { region } of world.regions) need(clients.edge(region), 'metrics');
  const { title, version: before } = await findContent(clients, id);
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const clocks = new TraceClocks();
  const watch = { clients, clock, clocks, id, key: contentKey(id), before, signal };
  await warmUp({ ...watch, deadlineMs: WARM_UP_MS }, world.regions);
  const sentAt = clock.now();
  // Before the PUT is sent: where there is no delay, its invalidation may be applied before it is answered.
  const watched = Promise.all(world.regions.map((region) => watchRegion({ ...watch, deadlineMs: region.delayMs + graceMs }, region)));
  // It is awaited below; should it fail while the PUT is under way, that is no unhandled rejection.
  watched.catch(() => {});
  try {
    const { version } = await clients.update(id, { title });
    const answeredMs = clock.now() - sentAt;
    if (version !== before + 1) throw new WorldFailed(`expected version ${before + 1}, got ${version}: somebody else writes ${watch.key}`);
    onWritten?.(version);
    const published = await watchOrigin({ ...watch, deadlineMs: graceMs });
    const sights = await watched;
    const origin = await clients.originVersion(id).catch(() => undefined);
    const { verdict, reason } = judgeTrace({ key: watch.key, origin, regions: world.regions, sights, sentAt });
    const judgedAt = clock.now();
    const { steps, isLogOff } = toSteps({ id, before, sentAt, judgedAt, regions: world.regions, published, sights, clocks });
    return {
      key: watch.key,
      version,
      event: published?.id ?? null,
      sentAt: toTimestamp(sentAt),
      answeredMs,
      complete: steps.every(isSeen),
      clocks: [...clocks.others(), ...(isLogOff ? [{ of: 'kafka', aheadMs: null, withinMs: null }] : [])],
      steps,
      served: world.regions.map((region, at) => toServed(region, sights[at]?.reads ?? [], sentAt)),
      verdict,
      reason,
    };
  } finally {
    // A write that was refused leaves watches behind.
    ended.abort();
  }
}

async function findContent(clients: Clients, id: number): Promise<{ readonly title: string; readonly version: number }> {
  const contents = await clients.list();
  const found = contents.find((content) => content.id === id);
  if (found !== undefined) return found;
  const named = contents.slice(0, IDS_NAMED_MAX).map((content) => content.id);
  const more = contents.length > named.length ? ` and ${contents.length - named.length} more` : '';
  throw new InvalidInput(`expected the id of a content there is (${named.join(', ')}${more}), got ${id}`);
}

/**
 * Nothing is under way, and every region has the content in its cache: what the trace shows is the write and nothing
 * else.
 */
async function warmUp(options: WatchOptions, regions: readonly WorldRegion[]): Promise<void> {
  const { clients, id, key, deadlineMs, signal } = options;
  const settled = await untilSeen(options, async () => (await isSettled(clients, regions)) || undefined);
  signal.throwIfAborted();
  if (settled === undefined) throw new WorldFailed(`writes are still under way after ${deadlineMs} ms`);
  for (const { region } of regions) {
    const cached = await untilSeen(options, async () => {
      const { source, status } = await clients.edge(region).read(id);
      return (source === 'cache' && status === 'fresh') || undefined;
    });
    signal.throwIfAborted();
    if (cached === undefined) throw new WorldFailed(`${region} has not cached ${key} after ${deadlineMs} ms`);
  }
}

/** Repeats of one answer are one. */
function toServed({ region, strategy, delayMs }: WorldRegion, reads: readonly TimedRead[], sentAt: number): TraceServed {
  const answers = reads
    .filter((read, at) => labelOf(read) !== labelOf(reads[at - 1]))
    .map(({ endedAt, version, status, source }) => ({ ms: endedAt - sentAt, version, status, source }));
  return { region, strategy, delayMs, answers };
}

function labelOf(read: TimedRead | undefined): string {
  return read === undefined ? 'none' : `${read.version} ${read.status} ${read.source}`;
}
