/** The origin over HTTP, against a server that answers as each case says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HttpOriginClient, OriginUnavailable } from './origin-client.ts';
import { contentOf } from './testing/kit.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

async function withClient(handle: Handle, use: (client: HttpOriginClient) => Promise<void>): Promise<void> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new HttpOriginClient(`http://127.0.0.1:${port}`);
  try {
    await use(client);
  } finally {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const answer =
  (status: number, body: unknown, headers: Readonly<Record<string, string | string[]>> = {}): Handle =>
  (_request, response) =>
    void response.writeHead(status, headers).end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));

const CONTENT = contentOf(7, 3, ['news']);
/** An answer that would be another one once it was read. */
const inexact = (metadata: string) => JSON.stringify({ success: true, data: CONTENT }).replace(/"metadata":\{[^}]*\}/, metadata);

describe('the origin over HTTP', () => {
  it.each([
    ['content', answer(200, { success: true, data: CONTENT }, { etag: '"7-3"' }), { kind: 'content', content: CONTENT, etag: '"7-3"' }],
    ['a 404 never created', answer(404, { success: false, error: 'no', code: 'not_found', version: 0 }), { kind: 'missing', version: 0 }],
    ['a 404 deleted', answer(404, { success: false, error: 'no', code: 'not_found', version: 9 }), { kind: 'missing', version: 9 }],
    ['a 304', answer(304, ''), { kind: 'unchanged' }],
  ])('gives %s', (_title, handle, expected) =>
    withClient(handle, async (client) => {
      expect(await client.fetch(7)).toMatchObject(expected);
    }),
  );

  const DATE = 'Tue, 01 Jan 2030 00:00:07 GMT';

  it.each<[string, Readonly<Record<string, string | string[]>>, object]>([
    ['when it was made, by its own clock', { date: DATE }, { dateMs: Date.UTC(2030, 0, 1, 0, 0, 7) }],
    ['no date that can be read', { date: 'yesterday' }, {}],
    ['its age: who kept it says nothing of the clock of the origin', { date: DATE, age: '3' }, { ageMs: 3_000 }],
    ['that it was kept for less than a second', { date: DATE, age: '0' }, {}],
    ['an age beyond what it can count', { date: DATE, age: '2147483648' }, { ageMs: 2_147_483_648_000 }],
    ['an age beyond what anybody can count', { date: DATE, age: '9'.repeat(400) }, { ageMs: 2_147_483_648_000 }],
    ['its age twice: the first counts', { date: DATE, age: ['30', '0'] }, { ageMs: 30_000 }],
    ['its age as a list: the first counts', { date: DATE, age: '30, 0' }, { ageMs: 30_000 }],
  ])('tells what an answer says of its time: %s', (_title, headers, expected) =>
    withClient(answer(304, '', headers), async (client) => {
      expect(await client.fetch(7)).toStrictEqual({ kind: 'unchanged', ...expected });
    }),
  );

  it('says nothing of the time of an answer without a date', () => {
    const handle: Handle = (_request, response) => {
      response.sendDate = false;
      response.writeHead(304).end();
    };
    return withClient(handle, async (client) => {
      expect(await client.fetch(7)).toStrictEqual({ kind: 'unchanged' });
    });
  });

  it.each([
    ['429', answer(429, { success: false, error: 'slower', code: 'rate_limited' }, { 'retry-after': '1' }), true],
    ['429 in HTML, of what stands between', answer(429, '<html>'), true],
    ['404 without a version', answer(404, { success: false, error: 'no route', code: 'unknown_route' }), true],
    ['503', answer(503, { success: false, error: 'away', code: 'unavailable' }), false],
    ['200 in HTML', answer(200, '<html>', { etag: '"1"' }), false],
  ])('says of what is no usable answer whether the origin refused: %s', (_title, handle, isAnswer) =>
    withClient(handle, async (client) => {
      const failure = await client.fetch(7).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(OriginUnavailable);
      expect(failure).toMatchObject({ isAnswer });
    }),
  );

  it.each([
    ['500', answer(500, { success: false, error: 'internal', code: 'internal' })],
    ['503', answer(503, { success: false, error: 'away', code: 'unavailable' }, { 'retry-after': '1' })],
    ['421', answer(421, { success: false, error: 'host', code: 'misdirected_request' })],
    ['302', answer(302, '', { location: '/api/content/8' })],
    ['200 without a body', answer(200, '', { etag: '"1"' })],
    ['200 without a tag', answer(200, { success: true, data: CONTENT })],
    ['200 with something else', answer(200, { success: true, data: { ...CONTENT, version: 0 } }, { etag: '"1"' })],
    ['200 in HTML', answer(200, '<html>', { etag: '"1"' })],
    ['200 with a number that no double holds', answer(200, inexact('"metadata":{"id":9007199254740993}'), { etag: '"1"' })],
    ['200 with a key twice', answer(200, inexact('"metadata":{"a":1,"a":2}'), { etag: '"1"' })],
    ['200 with bytes that are no text', answer(200, Buffer.from(inexact('"metadata":{"a":"\xff"}'), 'latin1'), { etag: '"1"' })],
    ['404 without a version', answer(404, { success: false, error: 'no route', code: 'unknown_route' })],
    ['404 in HTML', answer(404, '<html>')],
    [
      'half an answer',
      (_request: IncomingMessage, response: ServerResponse) =>
        void response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
    ],
    ['nothing', (request: IncomingMessage) => void request.socket.destroy()],
  ])('takes %s for no answer at all', (_title, handle) =>
    withClient(handle, async (client) => {
      await expect(client.fetch(7)).rejects.toBeInstanceOf(OriginUnavailable);
    }),
  );

  it.each([
    ['its head', () => {}],
    [
      'the rest of its body',
      (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(200, { etag: '"1"' }).write('{'),
    ],
  ])('gives up on an answer that keeps back %s', (_title, handle) =>
    withClient(handle, async (client) => {
      await expect(client.fetch(7)).rejects.toThrow(/no usable answer .* within 2000 ms/);
    }),
  );

  it.each<[string, Handle, string]>([
    [
      'an origin that resets',
      (request) => void request.socket.resetAndDestroy(),
      'the connection was reset before the answer was there (ECONNRESET)',
    ],
    [
      'an origin that hangs up',
      (request) => void request.socket.destroy(),
      'the connection was closed before the answer was there (UND_ERR_SOCKET)',
    ],
    ['something else', answer(200, '<html>', { etag: '"1"' }), 'expected JSON, got 200 with a body that begins "<html>"'],
  ])('says of %s what it was', (_title, handle, words) =>
    withClient(handle, async (client) => {
      await expect(client.fetch(7)).rejects.toThrow(words);
    }),
  );

  it('asks for one id, and with the tag it is given', async () => {
    const asked: unknown[] = [];
    const handle: Handle = (request, response) => {
      asked.push([request.method, request.url, request.headers['if-none-match']]);
      response.writeHead(304).end();
    };
    await withClient(handle, async (client) => {
      await client.fetch(7);
      await client.fetch(8, '"8-1"');
      expect(asked).toEqual([
        ['GET', '/api/content/7', undefined],
        ['GET', '/api/content/8', '"8-1"'],
      ]);
    });
  });

  it('passes a listing on, also one that is refused', async () => {
    const handle: Handle = (request, response) => void response.writeHead(400).end(JSON.stringify({ url: request.url }));
    await withClient(handle, async (client) => {
      expect(await client.list('?limit=0&x=%20')).toEqual({ status: 400, body: { url: '/api/content?limit=0&x=%20' } });
    });
  });

  it.each([
    ['200', answer(200, { status: 'ok' }), true],
    ['503', answer(503, { status: 'unavailable' }), true],
    ['nothing', (request: IncomingMessage) => void request.socket.destroy(), false],
  ])('tells whether the origin answers when it answers %s', (_title, handle, answers) =>
    withClient(handle, async (client) => {
      expect(await client.answers()).toBe(answers);
    }),
  );

  it('says that an origin which is not there is away', async () => {
    const client = new HttpOriginClient('http://127.0.0.1:9');
    await expect(client.fetch(1)).rejects.toThrow(/no usable answer from http:\/\/127\.0\.0\.1:9: the connection was refused/);
    await expect(client.fetch(1)).rejects.toBeInstanceOf(OriginUnavailable);
    await expect(client.list('')).rejects.toBeInstanceOf(OriginUnavailable);
    expect(await client.answers()).toBe(false);
    await client.close();
  });

  it('refuses calls once it is closed', () =>
    withClient(answer(304, ''), async (client) => {
      await client.close();
      await expect(client.fetch(1)).rejects.toBeInstanceOf(OriginUnavailable);
    }));
});
