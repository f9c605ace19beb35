/** Requests that the origin must refuse, each with the field its answer must name. */
import type { Sent } from '../../runtime/testing/http.ts';

export const PATH = '/api/content';
export const DRAFT = { title: 'A title', slug: 'a-slug', body: 'A body' };

export const post = (body: unknown): Sent => ({ method: 'POST', path: PATH, body });
export const put = (body: unknown, id: string | number = 1): Sent => ({ method: 'PUT', path: `${PATH}/${id}`, body });
export const purge = (body: unknown): Sent => ({ method: 'POST', path: '/api/invalidate', body });

function nested(levels: number): unknown {
  return levels === 0 ? {} : { inner: nested(levels - 1) };
}

const HALF_PAIR = '{"title":"x","slug":"x","body":"\\ud800"}';
export const BAD_FIELDS: readonly (readonly [title: string, sent: Sent, field: string])[] = [
  ['a draft without title', post({ slug: 's', body: 'b' }), 'title'],
  ['a draft without slug', post({ title: 't', body: 'b' }), 'slug'],
  ['a draft without body', post({ title: 't', slug: 's' }), 'body'],
  ['an empty draft', post({}), 'title'],
  ['a list for a draft', post([DRAFT]), 'body'],
  ['an unknown field', post({ ...DRAFT, colour: 'red' }), 'colour'],
  ['the field id', post({ ...DRAFT, id: 7 }), 'id'],
  ['the field version', post({ ...DRAFT, version: 7 }), 'version'],
  ['the field constructor', post({ ...DRAFT, constructor: 1 }), 'constructor'],
  [
    'the field __proto__',
    { ...post('{"title":"t","slug":"s","body":"b","__proto__":{"a":1}}'), headers: { 'content-type': 'application/json' } },
    '__proto__',
  ],
  ['a number for a title', post({ ...DRAFT, title: 7 }), 'title'],
  ['null for a title', post({ ...DRAFT, title: null }), 'title'],
  ['an empty title', post({ ...DRAFT, title: '' }), 'title'],
  ['a title too long', post({ ...DRAFT, title: 'x'.repeat(20_001) }), 'title'],
  ['an empty slug', post({ ...DRAFT, slug: '' }), 'slug'],
  ['a slug too long for its index', post({ ...DRAFT, slug: 'x'.repeat(501) }), 'slug'],
  ['a list for a slug', post({ ...DRAFT, slug: ['s'] }), 'slug'],
  ['an object for a body', post({ ...DRAFT, body: {} }), 'body'],
  ['text for tags', post({ ...DRAFT, tags: 'a,b' }), 'tags'],
  ['a number among tags', post({ ...DRAFT, tags: ['a', 7] }), 'tags.1'],
  ['an empty tag', post({ ...DRAFT, tags: [''] }), 'tags.0'],
  ['a tag too long', post({ ...DRAFT, tags: ['x'.repeat(201)] }), 'tags.0'],
  ['51 tags', post({ ...DRAFT, tags: Array.from({ length: 51 }, (_, at) => `t${at}`) }), 'tags'],
  ['null for tags', post({ ...DRAFT, tags: null }), 'tags'],
  ['a list for metadata', post({ ...DRAFT, metadata: [] }), 'metadata'],
  ['null for metadata', post({ ...DRAFT, metadata: null }), 'metadata'],
  ['text for metadata', post({ ...DRAFT, metadata: '{}' }), 'metadata'],
  ['metadata 33 levels deep', post({ ...DRAFT, metadata: nested(33) }), 'metadata'],
  [
    'metadata 10,000 levels deep',
    {
      ...post(`{"title":"t","slug":"s","body":"b","metadata":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`),
      headers: { 'content-type': 'application/json' },
    },
    'metadata',
  ],
  [
    'a list 100,000 levels deep in an unknown field',
    {
      ...post(`{"title":"t","slug":"s","body":"b","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      headers: { 'content-type': 'application/json' },
    },
    'x',
  ],
  [
    'a number no double holds',
    { ...post('{"title":"t","slug":"s","body":"b","metadata":{"n":1e400}}'), headers: { 'content-type': 'application/json' } },
    'metadata.n',
  ],
  ...(
    [
      ['a whole number above 2^53', '{"metadata":{"id":9007199254740993}}', 'metadata.id'],
      ['the largest number of 64 bits', '{"metadata":{"deep":[{"max":9223372036854775807}]}}', 'metadata.deep.0.max'],
      ['a fraction of 20 digits', '{"metadata":{"pi":3.14159265358979323846}}', 'metadata.pi'],
      ['minus zero', '{"metadata":{"zero":-0}}', 'metadata.zero'],
      ['a key of metadata said twice', '{"metadata":{"a":1,"a":2}}', 'metadata.a'],
      ['a field said twice', '{"title":"x","title":"y"}', 'title'],
    ] as const
  ).map(
    ([title, body, field]) => [`a change with ${title}`, { ...put(body), headers: { 'content-type': 'application/json' } }, field] as const,
  ),
  [
    'a purge whose target is said twice',
    { ...purge('{"type":"key","target":"content:1","target":"content:2"}'), headers: { 'content-type': 'application/json' } },
    'target',
  ],
  ['NUL in a title', post({ ...DRAFT, title: 'a\0b' }), 'title'],
  ['NUL in a slug', post({ ...DRAFT, slug: '\0' }), 'slug'],
  ['NUL in a body', post({ ...DRAFT, body: '\0' }), 'body'],
  ['NUL in a tag', post({ ...DRAFT, tags: ['\0'] }), 'tags.0'],
  ['NUL in metadata', post({ ...DRAFT, metadata: { a: ['\0'] } }), 'metadata'],
  ['NUL in a key of metadata', post({ ...DRAFT, metadata: { '\0': 1 } }), 'metadata'],
  ['half a surrogate pair in a body', { ...post(HALF_PAIR), headers: { 'content-type': 'application/json' } }, 'body'],
  ['half a surrogate pair in metadata', post({ ...DRAFT, metadata: { a: '\udc00' } }), 'metadata.a'],
  ['an empty change', put({}), 'body'],
  ['a change of the slug', put({ slug: 'other' }), 'slug'],
  ['a change of the version', put({ title: 'x', version: 9 }), 'version'],
  ['null for a changed title', put({ title: null }), 'title'],
  ['an empty changed title', put({ title: '' }), 'title'],
  ['NUL in a changed body', put({ body: '\0' }), 'body'],
  ['text for changed tags', put({ tags: 'a' }), 'tags'],
  ['a purge without type', purge({ target: 'content:1' }), 'type'],
  ['a purge of an unknown type', purge({ type: 'regex', target: '.*' }), 'type'],
  ['a purge of a key without target', purge({ type: 'key' }), 'target'],
  ['a purge of a tag without target', purge({ type: 'tag', mode: 'soft' }), 'target'],
  ['a purge with an empty target', purge({ type: 'key', target: '' }), 'target'],
  ['a purge with a target too long', purge({ type: 'key', target: 'x'.repeat(513) }), 'target'],
  ['a purge of an unknown mode', purge({ type: 'all', mode: 'medium' }), 'mode'],
  ['a purge with NUL in its target', purge({ type: 'key', target: '\0' }), 'target'],
  ['a purge with half a surrogate pair', purge({ type: 'tag', target: '\ud800' }), 'target'],
  ['a purge with an unknown field', purge({ type: 'all', version: 3 }), 'version'],
  ['a purge with a number for target', purge({ type: 'key', target: 1 }), 'target'],
  ...[
    'limit=0',
    'limit=-1',
    'limit=1001',
    'limit=1.5',
    'limit=abc',
    'limit=',
    'limit=1e2',
    'limit=0x10',
    'limit=%20%205',
    'limit=1&limit=2',
  ].map((query) => [`the listing with ${query}`, { path: `${PATH}?${query}` }, 'limit'] as const),
  ...['after=-1', 'after=2147483648', 'after=x', 'after=', 'after=%00', 'after=true'].map(
    (query) => [`the listing with ${query}`, { path: `${PATH}?${query}` }, 'after'] as const,
  ),
  ['the listing with an unknown parameter', { path: `${PATH}?offset=3` }, 'offset'],
  ['the listing with __proto__', { path: `${PATH}?__proto__=3` }, '__proto__'],
];

export const BAD_IDS = [
  '0',
  '-1',
  '1.5',
  '1e3',
  '2147483648',
  '9999999999',
  '01',
  '+1',
  'abc',
  '1e1',
  '0x1',
  '1+',
  '1%0A',
  '1%00',
  '1%EF%BB%BF',
  '%EF%BC%91',
  '%00',
  '%201',
  '1%20',
  '1;DROP',
  '%2E%2E%2Fx',
  '%D9%A1',
];
