/** What is said of a request that had no usable answer, by servers and a system that really fail so. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { canUnshare, runRestricted } from '../testing/restricted.ts';
import { HttpTransport, openHttpClients } from './http-clients.ts';
import { type Handle, UNUSABLE_ANSWERS } from './testing/unusable-answers.ts';
import { CallFailed } from './transport.ts';

/** The readers of a stampede. */
const CROWD = 200;

interface Failure {
  readonly message: string;
  readonly definite: boolean;
}

async function failureOf(url: string): Promise<Failure> {
  const clients = openHttpClients({ originUrl: url, edges: [] });
  try {
    await clients.originVersion(1);
  } catch (error) {
    if (error instanceof CallFailed) return { message: error.message, definite: error.definite };
    throw error;
  } finally {
    await clients.close();
  }
  throw new Error('expected a failure, got an answer');
}

async function withServer<T>(handle: Handle, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const MODULE = JSON.stringify(fileURLToPath(new URL('./http-clients.ts', import.meta.url)));
/** In a process of its own: one request to a port where nothing listens, after what `before` does. */
const asking = (before: string) => `
  const { openHttpClients } = await import(${MODULE});
  const fs = await import('node:fs');
  const clients = openHttpClients({ originUrl: 'http://127.0.0.1:9', edges: [] });
  const say = (error) => fs.writeSync(1, JSON.stringify({ message: error.message, definite: error.definite }));
  ${before}
  await clients.originVersion(1).then(() => {}, say);
  process.exit(0);`;

async function failureIn(shell: string, program: string): Promise<Failure> {
  const { stdout, error } = await runRestricted(shell, ['--input-type=module', '--eval', program]);
  if (stdout === '') throw error ?? new Error('nothing was said');
  return JSON.parse(stdout);
}

describe('a request of the lab', () => {
  it('waits for none of two hundred others to one service', async () => {
    const waiting: ServerResponse[] = [];
    const handle: Handle = (_request, response) => {
      waiting.push(response);
      if (waiting.length === CROWD) for (const each of waiting) each.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    };
    await withServer(handle, async (url) => {
      const transport = new HttpTransport();
      const asked = Array.from({ length: CROWD }, () => transport.call({ method: 'GET', base: url, path: '/' }));
      expect(await Promise.all(asked)).toHaveLength(CROWD);
      await transport.close();
    });
  });

  it('is answered with the headers, by their names in lower case', async () => {
    const handle: Handle = (_request, response) =>
      void response.writeHead(200, { 'Content-Type': 'application/json', 'X-Cache': 'HIT', 'Set-Cookie': ['a=1', 'b=2'] }).end('{}');
    await withServer(handle, async (base) => {
      const transport = new HttpTransport();
      const { status, headers } = await transport.call({ method: 'GET', base, path: '/' });
      expect({ status, headers }).toMatchObject({ status: 200, headers: { 'x-cache': 'HIT', 'set-cookie': ['a=1', 'b=2'] } });
      await transport.close();
    });
  });

  it.each<[string, Handle, RegExp]>([
    [
      'a server that resets',
      (request) => void request.socket.resetAndDestroy(),
      /: the connection was reset before the answer was there \(ECONNRESET\)$/,
    ],
    [
      'a server that hangs up',
      (request) => void request.socket.destroy(),
      /: the connection was closed before the answer was there \(UND_ERR_SOCKET\)$/,
    ],
    ...UNUSABLE_ANSWERS,
    [
      'a proxy',
      (_request, response) => void response.writeHead(502).end('Bad Gateway'),
      /: expected JSON, got 502 with a body that begins "Bad Gateway"$/,
    ],
    ['a server that says nothing', () => {}, /: no answer within 5000 ms$/],
  ])('to %s says what it was; it may have had its effect', async (_what, handle, words) => {
    const { message, definite } = await withServer(handle, failureOf);
    expect(message).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/api\/content\/1: /);
    expect(message).toMatch(words);
    expect(definite).toBe(false);
  });

  it('to a port where nothing listens was refused, and had no effect', async () => {
    const { message, definite } = await failureOf('http://127.0.0.1:9');
    expect(message).toMatch(/: the connection was refused, nothing listens there \(ECONNREFUSED\)$/);
    expect(definite).toBe(true);
  });

  it('of a process that may open no more files says that, and had no effect', async () => {
    const { message, definite } = await failureIn('ulimit -n 64; exec "$@"', asking(`try { for (;;) fs.openSync('/dev/null'); } catch {}`));
    expect(message).toMatch(/: this process may open no more files and connections; raise its limit: ulimit -n \(EMFILE\)$/);
    expect(definite).toBe(true);
  });

  it.skipIf(!canUnshare())('without a network says that, and had no effect (needs root: unshare -n)', async () => {
    const { message, definite } = await failureIn('exec unshare -n "$@"', asking(''));
    expect(message).toMatch(/: there is no way to that network from here \(ENETUNREACH\)$/);
    expect(definite).toBe(true);
  });
});
