/** That a cache is asked for what was said, and that every way of no answer is told as one. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Asker, NoAnswer } from './asker.ts';
import { systemClock } from './clock.ts';

const DEADLINE_MS = 10_000;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: a\r\n\r\nok';

interface Server {
  readonly port: number;
  readonly asker: Asker;
  /** What came, of all connections. */
  readonly came: Buffer[];
}

/** Answers each piece that comes, or not. */
async function withServer(answer: (socket: Socket) => void, use: (server: Server) => Promise<void>): Promise<void> {
  const came: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      came.push(piece);
      answer(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const asker = new Asker(systemClock);
  try {
    await use({ port: (server.address() as AddressInfo).port, asker, came });
  } finally {
    asker.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const sayOk = (socket: Socket) => void socket.write(OK);

describe('a request', () => {
  it.each(['/purge/..', '/a/./b', '/a//b', '/x#y', '/\\d+', '/^a|b$', '/a?b=c#d', '/%2e%2e', '/<id>', '?only=this'])(
    'has the path %s as it was given',
    (path) =>
      withServer(sayOk, async ({ port, asker, came }) => {
        const { status, headers, text } = await asker.ask({
          url: `http://127.0.0.1:${port}${path}`,
          method: 'PURGE',
          deadlineMs: DEADLINE_MS,
        });
        expect([status, headers['x-one'], text]).toEqual([200, 'a', 'ok']);
        const line = came.join('').split('\r\n')[0];
        expect(line).toBe(`PURGE ${path.startsWith('/') ? path : `/${path}`} HTTP/1.1`);
      }),
  );

  it('to https is sent by TLS', () =>
    withServer(
      (socket) => socket.destroy(),
      async ({ port, asker, came }) => {
        await expect(asker.ask({ url: `https://127.0.0.1:${port}/`, deadlineMs: DEADLINE_MS })).rejects.toBeInstanceOf(NoAnswer);
        // A handshake, and no line of HTTP.
        expect(came[0]?.[0]).toBe(0x16);
      },
    ));

  it.each([
    ['a path with a line break', { url: 'http://127.0.0.1:9/a\r\nb' }],
    ['a header with a line break', { url: 'http://127.0.0.1:9/', headers: { a: 'b\r\nc: d' } }],
    ['a URL of another kind', { url: 'ftp://127.0.0.1/' }],
    ['nobody who listens', { url: 'http://127.0.0.1:9/' }],
  ])('with %s ends with no answer', async (_title, asked) => {
    const asker = new Asker(systemClock);
    await expect(asker.ask({ ...asked, deadlineMs: DEADLINE_MS })).rejects.toBeInstanceOf(NoAnswer);
    asker.close();
  });

  it.each([
    ['hangs up', (socket: Socket) => socket.destroy(), /./],
    ['hangs up in the middle of its answer', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'), /./],
    ['speaks another protocol', (socket: Socket) => socket.end('SSH-2.0-x\r\n'), /Parse Error/],
    ['upgrades', (socket: Socket) => socket.write('HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'), /got 101/],
  ])('to one that %s ends with no answer', (_title, answer, why) =>
    withServer(answer, async ({ port, asker }) => {
      const asking = asker.ask({ url: `http://127.0.0.1:${port}/`, deadlineMs: DEADLINE_MS });
      await expect(asking).rejects.toThrow(why);
      await expect(asking).rejects.toBeInstanceOf(NoAnswer);
    }),
  );

  /** A server that answers the first request, and does this with each that follows. */
  const afterFirst = (then: (socket: Socket) => void) => {
    let isFirst = true;
    return (socket: Socket) => {
      if (isFirst) socket.write(OK);
      else then(socket);
      isFirst = false;
    };
  };

  /** A server that answers once on each connection, and closes it as the next request travels to it. */
  const closing = () => {
    const answered = new WeakSet<Socket>();
    return (socket: Socket) => {
      if (answered.has(socket)) socket.destroy();
      else socket.write(OK);
      answered.add(socket);
    };
  };

  it.each(['GET', 'PURGE', 'POST'])('by %s on a kept connection that was closed is sent on a new one', (method) =>
    withServer(closing(), async ({ port, asker, came }) => {
      const ask = () => asker.ask({ url: `http://127.0.0.1:${port}/`, method, deadlineMs: DEADLINE_MS, body: method });
      expect(await ask()).toMatchObject({ status: 200 });
      expect(await ask()).toMatchObject({ status: 200 });
      expect(came).toHaveLength(3);
    }),
  );

  it('is sent on no third connection', () => {
    return withServer(
      afterFirst((socket) => socket.destroy()),
      async ({ port, asker, came }) => {
        const ask = () => asker.ask({ url: `http://127.0.0.1:${port}/`, deadlineMs: DEADLINE_MS });
        await ask();
        await expect(ask()).rejects.toBeInstanceOf(NoAnswer);
        expect(came).toHaveLength(3);
      },
    );
  });

  it('is not sent again where the asker was closed', () => {
    const second = Promise.withResolvers<void>();
    return withServer(
      afterFirst(() => second.resolve()),
      async ({ port, asker, came }) => {
        const ask = () => asker.ask({ url: `http://127.0.0.1:${port}/`, deadlineMs: DEADLINE_MS });
        await ask();
        const asking = ask();
        asking.catch(() => {});
        await second.promise;
        asker.close();
        await expect(asking).rejects.toBeInstanceOf(NoAnswer);
        expect(came).toHaveLength(2);
      },
    );
  });

  it('that was closed after the first bytes of its answer is not sent again', () => {
    return withServer(
      afterFirst((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok')),
      async ({ port, asker, came }) => {
        const ask = () => asker.ask({ url: `http://127.0.0.1:${port}/`, deadlineMs: DEADLINE_MS });
        await ask();
        await expect(ask()).rejects.toBeInstanceOf(NoAnswer);
        expect(came).toHaveLength(2);
      },
    );
  });

  it('that is never answered ends at its deadline', () =>
    withServer(
      () => {},
      async ({ port, asker }) => {
        await expect(asker.ask({ url: `http://127.0.0.1:${port}/`, deadlineMs: 50 })).rejects.toThrow('no answer within 50 ms');
      },
    ));

  it('takes no more of an answer than can be meant, and no longer', () =>
    withServer(
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        const piece = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
        const send = () => {
          while (!socket.destroyed && socket.write(piece));
        };
        socket.on('drain', send);
        send();
      },
      async ({ port, asker }) => {
        const asked = asker.ask({ url: `http://127.0.0.1:${port}/`, deadlineMs: 60_000 });
        await expect(asked).rejects.toThrow(/expected at most 8388608 bytes, got more/);
        await expect(asked).rejects.toBeInstanceOf(NoAnswer);
      },
    ));
});
