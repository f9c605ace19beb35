/**
 * A cache that is a library, by HTTP: `GET PATH` reads, `PURGE PATH` forgets, `PURGE /` forgets the tag of its header,
 * or everything.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { WorkerCache } from './worker-cache.ts';

const TAG_HEADER = 'x-tag';
const REFUSED = 501;

/** Serves on 127.0.0.1 when it resolves. */
export async function serveWorker(cache: WorkerCache, port: number): Promise<Server> {
  const server = createServer((asked, answer) => {
    serve(cache, asked, answer).catch((error: unknown) => {
      if (!answer.headersSent) answer.writeHead(502, { 'content-type': 'text/plain' });
      answer.end(`${String(error)}\n`);
    });
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, '127.0.0.1', listening.resolve);
  await listening.promise;
  return server;
}

async function serve(cache: WorkerCache, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const path = asked.url ?? '/';
  if (asked.method === 'PURGE') {
    const isTaken = await forget(cache, path, asked.headers[TAG_HEADER]);
    answer.writeHead(isTaken ? 200 : REFUSED, { 'content-type': 'text/plain' }).end(isTaken ? 'purged\n' : 'it has no such purge\n');
    return;
  }
  const { status, headers, body, isHit } = await cache.read(path);
  answer.writeHead(status, { ...headers, 'x-cache': isHit ? 'HIT' : 'MISS' }).end(body);
}

async function forget(cache: WorkerCache, path: string, tag: string | readonly string[] | undefined): Promise<boolean> {
  if (path !== '/') await cache.forget(path);
  else if (typeof tag === 'string' && cache.forgetTag !== undefined) await cache.forgetTag(tag);
  else if (tag === undefined && cache.forgetAll !== undefined) await cache.forgetAll();
  else return false;
  return true;
}
