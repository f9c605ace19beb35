/** Conditional requests to the origin, over real sockets: RFC 9110, sections 13.1 and 13.2. */
import { describe, expect, it } from 'vitest';
import { errorAnswer, exchange, exchangeRaw, type Got } from '../runtime/testing/http.ts';
import { type OriginUnderTest, openedDatabase, withOrigin } from './testing/origin.ts';

const PATH = '/api/content/2';

const openDatabase = openedDatabase();
const withFreshOrigin = (use: (origin: OriginUnderTest) => Promise<void>) => withOrigin({ database: openDatabase() }, use);

const tagOf = async (port: number) => (await exchange(port, { path: PATH })).headers.etag ?? '';
const put = (port: number, headers: Readonly<Record<string, string>>, title = 'x') =>
  exchange(port, { method: 'PUT', path: PATH, headers, body: { title } });
const remove = (port: number, headers: Readonly<Record<string, string>>) => exchange(port, { method: 'DELETE', path: PATH, headers });
const codeOf = ({ json }: Got) => errorAnswer.parse(json).code;

/** Of a content that has `etag`: whether a request with the header may write. */
const CONDITIONS: readonly (readonly [header: string, title: string, value: (etag: string) => string, mayWrite: boolean])[] = [
  ['if-match', 'the tag', (etag) => etag, true],
  ['if-match', 'a list with it', (etag) => `"a,b" , ,${etag},W/"c"`, true],
  ['if-match', 'any', () => '*', true],
  ['if-match', 'another tag', () => '"nonsense"', false],
  ['if-match', 'its weak form', (etag) => `W/${etag}`, false],
  ['if-match', 'the tag of another content', (etag) => etag.replace('"2-', '"1-'), false],
  ['if-match', 'the tag within another', (etag) => `"x${etag.slice(1)}`, false],
  ['if-none-match', 'another tag', () => '"nonsense"', true],
  ['if-none-match', 'the tag', (etag) => etag, false],
  ['if-none-match', 'its weak form', (etag) => `W/${etag}`, false],
  ['if-none-match', 'a list with it', (etag) => `W/"x",${etag}`, false],
  ['if-none-match', 'any', () => '*', false],
];

const MALFORMED = ['nonsense', '"half', 'half"', '*, "a"', '"a" "b"', 'w/"a"', 'W/ "a"', '"a"; "b"', "'a'", '', ',', '**'];

describe('a write under a condition', () => {
  it.each(CONDITIONS)('with %s, %s, is done or answered with 412 and leaves the content as it was', (header, _title, value, mayWrite) =>
    withFreshOrigin(async ({ port }) => {
      const before = (await exchange(port, { path: PATH })).json;
      const headers = { [header]: value(await tagOf(port)) };
      const changed = await put(port, headers);
      expect(changed.status).toBe(mayWrite ? 200 : 412);
      if (!mayWrite) {
        expect(errorAnswer.parse(changed.json)).toMatchObject({
          code: 'precondition_failed',
          error: expect.stringContaining(`${header}: `),
        });
        expect((await exchange(port, { path: PATH })).json).toEqual(before);
      }
      const deleted = await remove(port, { [header]: value(await tagOf(port)) });
      expect(deleted.status).toBe(mayWrite ? 200 : 412);
      expect((await exchange(port, { path: PATH })).status).toBe(mayWrite ? 404 : 200);
    }),
  );

  it('is done for one of two that name the same tag at the same moment, and for no other', () =>
    withFreshOrigin(async ({ port }) => {
      const headers = { 'if-match': await tagOf(port) };
      const answers = await Promise.all(['A', 'B'].map((title) => put(port, headers, title)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      const winner = answers.find(({ status }) => status === 200);
      expect((await exchange(port, { path: PATH })).json).toEqual(winner?.json);
      expect(winner?.json).toMatchObject({ data: { version: 2 } });
    }));

  it('reads its tags from several lines', () =>
    withFreshOrigin(async ({ port }) => {
      const etag = await tagOf(port);
      const answer = await exchangeRaw(
        port,
        `DELETE ${PATH} HTTP/1.1\r\nHost: localhost\r\nIf-Match: "a"\r\nIf-Match: ${etag}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    }));

  it.each(MALFORMED)('that cannot be read, %j, is refused with 400 naming the header, and nothing is written', (value) =>
    withFreshOrigin(async ({ port }) => {
      for (const header of ['if-match', 'if-none-match']) {
        for (const answer of [await put(port, { [header]: value }), await remove(port, { [header]: value })]) {
          expect(answer.status).toBe(400);
          expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(`^${header}: `) });
        }
      }
      expect((await exchange(port, { path: PATH })).json).toMatchObject({ data: { version: 1 } });
    }),
  );

  it('is not looked at for what fails without it: no content, a wrong body', () =>
    withFreshOrigin(async ({ port }) => {
      const headers = { 'if-match': '"nonsense"' };
      const absent = await exchange(port, { method: 'PUT', path: '/api/content/99', headers, body: { title: 'x' } });
      const wrong = await exchange(port, { method: 'PUT', path: PATH, headers, body: { title: '' } });
      expect([absent, wrong].map((answer) => [answer.status, codeOf(answer)])).toEqual([
        [404, 'not_found'],
        [400, 'invalid_field'],
      ]);
    }));
});

describe('a read under a condition', () => {
  it.each([
    ['the tag', (etag: string) => etag, 200],
    ['any', () => '*', 200],
    ['another tag', () => '"nonsense"', 412],
    ['its weak form', (etag: string) => `W/${etag}`, 412],
    ['what cannot be read', () => 'nonsense', 400],
  ])('with If-Match, %s', (_title, value, status) =>
    withFreshOrigin(async ({ port }) => {
      const headers = { 'if-match': value(await tagOf(port)) };
      for (const method of ['GET', 'HEAD']) expect((await exchange(port, { method, path: PATH, headers })).status).toBe(status);
    }),
  );

  it('is 412 before it is 304', () =>
    withFreshOrigin(async ({ port }) => {
      const etag = await tagOf(port);
      const status = async (ifMatch: string) =>
        (await exchange(port, { path: PATH, headers: { 'if-match': ifMatch, 'if-none-match': etag } })).status;
      expect([await status('"nonsense"'), await status(etag)]).toEqual([412, 304]);
    }));
});

describe('a write where there are no tags', () => {
  const DRAFT = { title: 't', slug: 's', body: 'b' };
  it.each([
    ['POST', '/api/content', DRAFT, { 'if-match': '"a"' }, 412],
    ['POST', '/api/content', DRAFT, { 'if-match': '*' }, 201],
    ['POST', '/api/content', DRAFT, { 'if-none-match': '*' }, 412],
    ['POST', '/api/content', DRAFT, { 'if-none-match': '"a"' }, 201],
    ['POST', '/api/content', DRAFT, { 'if-match': 'nonsense' }, 400],
    ['POST', '/api/invalidate', { type: 'all' }, { 'if-match': '"a"' }, 412],
    ['POST', '/api/invalidate', { type: 'all' }, { 'if-match': '*' }, 412],
    ['POST', '/api/invalidate', { type: 'all' }, { 'if-none-match': '*' }, 202],
  ])('%s %s of %j with %j is answered with %i', (method, path, body, headers, status) =>
    withFreshOrigin(async ({ port }) => {
      const answer = await exchange(port, { method, path, body, headers });
      expect(answer.status).toBe(status);
      if (status === 412) expect(codeOf(answer)).toBe('precondition_failed');
    }),
  );
});
