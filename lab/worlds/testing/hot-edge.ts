/**
 * One edge of ours on a Redis, in a process of its own, for benchmarks: its log is in memory, and whatever it asks its origin for is there at once.
 * Arguments: the URL of Redis, and HOT_MS. Told `purge`, it purges a tag that no content has, and tells how long that took. Ends with who started it.
 */
import { openCache } from '../../../services/edge/cache/open.ts';
import { readEdgeConfig } from '../../../services/edge/config.ts';
import { cacheBoundsOf, startEdge } from '../../../services/edge/edge.ts';
import type { OriginAnswer } from '../../../services/edge/origin-client.ts';
import { openLog } from '../../../services/log/open.ts';
import { systemClock } from '../../../services/runtime/clock.ts';
import { type Logger, silentLogger } from '../../../services/runtime/log.ts';
import { systemRandom } from '../../../services/runtime/random.ts';

export interface HotEdgeTold {
  readonly url: string;
}

export interface PurgeTold {
  /** From when the log had it until the cache had it. */
  readonly appliedMs: number;
  /** For how long at most nothing else ran in this process meanwhile, and in the moment after. */
  readonly stoodMs: number;
}

const AFTERWARDS_MS = 20;
const HOT_BYTES = 2 ** 30;

const [redisUrl = '', hotMs = ''] = process.argv.slice(2);
const config = readEdgeConfig({
  REGION_NAME: 'bench',
  EDGE_PORT: '0',
  REDIS_URL: redisUrl,
  KAFKA_BROKERS: 'memory:',
  ORIGIN_URL: 'http://127.0.0.1:1',
  HOT_MS: hotMs,
  HOT_BYTES: String(HOT_BYTES),
});
const shared = { clock: systemClock, logger: silentLogger };
let onApplied = () => {};
const logger: Logger = {
  ...silentLogger,
  info: (_fields, message) => {
    if (message === 'invalidation applied') onApplied();
  },
};
const log = await openLog({ address: 'memory:', clientId: 'bench', createTopic: false, ...shared });
const cache = await openCache({ url: redisUrl, region: config.REGION_NAME, ...cacheBoundsOf(config), ...shared });
const origin = {
  fetch: async (id: number): Promise<OriginAnswer> => ({ kind: 'content', content: contentOf(id), etag: '"1"' }),
  list: async () => ({ status: 404, body: {} }),
  answers: async () => true,
  close: async () => {},
};
const edge = await startEdge(config, { cache, log, origin, clock: systemClock, random: systemRandom, logger });

function contentOf(id: number) {
  const at = '2026-01-01T00:00:00.000Z';
  const text = { slug: `content-${id}`, title: `Content ${id}`, body: 'x'.repeat(100) };
  return { id, ...text, metadata: {}, tags: ['a'], version: 1, created_at: at, updated_at: at };
}

async function purge(): Promise<PurgeTold> {
  const value = JSON.stringify({ id: systemRandom.uuid(), type: 'tag', target: 'b', mode: 'hard', timestamp: '2026-01-01T00:00:00.000Z', priority: 'normal' });
  const applied = new Promise<number>((resolve) => {
    onApplied = () => resolve(performance.now());
  });
  const begunMs = performance.now();
  const stood = longestStand(applied);
  await log.append([{ key: 'b', value, headers: { 'event-type': 'tag' } }]);
  return { appliedMs: (await applied) - begunMs, stoodMs: await stood };
}

async function longestStand(until: Promise<number>): Promise<number> {
  let [lastMs, longestMs, endMs] = [performance.now(), 0, Number.POSITIVE_INFINITY];
  void until.then((ms) => {
    endMs = ms + AFTERWARDS_MS;
  });
  while (lastMs < endMs) {
    await new Promise((resolve) => setImmediate(resolve));
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  }
  return longestMs;
}

process.on('message', () => void purge().then((told) => process.send?.(told)));
process.on('disconnect', () => process.exit(0));
process.send?.({ url: `http://127.0.0.1:${edge.port}` } satisfies HotEdgeTold);
