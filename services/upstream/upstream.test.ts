/** An upstream before origins that answer what no origin should. */
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RUN_HEADER } from '../protocol/upstream-api.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { systemRandom as random } from '../runtime/random.ts';
import { exchange } from '../runtime/testing/http.ts';
import { Upstream } from './upstream.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function upstreamOf(server: Server): Promise<Upstream> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const options = {
    originUrl: `http://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port: 0,
    lifetimeMs: 60_000,
    missingMs: 5_000,
    clock,
    random,
  };
  const upstream = await Upstream.listen(options);
  closing.push(() => upstream.close());
  return upstream;
}

const over = (answer: RequestListener) => {
  const server = createHttpServer(answer);
  closing.push(() => server.closeAllConnections());
  return upstreamOf(server);
};
const content = (tags: readonly string[]) => JSON.stringify({ data: { version: 1, tags } });

describe('an upstream', () => {
  it('leaves out tags that no header can say, and answers with the others', async () => {
    const upstream = await over((_asked, answer) => answer.end(content(['one', 'two\r\nx-evil: 1', 'drei\u{1F600}', 'four'])));
    const { status, headers } = await exchange(upstream.port, { path: '/api/content/7' });
    expect([status, headers['xkey'], headers['x-evil']]).toEqual([200, 'content-7 all one four', undefined]);
  });

  it('passes on a content that is no JSON, without tags of its own', async () => {
    const upstream = await over((_asked, answer) => answer.end('<h1>here</h1>'));
    const { status, headers, text } = await exchange(upstream.port, { path: '/api/content/7' });
    expect([status, headers['xkey'], text]).toEqual([200, 'content-7 all', '<h1>here</h1>']);
    expect(headers[RUN_HEADER]).toBe(upstream.run);
    expect(upstream.counts).toEqual({ asked: 1, failed: 0 });
  });

  it('knows a content by its whole URL, as a cache may ask that takes it for a proxy (RFC 9112, section 3.2.2)', async () => {
    const asked: (string | undefined)[] = [];
    const upstream = await over(({ url }, answer) => {
      asked.push(url);
      answer.end(content([]));
    });
    for (const host of ['http://cdn.test', 'HTTP://127.0.0.1:1']) {
      const { status, headers } = await exchange(upstream.port, { path: `${host}/api/content/7` });
      expect([status, headers['xkey']]).toEqual([200, 'content-7 all']);
    }
    expect((await exchange(upstream.port, { path: 'http://cdn.test' })).status).toBe(200);
    expect(asked).toEqual(['/api/content/7', '/api/content/7', '/']);
    expect(upstream.fetchesOf('/api/content/7')).toHaveLength(2);
  });

  it.each([
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'],
    ['nothing', ''],
    ['half an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal'],
  ])('says that the origin does not answer where that answers %s', async (_what, said) => {
    const upstream = await upstreamOf(createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(said))));
    expect((await exchange(upstream.port, { path: '/api/content/7' })).status).toBe(502);
    expect(upstream.counts).toEqual({ asked: 1, failed: 1 });
  });
});
