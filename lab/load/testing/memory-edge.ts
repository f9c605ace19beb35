/** An edge of nothing but memory: it answers every read as ours answers one that its cache has, and nothing else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MemoryEdge {
  readonly url: string;
  /** At the moment. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

export interface MemoryEdgeOptions {
  /** Hears of each read as it arrives. What it answers is waited for before the read is answered. */
  readonly onRead?: (id: number) => Promise<void> | undefined;
}

const PATH = '/api/content/';
const KEEP_ALIVE_MS = 65_000;
const CACHED_AT = '2026-01-01T00:00:00.000Z';

export async function startMemoryEdge({ onRead }: MemoryEdgeOptions = {}): Promise<MemoryEdge> {
  /** By id. */
  const answers = new Map<string, string>();
  const answerTo = (id: string) => {
    const answer = answers.get(id) ?? answerOf(Number(id));
    answers.set(id, answer);
    return answer;
  };
  const server = createServer((request, response) => {
    const id = request.url?.slice(PATH.length) ?? '';
    const answer = () => {
      const body = answerTo(id);
      response.writeHead(200, { ...HEADERS, 'content-length': body.length });
      response.end(body);
    };
    const held = onRead?.(Number(id));
    if (held === undefined) answer();
    else void held.then(answer);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const HEADERS = {
  'cache-status': 'edgesync-memory; hit; ttl=3599',
  'cache-control': 'public, max-age=0, s-maxage=3600, stale-while-revalidate=3600, stale-if-error=3600',
  age: '1',
  etag: 'W/"1-1"',
  'content-type': 'application/json; charset=utf-8',
};

function answerOf(id: number): string {
  const slot = id - 1;
  const times = { created_at: CACHED_AT, updated_at: CACHED_AT };
  const text = { slug: `lab-${slot}`, title: `lab-${slot}`, body: `written as operation ${slot}` };
  const data = { id, ...text, metadata: {}, tags: ['lab', `lab-tag-${slot % 5}`], version: 1, ...times };
  return JSON.stringify({
    success: true,
    data,
    source: 'cache',
    status: 'fresh',
    region: 'memory',
    latency_ms: 0.042,
    cached_at: CACHED_AT,
  });
}
