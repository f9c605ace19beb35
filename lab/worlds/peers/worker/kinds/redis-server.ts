/** A Redis of the worker's own: a child in its process group, with a socket in its folder and nothing on disk. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { sleep, systemClock } from '../../../../../services/runtime/clock.ts';

const PROGRAM = 'redis-server';
const UP_MS_MAX = 10_000;
const LOOK_MS = 20;

/** Throws where it does not start. When it ends, so does the worker. */
export async function startRedis(): Promise<Redis> {
  const socket = join(process.cwd(), 'redis.sock');
  const words = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no'];
  const child = spawn(PROGRAM, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit').then(([code, signal]) => Promise.reject(new Error(`${PROGRAM} ended (${signal ?? `exit ${code}`})`)));
  const redis = new Redis({ path: socket, lazyConnect: true, retryStrategy: () => LOOK_MS });
  redis.on('error', () => {});
  await Promise.race([untilUp(redis), ended]);
  return redis;
}

async function untilUp(redis: Redis): Promise<void> {
  const deadline = systemClock.monotonicMs() + UP_MS_MAX;
  void redis.connect().catch(() => {});
  while (redis.status !== 'ready') {
    if (systemClock.monotonicMs() > deadline) throw new Error(`${PROGRAM} did not serve within ${UP_MS_MAX} ms`);
    await sleep(systemClock, LOOK_MS);
  }
}
