/** That the lab gives up a connection that nobody uses, long before a server does that would keep it for a minute. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../services/runtime/clock.ts';
import { HttpTransport } from './http-clients.ts';
import { LeanTransport } from './lean-transport.ts';
import { IDLE_MS_MAX, type Transport } from './transport.ts';

const KEPT_MS = 600_000;
const DEADLINE_MS = 10 * IDLE_MS_MAX;

const SERVERS: readonly [what: string, saysKeepAlive: boolean][] = [
  ['says for how long it keeps a connection', true],
  ['does not say it', false],
];
const TRANSPORTS: readonly [name: string, open: () => Transport][] = [
  ['of the lab', () => new HttpTransport()],
  ['of reads by the thousand', () => new LeanTransport(systemClock)],
];

function serverThat(saysKeepAlive: boolean): Server {
  const server = createServer((_request, response) => {
    if (!saysKeepAlive) response.setHeader('Connection', 'keep-alive');
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
  server.keepAliveTimeout = KEPT_MS;
  return server.listen(0, '127.0.0.1');
}

describe.each(TRANSPORTS)('an idle connection %s', (_name, open) => {
  it.each(SERVERS)('is closed by the lab where the server %s', { timeout: 2 * DEADLINE_MS }, async (_what, saysKeepAlive) => {
    const server = serverThat(saysKeepAlive);
    const transport = open();
    try {
      await once(server, 'listening');
      const connected = once(server, 'connection') as Promise<[Socket]>;
      const { headers } = await transport.call({
        method: 'GET',
        base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        path: '/',
      });
      expect(headers['keep-alive']).toBe(saysKeepAlive ? `timeout=${KEPT_MS / 1_000}` : undefined);
      const [socket] = await connected;
      await once(socket, 'close', { signal: AbortSignal.timeout(DEADLINE_MS) });
    } finally {
      await transport.close();
      server.closeAllConnections();
      server.close();
    }
  });
});
