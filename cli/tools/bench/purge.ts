/**
 * Purges of a tag that no content has, over hot entries: what one takes, and what it costs those who read meanwhile. It
 * drops every hot entry, so each key that is read afterwards is asked of Redis once. Loads with purges and without, in
 * turn; what is measured are lookups, without HTTP.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../lab/rails/testing/free-port.ts';
import { purgeHot } from '../../../lab/worlds/testing/hot-purges.ts';
import { quantile } from './quantile.ts';

const REDIS = 'redis-server';
/** So long that all of them are hot at once, and what edges have where nobody says it. */
const HOTS_MS = [60_000, 25] as const;
const LOAD = { keys: 100_000, roundMs: 2_000, rounds: 3, purgeEveryMs: 500, lookups: 2 } as const;
const HEAD = [
  'HOT_MS',
  'hot, least',
  'purge of a tag, P50 / most',
  'over nothing hot',
  'lookups',
  'P50 / P99 without purges',
  'with',
  'P99',
] as const;

function spread(values: readonly number[], shares: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  return shares.map((share) => quantile(sorted, share).toFixed(2)).join(' / ');
}

async function row(redisUrl: string, hotMs: number): Promise<readonly (string | number)[]> {
  const { hot, appliedMs, emptyMs, calmMs, purgedMs } = await purgeHot({ redisUrl, hotMs, ...LOAD });
  const more = Number(spread(purgedMs, [0.99])) / Number(spread(calmMs, [0.99])) - 1;
  return [
    hotMs,
    Math.min(...hot).toLocaleString('en'),
    `${spread(appliedMs, [0.5, 1])} ms`,
    `${spread(emptyMs, [0.5, 1])} ms`,
    purgedMs.length.toLocaleString('en'),
    `${spread(calmMs, [0.5, 0.99])} ms`,
    `${spread(purgedMs, [0.5, 0.99])} ms`,
    `${more < 0 ? '' : '+'}${(100 * more).toFixed(0)} %`,
  ];
}

export async function purges(line: (text: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-bench-'));
  const port = await freePort();
  const redis = spawn(REDIS, ['--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
  const isAbsent = await Promise.race([once(redis, 'error').then(() => true), once(redis, 'spawn').then(() => false)]);
  try {
    if (isAbsent) return line(`${REDIS} is not on this machine`);
    line(`| ${HEAD.join(' | ')} |`);
    line(`|${HEAD.map(() => ' ---: |').join('')}`);
    for (const hotMs of HOTS_MS) line(`| ${(await row(`redis://127.0.0.1:${port}`, hotMs)).join(' | ')} |`);
  } finally {
    redis.kill();
    await rm(folder, { recursive: true, force: true });
  }
}
