/** Files of live targets: what they may say, and what they may not. */
import { describe, expect, it } from 'vitest';
import { type LiveFile, liveText } from '../rails/testing/live-target.ts';
import { asStarted, isMeantAsTarget, parseTarget, targetJsonSchema } from './target.ts';

const refused = (text: string) => {
  try {
    parseTarget(text, 'cdn.yaml');
  } catch (error) {
    return String(error);
  }
  return undefined;
};

describe('the file of a live target', () => {
  it('has a URL and the place of its backend', () => {
    const target = parseTarget(liveText({ url: 'HTTPS://Cdn.Example:8443/', more: ['headers: { x-site: "<env:SITE>" }'] }), 'cdn.yaml');
    expect(target).toMatchObject({
      live: {
        url: { text: 'https://cdn.example:8443', isSecure: true, host: 'cdn.example' },
        headers: { 'x-site': '<env:SITE>' },
        upstream: { host: '127.0.0.1', port: 8480 },
      },
    });
    expect(isMeantAsTarget('live: {}', 'cdn.yaml')).toBe(true);
    expect(() => asStarted(target)).toThrow('cdn is a live target, which only races and run accept');
    expect(targetJsonSchema()).toMatchObject({ oneOf: [{ required: ['start'] }, { required: ['live'] }] });
  });

  const key = (request: string, headers = '') => ({ purge: `{ hard: { key: { request: ${JSON.stringify(request)}${headers} } } }` });
  const KEY = 'PURGE /api/content/<id>';
  const EXPECTED_PATH = 'expected a path of one host';

  it.each<[string, LiveFile, string]>([
    ['a read of another host', { read: '//evil.test/<id>' }, `read.path: ${EXPECTED_PATH}`],
    ['a read of another host, by a backslash', { read: '/\\evil.test/<id>' }, `read.path: ${EXPECTED_PATH}`],
    ['a read that is a URL', { read: 'http://evil.test/<id>' }, 'read.path: expected a path'],
    ['a read that leads up', { read: '/api/content/<id>/../../admin' }, `read.path: ${EXPECTED_PATH}`],
    ['a read that leads up, encoded', { read: '/api/content/<id>/%2E%2e/admin' }, `read.path: ${EXPECTED_PATH}`],
    ['a read that leads up, encoded whole', { read: '/api/content/<id>%2f..%2fadmin' }, `read.path: ${EXPECTED_PATH}`],
    ['a read that ends above', { read: '/api/content/<id>/..' }, `read.path: ${EXPECTED_PATH}`],
    ['a read that leads up, encoded twice', { read: '/api/content/<id>/%252e%252E/admin' }, `read.path: ${EXPECTED_PATH}`],
    ['a read that leads up, encoded again and again', { read: '/api/content/<id>%25252f..%2525252fadmin' }, `read.path: ${EXPECTED_PATH}`],
    ['a read that leads up past parameters', { read: '/api/content/<id>/..;x=1/admin' }, `read.path: ${EXPECTED_PATH}`],
    ['a read that leads up past an encoded end', { read: '/api/content/<id>/..%3b/admin' }, `read.path: ${EXPECTED_PATH}`],
    ['a read with a line break, encoded', { read: '/<id>%0d%0Ahost:evil.test' }, `read.path: ${EXPECTED_PATH}`],
    ['a read with a NUL, encoded twice', { read: '/<id>/..%2500/x' }, `read.path: ${EXPECTED_PATH}`],
    ['a read with a line break', { read: '/<id> HTTP/1.1\r\nhost: evil.test' }, `read.path: ${EXPECTED_PATH}`],
    ['a read with a fragment', { read: '/x#<id>' }, `read.path: ${EXPECTED_PATH}`],
    ['a read with a secret', { read: '/<id>?token=<env:TOKEN>' }, 'read.path: expected <env:NAME> in a header'],
    ['a purge of another host', key('PURGE //evil.test/<id>'), `purge.hard.key: ${EXPECTED_PATH}`],
    ['a purge that is a URL', key('PURGE http://evil.test/<id>'), 'purge.hard.key.request: expected a method and a path such as'],
    ['a purge that leads up', key('PURGE /content/<id>/../..'), `purge.hard.key: ${EXPECTED_PATH}`],
    ['a purge with a line break', key('PURGE /<id>\r\nx: y'), 'purge.hard.key.request: expected a method and a path such as'],
    ['a purge with a secret in its path', key('PURGE /<env:TOKEN>/<id>'), 'purge.hard.key: expected <env:NAME> in a header'],
    [
      'a purge of another site',
      key(KEY, ', headers: { Host: evil.test }'),
      'purge.hard.key.headers.Host: a live target may not set this header',
    ],
    ['a purge by another name', key(KEY, ', headers: { user-agent: curl }'), 'headers.user-agent: a live target may not set this header'],
    [
      'a purge of another site, by a proxy',
      key(KEY, ', headers: { X-Forwarded-Host: evil.test }'),
      'a live target may not set this header',
    ],
    ['a purge of another URL', key(KEY, ', headers: { x-original-url: /admin }'), 'a live target may not set this header'],
    ['a purge of another path', key(KEY, ', headers: { x-envoy-original-path: /admin }'), 'a live target may not set this header'],
    ['a purge by another method', key(KEY, ', headers: { x-method-override: DELETE }'), 'a live target may not set this header'],
    ['a purge of two messages', key(KEY, ', headers: { transfer-encoding: chunked }'), 'a live target may not set this header'],
    ['a header of two lines', key(KEY, ', headers: { x: "a\\r\\nhost: evil.test" }'), 'key.headers.x: expected the value of a header'],
    ['the same of all requests', { more: ['headers: { host: evil.test }'] }, 'live.headers.host: a live target may not set this header'],
    [
      'a line break in a header of all requests',
      { more: ['headers: { x: "a\\r\\nb: c" }'] },
      'live.headers.x: expected the value of a header',
    ],
    [
      'a secret as such',
      key(KEY, ', headers: { authorization: Bearer s3cret }'),
      'authorization: expected <env:NAME>: a secret belongs in a variable',
    ],
    ['a secret as such, in a key', key(KEY, ', headers: { Fastly-Key: s3cret }'), 'Fastly-Key: expected <env:NAME>'],
    ['a secret as such, in a cookie', { more: ['headers: { cookie: session=s3cret }'] }, 'live.headers.cookie: expected <env:NAME>'],
    ['a variable that is none', key(KEY, ', headers: { authorization: "<env:cdn-token>" }'), 'expected <env:NAME>, the name of a variable'],
    ['a URL with a password', { url: 'https://me:s3cret@cdn.example' }, 'live.url: expected a URL such as https://cdn.example'],
    ['a URL with a token', { url: 'https://cdn.example/?t=s3cret' }, 'live.url: expected a URL such as https://cdn.example'],
    ['a secret in the wrong place', { more: ['headers: [authorization, s3cret]'] }, 'live.headers: expected a map'],
    ['a purge at a place that is none', { more: ['purge-url: api.example'] }, 'live.purge-url: expected a URL such as'],
    ['no port of its backend', { port: 0 }, 'live.upstream.port: expected a port from 1 to 65535'],
  ])('is refused for %s, by line, and no value is told', (_what, file, message) => {
    const said = refused(liveText(file));
    expect(said).toContain(message);
    expect(said).toMatch(/cdn\.yaml:\d+: /);
    expect(said).not.toMatch(/s3cret/);
  });

  const own = (more: string) => ({
    origin: `{ url: "https://cms.example", create: PUT /<id>/<version>, update: PUT /<id>/<version>${more} }`,
  });
  const inBody = (body: string) => ({ purge: `{ hard: { key: { request: POST /purge, body: ${body} } } }` });

  it.each<[string, LiveFile, string]>([
    ['a body without its place', inBody('{ keys: [a] }'), 'purge.hard.key: expected <id> in it'],
    ['a body with another place', inBody('{ keys: ["<id>", "<tag>"] }'), 'purge.hard.key: no such place <tag>'],
    ['a body with a secret as such', inBody('{ keys: ["<id>"], api_token: s3cret }'), 'purge.hard.key.body.api_token: expected <env:NAME>'],
    [
      'a body with a secret in a list',
      inBody('{ keys: ["<id>"], auth: [{ password: s3cret }] }'),
      'body.auth.0.password: expected <env:NAME>',
    ],
    [
      'a body with a secret that is a number',
      inBody('{ keys: ["<id>"], pin: { password: 1234 } }'),
      'body.pin.password: expected <env:NAME>',
    ],
    ['a body with a secret further in', inBody('{ keys: ["<id>"], token: { value: s3cret } }'), 'body.token.value: expected <env:NAME>'],
    [
      'a body with a secret for a key',
      inBody('{ keys: ["<id>"], "<env:TOKEN>": x }'),
      'key.body: expected <env:NAME> in a text, got one in a key',
    ],
    ['a body that is a text', inBody('"keys=<id>"'), 'purge.hard.key.body: expected a map or a list, which is sent as JSON'],
    ['a body by another name', { purge: '{ hard: { key: { request: POST /<id>, bdy: {} } } }' }, 'did you mean body?'],
    ['no id in a write', own(', delete: DELETE /articles'), 'live.origin.delete: expected <id> in it'],
    [
      'no version in one',
      { origin: '{ url: "https://a.example", create: PUT /<id>/<version>, update: PUT /<id> }' },
      'update: expected <version>',
    ],
    ['a place that a write has not', own(', delete: "DELETE /<id>?<value>"'), 'live.origin.delete: no such place <value>'],
    [
      'no update',
      { origin: '{ url: "https://a.example", create: PUT /<id>/<version> }' },
      'live.origin.update: missing, expected a request',
    ],
    [
      'a text in a path',
      { origin: '{ url: "https://a.example", create: "PUT /<id>/<version>?<value>", update: PUT /<id>/<version> }' },
      'live.origin.create: expected <value> in a body or a header: it has spaces',
    ],
    ['a read that is none', own(', read: POST /<id>'), 'live.origin.read: expected a GET without a body'],
    ['a read of no content', own(', read: GET /articles'), 'live.origin.read: expected <id> in it'],
    ['a read with another place', own(', read: "GET /<id>/<version>"'), 'live.origin.read: no such place <version>'],
    ['a read of another host', own(', read: GET //evil.test/<id>'), `live.origin.read: ${EXPECTED_PATH}`],
    ['a write by another name', own(', remove: DELETE /<id>'), 'live.origin.remove: no such key'],
    ['a write of another host', own(', delete: DELETE //evil.test/<id>'), `live.origin.delete: ${EXPECTED_PATH}`],
    [
      'a write with a secret as such',
      own(', headers: { authorization: s3cret }'),
      'live.origin.headers.authorization: expected <env:NAME>',
    ],
    ['a write of another site', own(', headers: { host: evil.test }'), 'live.origin.headers.host: a live target may not set this header'],
    ['both backends', { ...own(''), more: ['upstream: { port: 1 }'] }, 'live.origin: expected either upstream or origin'],
  ])('is refused for %s, and no value is told', (_what, file, message) => {
    const said = refused(liveText(file));
    expect(said).toContain(message);
    expect(said).toMatch(/cdn\.yaml:\d+: /);
    expect(said).not.toMatch(/s3cret/);
  });

  it('may say how an origin of the user’s own is written', () => {
    const target = parseTarget(liveText(own(', delete: DELETE /<id>')), 'cdn.yaml');
    expect(target.live).toMatchObject({ origin: { url: { host: 'cms.example' }, ok: [200, 201, 204] } });
    expect(target.live).not.toHaveProperty('upstream');
  });

  it.each([
    ['a program, too', `${liveText()}start: { command: [x, "<port>", "<upstream>"] }\n`, 'live: expected start or live, got both'],
    ['a configuration', `${liveText()}config: { file: a, replace: [{ find: a, with: b, about: c }] }\n`, 'config: expected none'],
    [
      'neither',
      liveText().replace(/live:[\s\S]*/, ''),
      'expected start, a program that the lab starts, or live, a cache that already runs',
    ],
    [
      'a backend by a name',
      liveText().replace('{ port: 8480 }', '{ host: cdn.example, port: 1 }'),
      'live.upstream.host: expected an address of this machine',
    ],
    [
      'a secret of a program',
      'version: 1\nname: a\nabout: a\npurge: { hard: { key: { request: PURGE /<id>, headers: { a: "<env:A>" } } } }\nstart: { command: [x, "<port>", "<upstream>"] }\n',
      'purge.hard.key: expected no <env:NAME>: only a live target has secrets',
    ],
  ])('is refused with %s', (_what, text, message) => {
    expect(refused(text)).toContain(message);
  });
});
