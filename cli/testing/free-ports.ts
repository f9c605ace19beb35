/** Free ports that are known before the program starts, so that its services can be asked without the screen. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const NAMES = ['ORIGIN_PORT', 'EDGE_US_EAST_PORT', 'EDGE_EU_WEST_PORT', 'EDGE_AP_SOUTH_PORT'] as const;
/**
 * Below what systems give to outgoing connections, and below what clusters take. A block is one port to hold and one
 * for each name.
 */
const LOWEST = 10_000;
const BLOCK = 1 + NAMES.length;
const BLOCKS = 2_000;
const ATTEMPTS_MAX = 1_000;

/** Undefined where it is taken; else what lets it go. */
function hold(port: number): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve) => {
    const server = createServer().unref();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      resolve(() => new Promise((done) => void server.close(() => done()))),
    );
  });
}

/**
 * By the names of the environment. The first port of a block is held until this process ends, so that nobody who asks
 * here gets the others: they are free once, and used later.
 */
export async function freePorts(): Promise<Readonly<Record<string, string>>> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const first = LOWEST + BLOCK * randomInt(BLOCKS);
    const release = await hold(first);
    if (release === undefined) continue;
    const tried = await Promise.all(NAMES.map((_, at) => hold(first + 1 + at)));
    await Promise.all(tried.map((letGo) => letGo?.()));
    if (tried.every((letGo) => letGo !== undefined)) return Object.fromEntries(NAMES.map((name, at) => [name, String(first + 1 + at)]));
    await release();
  }
  throw new Error(`no ${BLOCK} free ports in a row from ${LOWEST} to ${LOWEST + BLOCK * BLOCKS} after ${ATTEMPTS_MAX} attempts`);
}
