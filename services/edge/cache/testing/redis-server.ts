/**
 * A Redis of a test's own, to be killed, paused and brought back: a container like the one other tests share. Its
 * snapshot lies in its volume, so a server killed after a SAVE comes back as it was then, and one never saved comes
 * back empty.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { until } from './redis-subject.ts';

const run = promisify(execFile);
/** Small enough to be filled by a test. */
const MEMORY = '8mb';

export class RedisServer {
  readonly url: string;
  readonly #name: string;

  private constructor(name: string, port: number) {
    this.#name = name;
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** `likeContainer`: whose image it runs, in whose network. */
  static async start(likeContainer: string): Promise<RedisServer> {
    const like = await run('docker', ['inspect', '--format', '{{.Config.Image}} {{.HostConfig.NetworkMode}}', likeContainer]);
    const [image = '', network = ''] = like.stdout.trim().split(' ');
    const port = await freePort();
    const name = `edgesync-test-redis-${randomUUID()}`;
    // Protected: where it keeps its snapshots. A test makes them fail.
    const policy = ['--save', '', '--maxmemory', MEMORY, '--maxmemory-policy', 'volatile-ttl', '--enable-protected-configs', 'yes'];
    const where = ['--network', network, '--publish', `127.0.0.1:${port}:6379`];
    await run('docker', ['run', '--detach', '--name', name, ...where, image, 'redis-server', ...policy]);
    const server = new RedisServer(name, port);
    await server.untilAnswers();
    return server;
  }

  kill(): Promise<unknown> {
    return run('docker', ['kill', this.#name]);
  }

  async bringBack(): Promise<void> {
    await run('docker', ['start', this.#name]);
    await this.untilAnswers();
  }

  /** Frozen with its connections open while `meanwhile` runs: a black hole, not a refusal. */
  async paused(meanwhile: () => Promise<void>): Promise<void> {
    await run('docker', ['pause', this.#name]);
    try {
      await meanwhile();
    } finally {
      await run('docker', ['unpause', this.#name]);
    }
  }

  async remove(): Promise<void> {
    await run('docker', ['rm', '--force', '--volumes', this.#name]);
  }

  /** Runs on a connection of its own, which is gone afterwards. */
  async with<T>(use: (raw: Redis) => Promise<T>): Promise<T> {
    const raw = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    raw.on('error', () => {});
    try {
      await raw.connect();
      return await use(raw);
    } finally {
      raw.disconnect();
    }
  }

  async untilAnswers(): Promise<void> {
    const answers = () =>
      this.with((raw) => raw.ping()).then(
        () => true,
        () => false,
      );
    await until(answers, 'an answer of the Redis');
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
