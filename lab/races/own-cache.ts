/**
 * Our own edge as a raced cache, in whatever world it runs. It hears of writes by the log; a purge is taken when the
 * edge has applied what is in the log.
 */

import { contentKey } from '../../services/protocol/content.ts';
import type { InvalidationType } from '../../services/protocol/invalidation.ts';
import { PURGE_MODES, PURGE_TYPES } from '../../services/protocol/purge-ways.ts';
import { NoAnswer } from '../../services/runtime/asker.ts';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import { type EdgeRead, type EdgeUnderTest, need } from '../system/edges/edge.ts';
import type { OriginRequests } from '../system/origin.ts';
import { isInTouch } from '../system/settled.ts';
import { CallFailed } from '../system/transport.ts';
import type { TargetRead } from '../targets/read-answer.ts';
import type { RacedCache, RacedContent } from './raced-cache.ts';

export interface OwnCacheOptions extends Pick<RacedCache, 'ended' | 'close'> {
  readonly edge: EdgeUnderTest;
  readonly origin: Pick<OriginRequests, 'purge' | 'originMetrics'>;
  readonly clock: Clock;
}

const DEADLINE_MS = 8_000;
const LOOK_MS = 5;
const FOUND = 200;
const MISSING = 404;

/**
 * A write purges its key by the strategy of the edge. The purges that are raced come after it, and say what they are.
 */
export function ownCache({ edge, origin, clock, ended, close }: OwnCacheOptions): RacedCache {
  return {
    ways: PURGE_TYPES.flatMap((type) => PURGE_MODES.map((mode) => ({ mode, type }))),
    backend: 'our upstream',
    read: (id, { onSent }) => {
      onSent();
      return answered(edge.read(id).then(toTargetRead));
    },
    purge: async ({ mode, type }, content, { onSent }) => {
      onSent();
      await answered(origin.purge({ type, target: targetOf(type, content), mode }));
      await untilApplied({ edge, origin, clock });
      return { isTaken: true, text: `the edge has applied everything in the log` };
    },
    ended,
    close,
  };
}

/** Throws NoAnswer where the call failed. */
function answered<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    throw error instanceof CallFailed ? new NoAnswer(error.message) : error;
  });
}

function toTargetRead({ found, version, source, status }: EdgeRead): TargetRead {
  const label = status === 'stale' ? 'stale' : source === 'cache' ? 'hit' : 'miss';
  // It labels what is stale, so a hit is one that it calls fresh. Its answers carry no stamp.
  const labelled = { label, isCalledFresh: label === 'hit', fetch: undefined, askedAt: undefined, run: undefined } as const;
  return { version, found, status: found ? FOUND : MISSING, ...labelled };
}

function targetOf(type: InvalidationType, { id, tags }: RacedContent): string {
  switch (type) {
    case 'key':
      return contentKey(id);
    case 'tag':
      return tags[0] ?? '';
    case 'pattern':
      return `${contentKey(id)}*`;
    case 'all':
      return '*';
  }
}

/** Throws NoAnswer. */
async function untilApplied({ edge, origin, clock }: Pick<OwnCacheOptions, 'edge' | 'origin' | 'clock'>): Promise<void> {
  const metricsOf = need(edge, 'metrics');
  const deadline = clock.monotonicMs() + DEADLINE_MS;
  while (clock.monotonicMs() < deadline) {
    const { outbox } = await answered(origin.originMetrics());
    const metrics = await answered(metricsOf());
    if (outbox.pending === 0 && metrics.log.lag === 0 && metrics.log.queued === 0 && isInTouch(metrics)) return;
    await sleep(clock, LOOK_MS);
  }
  throw new NoAnswer(`the edge did not apply everything in the log within ${DEADLINE_MS} ms`);
}
