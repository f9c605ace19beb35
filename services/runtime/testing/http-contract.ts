/** What every service answers to requests that no route should see. Runs against origin and edge, over real sockets. */
import { describe, expect, it } from 'vitest';
import { errorAnswer, exchange, exchangeRaw, type Sent } from './http.ts';
import { describeBodyContract } from './http-body-contract.ts';
import type { HttpSubject } from './http-subject.ts';
import { describeWireContract } from './http-wire-contract.ts';

const BODY_BYTES_MAX = 1024 * 1024;

const HOSTS_ANSWERED = ['localhost', 'LOCALHOST', 'LocalHost:4000', '127.0.0.1', '127.0.0.1:65535', '[::1]', '[::1]:5001'] as const;
const HOSTS_REFUSED = [
  'evil.example',
  'evil.example:4000',
  'localhost.evil.example',
  'evil.localhost',
  'localhost:4000:4000',
  '127.0.0.2',
  '0.0.0.0',
  '::1',
  '[::1',
  'localhost@evil.example',
  'evil.example/localhost',
] as const;

const JSON_TYPES = ['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8'] as const;
const OTHER_TYPES = [
  undefined,
  'text/plain',
  'text/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'application/json-patch+json',
  'application/json; charset=iso-8859-1',
  'nonsense',
] as const;

const MALFORMED = ['{', '{"title":}', '{"title":"x"', 'undefined', "{'title':'x'}", 'NaN', '01', '{}{}', '\0'] as const;

const STRANGE_TARGETS = [
  '//api/content/1',
  '/api/content/%ZZ',
  '/api/content/%',
  '/api/content/%C0%AE',
  '/%2e%2e/etc/passwd',
  '/api/content/1/../2',
  '/api/content/1%2F2',
  `/api/content/${'9'.repeat(5_000)}`,
  '/api/content/1?a[b]=c&__proto__=1',
  'http://[/api/content/1',
  'http://',
  'api/content/1',
  '*',
] as const;

function jsonOfBytes(bytes: number): string {
  const envelope = '{"title":""}';
  return `{"title":"${'x'.repeat(bytes - envelope.length)}"}`;
}

export function describeHttpContract(name: string, subject: () => HttpSubject): void {
  const onBodyRoute = (sent: Partial<Sent>) => {
    const { port, bodyRoute } = subject();
    return exchange(port, { ...bodyRoute, ...sent, headers: { ...bodyRoute.headers, ...sent.headers } });
  };
  const refusal = (answer: { readonly json: unknown }) => errorAnswer.parse(answer.json);

  describe(`HTTP of ${name}`, () => {
    describeWireContract(subject);
    describeBodyContract(subject);

    it.each(HOSTS_ANSWERED)('answers to the Host %s', async (host) => {
      expect(await exchange(subject().port, { path: subject().readPath, headers: { host } })).toMatchObject({ status: 200 });
    });

    it.each(HOSTS_REFUSED)('refuses the foreign Host %j with 421', async (host) => {
      const answer = await exchange(subject().port, { path: subject().readPath, headers: { host } });
      expect(answer.status).toBe(421);
      expect(refusal(answer).code).toBe('misdirected_request');
    });

    it('refuses an empty Host with 421', async () => {
      const answer = await exchangeRaw(subject().port, `GET ${subject().readPath} HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
    });

    it.each(OTHER_TYPES)('refuses a body of type %s with 415', async (type) => {
      const answer = await onBodyRoute({ body: '{"title":"x"}', headers: type === undefined ? {} : { 'content-type': type } });
      expect(answer.status).toBe(415);
      expect(refusal(answer).code).toBe('unsupported_media_type');
    });

    it.each(JSON_TYPES)('reads a body of type %s', async (type) => {
      expect((await onBodyRoute({ body: '{', headers: { 'content-type': type } })).json).toMatchObject({ code: 'malformed_json' });
    });

    it.each(MALFORMED)('refuses %j as malformed JSON with 400', async (body) => {
      const answer = await onBodyRoute({ body, headers: { 'content-type': 'application/json' } });
      expect(answer.status).toBe(400);
      expect(refusal(answer).code).toBe('malformed_json');
    });

    it.each([undefined, ''])('refuses the empty body %j with 400, naming the body', async (body) => {
      const answer = await onBodyRoute({ body });
      expect(answer.status).toBe(400);
      expect(refusal(answer)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(/^body: /) });
    });

    it.each([
      ['with its length', {}],
      ['in chunks', { 'transfer-encoding': 'chunked' }],
    ])('refuses a body one byte above 1 MiB, sent %s, with 413', async (_how, framing) => {
      const body = jsonOfBytes(BODY_BYTES_MAX + 1);
      const answer = await onBodyRoute({ body, headers: { 'content-type': 'application/json', ...framing } });
      expect(answer.status).toBe(413);
      expect(refusal(answer).code).toBe('body_too_large');
    });

    it('reads a body of exactly 1 MiB: only its fields can be wrong', async () => {
      const answer = await onBodyRoute({ body: jsonOfBytes(BODY_BYTES_MAX), headers: { 'content-type': 'application/json' } });
      expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_field' } });
    });

    it.each(['/', '/api', '/api/contents', '/metrics/x', '/admin', '/favicon.ico', '/health/../metrics'])(
      'has no route %s: 404',
      async (path) => {
        const answer = await exchange(subject().port, { path });
        expect(answer.status).toBe(404);
        expect(refusal(answer).code).toBe('unknown_route');
      },
    );

    it.each(['PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('refuses %s on a known path with 405 and what it allows', async (method) => {
      for (const [path, allow] of Object.entries(subject().allowed)) {
        const answer = await exchange(subject().port, { method, path });
        expect({ path, status: answer.status, allow: answer.headers.allow }).toEqual({ path, status: 405, allow });
        expect(refusal(answer).code).toBe('method_not_allowed');
      }
    });

    it.each(STRANGE_TARGETS)('answers the request target %s with an error of the client, never one of its own', async (target) => {
      const answer = await exchangeRaw(subject().port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 (?:200|40[04]) /);
      if (!head.startsWith('HTTP/1.1 200') && body !== '') expect(errorAnswer.safeParse(JSON.parse(body)).success).toBe(true);
    });

    it('says nothing of what it is built with and allows no other site to read it', async () => {
      const { headers } = await exchange(subject().port, { path: subject().readPath, headers: { origin: 'http://evil.example' } });
      const names = Object.keys(headers).filter((header) => /^access-control-|^x-powered-by$|^server$/.test(header));
      expect(names).toEqual([]);
    });
  });
}
