/** A server on loopback that keeps what it is asked. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** On a monotonic clock. */
  readonly atMs: number;
}

export interface CountingServer {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
}

const ok = (answer: ServerResponse) => void answer.end('{}');

/** Gone with the test. `host`: of this machine. */
export async function countingServer(
  answer: (answer: ServerResponse, received: Received) => void = ok,
  { host = '127.0.0.1', port: wanted = 0 } = {},
): Promise<CountingServer> {
  const received: Received[] = [];
  const server = createServer(async (asked, response) => {
    const atMs = performance.now();
    let body = '';
    for await (const part of asked) body += String(part);
    const one = { method: asked.method ?? '', url: asked.url ?? '', headers: asked.headers, body, atMs };
    received.push(one);
    answer(response, one);
  }).listen(wanted, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, port, received };
}
