/** An origin of the user's own on loopback: contents as they were written, with a lifetime, and a purge API that takes JSON. */
import { countingServer, type Received } from './counting-server.ts';

export interface OwnOriginServer {
  readonly url: string;
  readonly port: number;
  /** All of them, as they came. */
  readonly received: readonly Received[];
  /** Writes alone. */
  readonly writes: () => readonly Received[];
}

const MISSING = 404;

export async function ownOriginServer(): Promise<OwnOriginServer> {
  const contents = new Map<string, string>();
  const server = await countingServer((answer, { method, url, body }) => {
    if (method === 'PUT') contents.set(url, body);
    if (method === 'DELETE') contents.delete(url);
    if (method !== 'GET') return void answer.writeHead(204).end();
    const found = contents.get(url);
    answer.writeHead(found === undefined ? MISSING : 200, { 'content-type': 'application/json', 'cache-control': 'max-age=3600' });
    answer.end(found ?? '{}');
  });
  return { ...server, writes: () => server.received.filter(({ method }) => method !== 'GET') };
}
