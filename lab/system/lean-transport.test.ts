/** Reads by the thousand, over real connections to servers that answer, fail and hang. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../services/runtime/clock.ts';
import { LeanTransport } from './lean-transport.ts';
import { type Handle, UNUSABLE_ANSWERS } from './testing/unusable-answers.ts';
import { CALL_DEADLINE_MS, CallFailed } from './transport.ts';

interface Asked {
  readonly transport: LeanTransport;
  readonly base: string;
  /** So many connections the server has taken so far. */
  readonly connections: () => number;
}

/** Can be put forward. */
class JumpingClock implements Clock {
  aheadMs = 0;

  now(): number {
    return systemClock.now();
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.aheadMs;
  }

  setTimer(delayMs: number, callback: () => void) {
    return systemClock.setTimer(delayMs, callback);
  }
}

async function withServer<T>(handle: Handle, use: (asked: Asked) => Promise<T>, clock: Clock = systemClock): Promise<T> {
  const server = createServer(handle);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1_024 }, resolve));
  const transport = new LeanTransport(clock);
  try {
    return await use({ transport, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections });
  } finally {
    await transport.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const read = ({ transport, base }: Asked, path = '/') => transport.call({ method: 'GET', base, path });

async function failureOf(call: Promise<unknown>): Promise<CallFailed> {
  const failure = await call.then(
    () => 'an answer',
    (error: unknown) => error,
  );
  if (failure instanceof CallFailed) return failure;
  throw new Error(`expected a call that failed, got ${String(failure)}`);
}

const json = (response: ServerResponse, body: unknown) =>
  void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));

describe('a read by the thousand', () => {
  it('is answered with status, headers by their names in lower case, and the body in one piece', async () => {
    const handle: Handle = (_request, response) => {
      response.writeHead(404, { 'X-Cache': 'HIT', 'Set-Cookie': ['a=1', 'b=2'] });
      response.write('{"found":');
      setTimeout(() => response.end('"später"}'), 20);
    };
    const answer = await withServer(handle, (asked) => read(asked));
    expect(answer).toMatchObject({ status: 404, headers: { 'x-cache': 'HIT', 'set-cookie': ['a=1', 'b=2'] }, body: { found: 'später' } });
  });

  it('has a connection of its own while it is under way, and leaves it to the next', async () => {
    const held: (() => void)[] = [];
    const handle: Handle = (request, response) => {
      held.push(() => json(response, request.url));
      if (held.length === 200) for (const answer of held) answer();
      if (held.length > 200) json(response, request.url);
    };
    await withServer(handle, async (asked) => {
      const paths = Array.from({ length: 200 }, (_, at) => `/${at}`);
      const answers = await Promise.all(paths.map((path) => read(asked, path)));
      expect(answers.map(({ body }) => body)).toEqual(paths);
      await Promise.all(paths.map((path) => read(asked, path)));
      expect(asked.connections()).toBe(200);
    });
  });

  it('waits for a connection where all are taken, and gets one', async () => {
    const held: (() => void)[] = [];
    let answered = 0;
    const handle: Handle = (request, response) => {
      if (answered >= 256) return json(response, request.url);
      held.push(() => json(response, request.url));
      if (held.length < 256) return;
      answered = held.length;
      for (const answer of held) answer();
    };
    await withServer(handle, async (asked) => {
      const paths = Array.from({ length: 600 }, (_, at) => `/${at}`);
      const answers = await Promise.all(paths.map((path) => read(asked, path)));
      expect(answers.map(({ body }) => body)).toEqual(paths);
      expect(asked.connections()).toBe(256);
    });
  });

  it('fails at its deadline, whether it was sent or waits; the answer that comes later makes room', async () => {
    const clock = new JumpingClock();
    const held: (() => void)[] = [];
    let isHanging = true;
    const handle: Handle = (request, response) => {
      if (!isHanging) return json(response, request.url);
      held.push(() => json(response, request.url));
      if (held.length === 256) clock.aheadMs += CALL_DEADLINE_MS;
    };
    await withServer(
      handle,
      async (asked) => {
        const failures = await Promise.all(Array.from({ length: 300 }, () => failureOf(read(asked))));
        expect(new Set(failures.map(({ message }) => message))).toEqual(new Set([`GET ${asked.base}/: no answer within 5000 ms`]));
        isHanging = false;
        for (const answer of held) answer();
        const paths = Array.from({ length: 300 }, (_, at) => `/${at}`);
        const answers = await Promise.all(paths.map((path) => read(asked, path)));
        expect(answers.map(({ body }) => body)).toEqual(paths);
        expect({ held: held.length, connections: asked.connections() }).toEqual({ held: 256, connections: 256 });
      },
      clock,
    );
  });

  it('gives a connection up that says nothing for a minute', async () => {
    const clock = new JumpingClock();
    const hungUp = Promise.withResolvers<void>();
    const handle: Handle = (request) => {
      request.socket.once('close', () => hungUp.resolve());
      clock.aheadMs += 60_000;
    };
    await withServer(
      handle,
      async (asked) => {
        expect((await failureOf(read(asked))).message).toMatch(/: no answer within 5000 ms$/);
        await hungUp.promise;
      },
      clock,
    );
  });

  it.each<[string, Handle, RegExp]>([
    [
      'a server that resets',
      (request) => void request.socket.resetAndDestroy(),
      /: the connection was (reset|closed) before the answer was there/,
    ],
    ['a server that hangs up', (request) => void request.socket.destroy(), /: the connection was closed before the answer was there/],
    ...UNUSABLE_ANSWERS,
  ])('to %s says what it was, and the next one is sent', async (_what, handle, words) => {
    let isBroken = true;
    const server: Handle = (request, response) => (isBroken ? handle(request, response) : json(response, 'well'));
    await withServer(server, async (asked) => {
      expect((await failureOf(read(asked))).message).toMatch(words);
      isBroken = false;
      expect(await read(asked)).toMatchObject({ status: 200, body: 'well' });
    });
  });

  it('to a port where nothing listens was refused, each of many', async () => {
    const transport = new LeanTransport(systemClock);
    const calls = Array.from({ length: 300 }, () => failureOf(transport.call({ method: 'GET', base: 'http://127.0.0.1:9', path: '/' })));
    for (const { message, definite } of await Promise.all(calls)) {
      expect(message).toMatch(/: the connection was refused, nothing listens there \(ECONNREFUSED\)$/);
      expect(definite).toBe(true);
    }
    await transport.close();
  });

  it('fails when everything is closed, also where it waits for a connection', async () => {
    await withServer(
      () => {},
      async (asked) => {
        const failures = Array.from({ length: 300 }, () => failureOf(read(asked)));
        await asked.transport.close();
        for (const { message } of await Promise.all(failures)) expect(message).toMatch(/: the client has been closed/);
      },
    );
  });

  it('takes no body, no token and no signal', () => {
    const transport = new LeanTransport(systemClock);
    const call = { method: 'GET', base: 'http://127.0.0.1:9', path: '/' } as const;
    for (const more of [{ body: {} }, { token: 'a' }, { signal: new AbortController().signal }])
      expect(() => transport.call({ ...call, ...more })).toThrow(TypeError);
  });
});
