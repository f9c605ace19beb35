/** Our own edge as a raced cache. It hears of writes by the log; a purge is taken when the edge has applied what is in the log. */

import { contentKey } from '../../services/protocol/content.ts';
import { type EdgeMetrics, edgeMetrics } from '../../services/protocol/edge-api.ts';
import type { InvalidationType } from '../../services/protocol/invalidation.ts';
import { PURGE_MODES, PURGE_TYPES } from '../../services/protocol/purge-ways.ts';
import { type Asker, NoAnswer } from '../../services/runtime/asker.ts';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import type { OriginRequests } from '../system/origin.ts';
import { isInTouch } from '../system/settled.ts';
import { readOfText } from '../targets/read-answer.ts';
import type { OwnEdge } from '../worlds/peers/own-edge.ts';
import type { RacedCache, RacedContent } from './raced-cache.ts';

export interface OwnCacheOptions {
  readonly edge: OwnEdge;
  readonly origin: OriginRequests;
  readonly asker: Pick<Asker, 'ask'>;
  readonly clock: Clock;
}

const DEADLINE_MS = 8_000;
const LOOK_MS = 5;
/** As its answers are labelled, by RFC 9211. */
const OWN = {
  read: { path: '/api/content/<id>', version: 'data.version', missing: 'version' },
  label: { header: 'cache-status', hit: /; hit/, stale: /detail=stale/ },
} as const;

/** A write purges its key by the strategy of the edge. The purges that are raced come after it, and say what they are. */
export function ownCache({ edge, origin, asker, clock }: OwnCacheOptions): RacedCache {
  const { url } = edge;
  return {
    ways: PURGE_TYPES.flatMap((type) => PURGE_MODES.map((mode) => ({ mode, type }))),
    backend: 'our upstream',
    read: async (id, { onSent }) => readOfText(await asker.ask({ url: `${url}/api/content/${id}`, deadlineMs: DEADLINE_MS, onSent }), OWN),
    purge: async ({ mode, type }, content, { onSent }) => {
      onSent();
      await origin.purge({ type, target: targetOf(type, content), mode });
      await untilApplied({ url, origin, asker, clock });
      return { isTaken: true, text: `the edge has applied everything in the log` };
    },
    ended: () => edge.ended(),
    close: () => edge.close(),
  };
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

interface Applied extends Pick<OwnCacheOptions, 'origin' | 'asker' | 'clock'> {
  readonly url: string;
}

/** Throws NoAnswer. */
async function untilApplied({ url, origin, asker, clock }: Applied): Promise<void> {
  const deadline = clock.monotonicMs() + DEADLINE_MS;
  while (clock.monotonicMs() < deadline) {
    const { outbox } = await origin.originMetrics();
    const metrics = await metricsOf(url, asker);
    if (outbox.pending === 0 && metrics.log.lag === 0 && metrics.log.queued === 0 && isInTouch(metrics)) return;
    await sleep(clock, LOOK_MS);
  }
  throw new NoAnswer(`the edge did not apply what is in the log within ${DEADLINE_MS} ms`);
}

async function metricsOf(url: string, asker: Pick<Asker, 'ask'>): Promise<EdgeMetrics> {
  const { text } = await asker.ask({ url: `${url}/metrics`, deadlineMs: DEADLINE_MS });
  return edgeMetrics.parse(JSON.parse(text));
}
