/**
 * What every service answers before any route sees the request: its target, its Host, its lines, and what Node's parser
 * refuses.
 */
import { describe, expect, it } from 'vitest';
import { errorAnswer, exchange, exchangeRaw, parseAnswer } from './http.ts';
import type { HttpSubject } from './http-subject.ts';

/** More lines than Node takes in unless it is told to take all. */
const LINES_MANY = 2_100;

const REPEATED = [
  ['host', ['Host: localhost', 'Host: evil.example']],
  ['host', ['Host: evil.example', 'Host: localhost']],
  ['host', ['Host: localhost', 'Host: localhost']],
  ['host', ['Host: localhost', ...Array.from({ length: LINES_MANY }, () => 'a:b'), 'Host: evil.example']],
  ['authorization', ['Host: localhost', 'Authorization: Bearer a', 'Authorization: Bearer b']],
  ['content-type', ['Host: localhost', 'Content-Type: application/json', 'Content-Type: text/plain']],
] as const;

const TARGETS = [
  ['a whole URL of this service', 'http://localhost', 'localhost', 200],
  ['a whole URL with a port and another case', 'HTTP://LocalHost:5001', 'localhost', 200],
  ['a whole URL of this service, sent with a foreign Host', 'http://localhost', 'evil.example', 200],
  ['a whole URL of a foreign host', 'http://evil.example', 'localhost', 421],
  ['a whole URL of a foreign host with a port', 'http://evil.example:4000', 'localhost', 421],
  ['a whole URL with a name before its host', 'http://localhost@evil.example', 'localhost', 421],
  ['a whole URL with a user', 'http://user@localhost', 'localhost', 421],
  ['a whole URL that asks for TLS', 'https://localhost', 'localhost', 421],
] as const;

const REFUSED_BY_PARSER = [
  ['a letter in the path that is not ASCII', 'GET /api/content/ü HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'malformed_request'],
  ['no HTTP at all', 'hello\r\n\r\n', 400, 'malformed_request'],
  ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'malformed_request'],
  ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'malformed_request'],
  ['a space before a colon', 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n', 400, 'malformed_request'],
  ['two lengths', 'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, 'malformed_request'],
  ['headers of more than 16 KiB', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ['no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'invalid_field'],
  [
    'an expectation of its own',
    'GET /health HTTP/1.1\r\nHost: localhost\r\nExpect: 200-ok\r\nConnection: close\r\n\r\n',
    417,
    'expectation_failed',
  ],
  ['a tunnel', 'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'invalid_field'],
  ['a fragment in its target', 'GET /health#x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400, 'invalid_field'],
] as const;

export function describeWireContract(subject: () => HttpSubject): void {
  it.each(REPEATED)('refuses two lines of %s with 400: one of them would be dropped', async (name, lines) => {
    const answer = await exchangeRaw(
      subject().port,
      `GET ${subject().readPath} HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`,
    );
    const { status, json } = parseAnswer(answer);
    expect(status).toBe(400);
    expect(errorAnswer.parse(json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(`^${name}: `) });
  });

  it('reads a Host that comes after two thousand other lines', async () => {
    const lines = Array.from({ length: LINES_MANY }, () => 'a:b').join('\r\n');
    const answer = await exchangeRaw(
      subject().port,
      `GET ${subject().readPath} HTTP/1.1\r\n${lines}\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(parseAnswer(answer).status).toBe(200);
  });

  it.each(TARGETS)('takes the host from the target where it is %s: %s, Host %s', async (_title, base, host, status) => {
    const { port, readPath } = subject();
    const answer = await exchangeRaw(port, `GET ${base}${readPath} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const got = parseAnswer(answer);
    expect(got.status).toBe(status);
    if (status === 421) expect(errorAnswer.parse(got.json).code).toBe('misdirected_request');
  });

  it.each(['', '/', '?x=1'])('reads a whole URL that ends in %j as one of the root', async (rest) => {
    const answer = await exchangeRaw(
      subject().port,
      `GET http://localhost${rest} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(parseAnswer(answer)).toMatchObject({ status: 404, json: { code: 'unknown_route', error: 'no route GET /' } });
  });

  it.each(REFUSED_BY_PARSER)('answers a request with %s in JSON, as any other error', async (_title, bytes, status, code) => {
    const got = parseAnswer(await exchangeRaw(subject().port, bytes));
    expect(got.status).toBe(status);
    expect(errorAnswer.parse(got.json).code).toBe(code);
    expect(got.head).toMatch(/\r\ncontent-type: application\/json; charset=utf-8(?:\r\n|$)/i);
    expect(got.head).toMatch(/\r\nconnection: close(?:\r\n|$)/i);
  });

  it('answers a body whose chunks cannot be read with 400 in JSON', async () => {
    const { port, bodyRoute } = subject();
    const lines = Object.entries({ ...bodyRoute.headers, host: 'localhost', 'content-type': 'application/json' });
    const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
    const got = parseAnswer(
      await exchangeRaw(
        port,
        `${bodyRoute.method} ${bodyRoute.path} HTTP/1.1\r\n${head}\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n`,
      ),
    );
    expect(got.status).toBe(400);
    expect(errorAnswer.parse(got.json).code).toBe('malformed_request');
  });

  it.each(['%FF', '%C0%B1', '%ED%A0%80', '%', '%ZZ', '%E0%A4'])('refuses %s in a path with 400: it is no text in UTF-8', async (step) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await exchange(subject().port, { method, path: `/api/content/${step}` });
      // Of an edge a content can only be read.
      if (answer.status === 405) continue;
      expect(answer.status).toBe(400);
      expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(/^path: /) });
    }
  });

  describe('the paths', () => {
    it.each([
      ['in another case', (path: string) => path.toUpperCase()],
      ['with a slash after it', (path: string) => `${path}/`],
      ['with a slash before it', (path: string) => `/${path}`],
      ['with a letter of it encoded', (path: string) => path.replace(/^\/(.)/, (_, letter) => `/%${letter.charCodeAt(0).toString(16)}`)],
    ])('are exact: %s there is none', async (_title, change) => {
      for (const path of Object.keys(subject().allowed)) {
        const answer = await exchange(subject().port, { path: change(path) });
        expect([change(path), answer.status]).toEqual([change(path), 404]);
        expect(errorAnswer.parse(answer.json).code).toBe('unknown_route');
      }
    });
  });
}
