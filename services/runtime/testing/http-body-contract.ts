/**
 * What comes in is kept as it is or refused, whatever route it comes to: bytes, text, numbers, keys, and what a route
 * does not take.
 */
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { errorAnswer, exchange, type Sent } from './http.ts';
import type { HttpSubject } from './http-subject.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Each with the path its answer must name. */
const CHANGED_BY_READING = [
  ['a whole number above 2^53', '{"a":9007199254740993}', 'a'],
  ['the largest number of 64 bits', '{"max":9223372036854775807}', 'max'],
  ['its negative', '{"min":-9223372036854775808}', 'min'],
  ['a fraction of 20 digits', '{"a":0.12345678901234567890}', 'a'],
  ['minus zero', '{"a":-0}', 'a'],
  ['minus zero with a fraction', '{"a":-0.0e3}', 'a'],
  ['a number no double holds', '{"a":1e400}', 'a'],
  ['a number that becomes zero', '{"a":1e-400}', 'a'],
  ['a number deep inside', '{"a":{"b":[1,{"c":9007199254740993}]}}', 'a.b.1.c'],
  ['a number in a list', '[0,[1,9007199254740993]]', '1.1'],
  ['a number alone', '9007199254740993', 'body'],
  ['a key twice', '{"a":1,"a":2}', 'a'],
  ['a key twice with one value', '{"a":1,"a":1}', 'a'],
  ['a key twice, once escaped', '{"a":1,"\\u0061":2}', 'a'],
  ['a key twice deep inside', '{"a":[{"b":{"c":1,"d":{"c":1},"c":2}}]}', 'a.0.b.c'],
  ['an empty key twice', '{"a":{"":1,"":2}}', 'a.'],
  ['__proto__ twice', '{"__proto__":1,"__proto__":2}', '__proto__'],
  ['half a surrogate pair', '{"a":["\\ud800"]}', 'a.0'],
  ['the other half alone', '{"a":"x\\udc00y"}', 'a'],
  ['half a surrogate pair in a key', '{"\\ud800":1}', '\ud800'],
] as const;

/** Of these nothing is lost: only their names can be wrong here. */
const KEPT_BY_READING = [
  '{"unknown":9007199254740991}',
  '{"unknown":[1.0,1e2,100e-2,0.1,-1.50,5e-324,1.7976931348623157e308,123456789012345680000,0,0.0,0e9]}',
  '{"unknown":{"a":{"a":1},"b":{"a":1},"A":2,"a\\u0000":3}}',
  '{"unknown":["{\\"a\\":1,\\"a\\":9007199254740993}","\\\\","\\\\\\"","\\ud83d\\ude00","-0"]}',
  ' \\n{"unknown" : [ ] , "other"\\t:\\r{ } }'.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\r', '\r'),
] as const;

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const around = (...bytes: readonly number[]) => Buffer.concat([utf8('{"title":"'), Buffer.from(bytes), utf8('"}')]);
const NOT_UTF8 = [
  ['a byte of no character', around(0xff)],
  ['a character cut short', around(0xe2, 0x82)],
  ['an overlong form', around(0xc0, 0xaf)],
  ['half a surrogate pair in bytes', around(0xed, 0xa0, 0x80)],
  ['a code point above the last', around(0xf4, 0x90, 0x80, 0x80)],
  ['Latin-1', Buffer.from('{"title":"é"}', 'latin1')],
  ['UTF-16', Buffer.from('{"title":"x"}', 'utf16le')],
  ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8('{"title":"x"}')])],
] as const;

export function describeBodyContract(subject: () => HttpSubject): void {
  const onBodyRoute = (sent: Partial<Sent>) => {
    const { port, bodyRoute } = subject();
    return exchange(port, { ...bodyRoute, ...sent, headers: { ...bodyRoute.headers, ...JSON_TYPE, ...sent.headers } });
  };

  it.each(CHANGED_BY_READING)('refuses %s with 400, naming where it is: %s', async (_title, body, path) => {
    const answer = await onBodyRoute({ body });
    expect(answer.status).toBe(400);
    const { code, error } = errorAnswer.parse(answer.json);
    expect({ code, starts: error.startsWith(`${path}: expected `) }, error).toEqual({ code: 'invalid_field', starts: true });
    expect(error).toMatch(/a double holds exactly|each key once|half a surrogate pair/);
  });

  it('says the number as it was sent', async () => {
    expect(errorAnswer.parse((await onBodyRoute({ body: '{"a":9007199254740993}' })).json).error).toContain(', got 9007199254740993');
  });

  it.each(KEPT_BY_READING)('takes nothing in %s for changed', async (body) => {
    const { code, error } = errorAnswer.parse((await onBodyRoute({ body })).json);
    expect({ code, error }).toEqual({ code: 'invalid_field', error: expect.stringMatching(/^unknown: /) });
  });

  it.each(NOT_UTF8)('refuses a body with %s with 400', async (_title, body) => {
    const answer = await onBodyRoute({ body });
    expect(answer.status).toBe(400);
    expect(errorAnswer.parse(answer.json).code).toBe('malformed_json');
  });

  it.each(['gzip', 'deflate', 'br', 'identity, gzip', 'x-own'])(
    'refuses a body in the coding %s with 415, and says that it takes none',
    async (coding) => {
      const answer = await onBodyRoute({ body: gzipSync('{"title":"x"}'), headers: { 'content-encoding': coding } });
      expect(answer).toMatchObject({ status: 415, headers: { 'accept-encoding': 'identity' } });
      expect(errorAnswer.parse(answer.json).code).toBe('unsupported_media_type');
    },
  );

  it('refuses a part of a body with 400', async () => {
    const answer = await onBodyRoute({ body: '{"title":"x"}', headers: { 'content-range': 'bytes 0-12/40' } });
    expect(answer.status).toBe(400);
    expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(/^content-range: /) });
  });

  it.each([
    ['with its length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('takes an empty body %s for none, and not for an empty object', async (_how, framing) => {
    const answer = await onBodyRoute({ body: '', headers: framing });
    expect(answer.status).toBe(400);
    expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(/^body: /) });
  });

  it.each(['null', '42', '"text"', 'true', '[]'])('says of the JSON %s that an object was expected', async (body) => {
    const answer = await onBodyRoute({ body });
    expect(answer.status).toBe(400);
    expect(errorAnswer.parse(answer.json)).toMatchObject({
      code: 'invalid_field',
      error: expect.stringMatching(/^body: .*expected object/),
    });
  });

  it('refuses a write with a parameter or a body that its route does not take', async () => {
    const { port, writes } = subject();
    for (const { takesBody, ...sent } of writes) {
      const odd = await exchange(port, { ...sent, path: `${sent.path}?dry=1` });
      expect([sent, odd.status]).toEqual([sent, 400]);
      expect(errorAnswer.parse(odd.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(/^dry: /) });
      if (takesBody) continue;
      const full = await exchange(port, { ...sent, body: { version: 3 } });
      expect([sent, full.status]).toEqual([sent, 400]);
      expect(errorAnswer.parse(full.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(/^version: /) });
    }
  });

  it.each(['limit=%FF', 'limit=%C0%AF', 'limit=%ZZ', 'limit=%', '%ED%A0%80=1'])(
    'refuses the query %s with 400: it is no text in UTF-8',
    async (query) => {
      const { port, listing } = subject();
      const answer = await exchange(port, { ...listing, path: `${listing.path}?${query}` });
      expect(answer.status).toBe(400);
      expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(/^query: /) });
    },
  );

  it.each(['limit=1&limit=1', 'limit=1&limit=2', 'limit=1&%6Cimit=1'])(
    'refuses the query %s with 400: a parameter said twice',
    async (query) => {
      const { port, listing } = subject();
      const answer = await exchange(port, { ...listing, path: `${listing.path}?${query}` });
      expect(answer.status).toBe(400);
      expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(/^limit: /) });
    },
  );

  it.each(['limit=+1', 'limit=1+', 'limit=%201', 'limit=1%0A', 'limit=01', 'limit=1_0', 'limit=%D9%A1', 'limit', 'limit=1#2'])(
    'refuses the query %s with 400: it is no number in plain decimal',
    async (query) => {
      const { port, listing } = subject();
      const answer = await exchange(port, { ...listing, path: `${listing.path}?${query}` });
      expect(answer.status).toBe(400);
      expect(errorAnswer.parse(answer.json).code).toBe('invalid_field');
    },
  );
}
