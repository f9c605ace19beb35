/**
 * What a connection gets back that never becomes a request. What both services must answer is in
 * `http-wire-contract.ts`.
 */
import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answerRefusals } from './http-refusals.ts';
import { errorAnswer, exchangeRaw, parseAnswer } from './testing/http.ts';

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

async function withServer<T>(options: ServerOptions, listener: RequestListener, use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer(options, listener);
  answerRefusals(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

describe('a connection that is refused', () => {
  it.each([
    ['its headers', 'GET / HTTP/1.1\r\nHost: loc'],
    ['its body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{'],
  ])('is told in JSON that it took too long, when %s did not come', async (_what, bytes) => {
    const options = { headersTimeout: 1, requestTimeout: 1, connectionsCheckingInterval: 1 };
    await withServer(
      options,
      () => {},
      async (port) => {
        const { status, json } = parseAnswer(await exchangeRaw(port, bytes));
        expect(status).toBe(408);
        expect(errorAnswer.parse(json).code).toBe('request_timeout');
      },
    );
  });

  it.each([
    ['what cannot be read', 'nonsense\r\n\r\n'],
    ['a tunnel to be opened', 'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('gets no refusal of %s in the place of an answer that is still to come: that one may be of a write', async (_what, bytes) => {
    const reached = Promise.withResolvers<void>();
    const handled: string[] = [];
    const listener: RequestListener = (request) => {
      handled.push(request.method ?? '');
      reached.resolve();
    };
    await withServer({}, listener, async (port) => {
      const answer = exchangeRaw(port, `${GET}${bytes}`);
      await reached.promise;
      expect(await answer.catch(() => '')).toBe('');
      expect(handled).toEqual(['GET']);
    });
  });

  it('has had the answers to what it asked before', async () => {
    await withServer(
      {},
      (_request, response) => response.end('fine'),
      async (port) => {
        const text = await new Promise<string>((resolve) => {
          let got = '';
          const socket = connect(port, '127.0.0.1', () => socket.write(GET));
          socket.on('data', (chunk) => {
            got += String(chunk);
            if (got.endsWith('fine\r\n0\r\n\r\n') || got.endsWith('fine')) socket.write('nonsense\r\n\r\n');
          });
          socket.on('close', () => resolve(got));
        });
        expect(text).toMatch(/^HTTP\/1\.1 200 [\s\S]*fine[\s\S]*HTTP\/1\.1 400 /);
      },
    );
  });

  it('gets to read the answer though it goes on sending', async () => {
    await withServer(
      {},
      () => {},
      async (port) => {
        const text = await new Promise<string>((resolve, reject) => {
          let got = '';
          const socket = connect(port, '127.0.0.1', () => socket.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`));
          socket.on('data', (chunk) => {
            got += String(chunk);
            socket.write('x'.repeat(20_000));
          });
          socket.on('error', reject);
          socket.on('close', () => resolve(got));
        });
        const { status, json } = parseAnswer(text);
        expect(status).toBe(431);
        expect(errorAnswer.parse(json).code).toBe('headers_too_large');
      },
    );
  });
});
