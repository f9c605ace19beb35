/**
 * Free ports of 127.0.0.1 for a cluster. Below the range that systems give to outgoing connections: a container that is
 * killed and started again must find its port free in between.
 */
import { createServer } from 'node:net';
import type { Random } from '../../../services/runtime/random.ts';
import { WorldFailed } from '../../errors.ts';

const LOWEST = 20_000;
const HIGHEST = 32_000;
const ATTEMPTS_MAX = 1_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Different ones. */
export async function takeFreePorts(count: number, random: Random): Promise<readonly number[]> {
  const found = new Set<number>();
  for (let attempt = 0; found.size < count; attempt += 1) {
    if (attempt >= ATTEMPTS_MAX) throw new WorldFailed(`no ${count} free ports from ${LOWEST} to ${HIGHEST}. End what holds them`);
    const port = LOWEST + random.below(HIGHEST - LOWEST);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}
