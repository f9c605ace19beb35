/**
 * A purge of a tag that no content has, over hot entries: what it takes, and what it costs those who read meanwhile. Every hot entry is dropped for
 * it, so afterwards each key that is read is asked of Redis once. Rounds with purges and without, in turn.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LatencyHistogram } from '../../../lab/history/latency-histogram.ts';
import type { HotEdgeTold, PurgeTold } from '../../../lab/worlds/testing/hot-edge.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';

const EDGE = fileURLToPath(new URL('../../../lab/worlds/testing/hot-edge.ts', import.meta.url));
const REDIS = 'redis-server';
const PORT = '6391';
/** So long that all of them are hot at once, and what edges have where nobody says it. */
const HOTS_MS = [10_000, 25] as const;
const KEYS = 100_000;
const ROUNDS = 7;
const ROUND_MS = 4_000;
const READS_PER_MS = 1;
const PURGE_EVERY_MS = 500;
const AT_ONCE = 64;
const SEED = 1;
/** Most reads are of few keys, as everywhere. */
const SKEW = 3;
const HEAD = ['HOT_MS', 'purges', 'applied after, P50 / most', 'nothing else ran for, P50 / most', 'reads: P50 / P99 without', 'with'] as const;

interface Edge {
  readonly process: ChildProcess;
  readonly url: string;
  readonly agent: Agent;
}

/** Ends when the answer has been read. */
function read({ url, agent }: Edge, id: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/api/content/${id}`, { agent }, (answer) => {
      answer.resume();
      answer.once('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`expected 200, got ${answer.statusCode}`))));
    });
    request.once('error', reject);
  });
}

async function readAll(edge: Edge): Promise<void> {
  let next = 0;
  const reader = async () => {
    while (next < KEYS) {
      next += 1;
      await read(edge, next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
}

async function purge({ process }: Edge): Promise<PurgeTold> {
  process.send('purge');
  const [told] = (await once(process, 'message')) as [PurgeTold];
  return told;
}

/** Each read is sent at its time, and measured from then. */
async function load(edge: Edge, latencies: LatencyHistogram, untilMs: number): Promise<void> {
  const random = createRandom(SEED);
  const underWay = new Set<Promise<void>>();
  for (let dueMs = systemClock.monotonicMs(); dueMs < untilMs; dueMs += 1 / READS_PER_MS) {
    if (dueMs > systemClock.monotonicMs()) await sleep(systemClock, 1);
    const id = 1 + Math.floor(KEYS * random.next() ** SKEW);
    const done = read(edge, id).then(() => {
      latencies.record(systemClock.monotonicMs() - dueMs);
      underWay.delete(done);
    });
    underWay.add(done);
  }
  await Promise.all(underWay);
}

async function measure(redisUrl: string, hotMs: number): Promise<readonly (string | number)[]> {
  const child = fork(EDGE, [redisUrl, String(hotMs)], { execArgv: [] });
  const [{ url }] = (await once(child, 'message')) as [HotEdgeTold];
  const edge = { process: child, url, agent: new Agent({ keepAlive: true, maxSockets: AT_ONCE }) };
  const [calm, purged, told]: [LatencyHistogram, LatencyHistogram, PurgeTold[]] = [new LatencyHistogram(), new LatencyHistogram(), []];
  await readAll(edge);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const latencies of [calm, purged]) {
      await readAll(edge);
      const untilMs = systemClock.monotonicMs() + ROUND_MS;
      const loading = load(edge, latencies, untilMs);
      while (latencies === purged && systemClock.monotonicMs() + PURGE_EVERY_MS < untilMs) {
        told.push(await purge(edge));
        await sleep(systemClock, PURGE_EVERY_MS);
      }
      await loading;
    }
  }
  child.disconnect();
  edge.agent.destroy();
  const spread = (of: (each: PurgeTold) => number) => {
    const sorted = told.map(of).sort((one, other) => one - other);
    return `${sorted[Math.floor(sorted.length / 2)]?.toFixed(2)} / ${sorted.at(-1)?.toFixed(2)} ms`;
  };
  const ofReads = (of: LatencyHistogram) => [0.5, 0.99].map((share) => of.quantile(share)?.toFixed(2)).join(' / ');
  return [hotMs, told.length, spread(({ appliedMs }) => appliedMs), spread(({ stoodMs }) => stoodMs), ofReads(calm), ofReads(purged)];
}

export async function purges(line: (text: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-bench-'));
  const redis = spawn(REDIS, ['--port', PORT, '--dir', folder, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
  const isAbsent = await Promise.race([once(redis, 'error').then(() => true), once(redis, 'spawn').then(() => false)]);
  try {
    if (isAbsent) return line(`${REDIS} is not on this machine`);
    line(`| ${HEAD.join(' | ')} |`);
    line(`|${HEAD.map(() => ' ---: |').join('')}`);
    for (const hotMs of HOTS_MS) line(`| ${(await measure(`redis://127.0.0.1:${PORT}`, hotMs)).join(' | ')} |`);
  } finally {
    redis.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
