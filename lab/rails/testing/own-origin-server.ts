/**
 * An origin of the user's own on loopback: contents as they were written, with a lifetime, and a purge API that takes
 * JSON.
 */
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
const ALL = Number.POSITIVE_INFINITY;

export interface OwnOriginOptions {
  /** It says that it has taken an update to a version above this one, and does not keep it. Left out: it keeps all. */
  readonly keepsUpTo?: number;
  /** Whoever is not this lab is answered no version above this one. Left out: everybody is answered the last. */
  readonly showsUpTo?: number;
}

const LAB = /^edgesync-lab\//;

export async function ownOriginServer({ keepsUpTo = ALL, showsUpTo = ALL }: OwnOriginOptions = {}): Promise<OwnOriginServer> {
  const contents = new Map<string, string>();
  const shown = new Map<string, string>();
  const server = await countingServer((answer, { method, url, body, headers }) => {
    if (method === 'PUT')
      for (const [of, most] of [
        [contents, keepsUpTo],
        [shown, Math.min(keepsUpTo, showsUpTo)],
      ] as const)
        if (JSON.parse(body).version <= most) of.set(url, body);
    if (method === 'DELETE') for (const of of [contents, shown]) of.delete(url);
    if (method !== 'GET') return void answer.writeHead(204).end();
    const found = (LAB.test(headers['user-agent'] ?? '') ? contents : shown).get(url);
    answer.writeHead(found === undefined ? MISSING : 200, { 'content-type': 'application/json', 'cache-control': 'max-age=3600' });
    answer.end(found ?? '{}');
  });
  return { ...server, writes: () => server.received.filter(({ method }) => method !== 'GET') };
}
