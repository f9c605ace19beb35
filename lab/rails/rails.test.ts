/** Each rail, and attempts to get past it: at real servers of loopback, which keep what they are asked. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../services/runtime/clock.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import type { LiveTarget } from '../targets/target.ts';
import { nothingSpent, type RailedAsker, Rails, REQUESTS_MAX } from './rails.ts';
import { countingServer } from './testing/counting-server.ts';
import { liveTarget, type OpenedRails, railsOver } from './testing/live-target.ts';

const DEADLINE_MS = 60_000;
const PREFIX = 'race-x1';
const CONTENT = { id: 7001, slug: `${PREFIX}-1`, tags: [`${PREFIX}-tag-${PREFIX}-1`, `${PREFIX}-tag`] };
const WAYS = '{ hard: { key: PURGE /api/content/<id>, tag: { request: PURGE /tags, headers: { x-tag: <tag> } } } }';

interface Railed extends Pick<RailedAsker, 'made'> {
  readonly rails: Rails;
  readonly url: string;
  ask(
    path: string,
    more?: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly url?: string },
  ): Promise<number>;
}

/** Of a target that has made one content. */
async function railed(target: LiveTarget, options: OpenedRails = {}): Promise<Railed> {
  const rails = await railsOver([target], options);
  onTestFinished(() => rails.close());
  const asker = rails.askerOf(target, PREFIX);
  asker.made(CONTENT);
  const { text } = target.live.url;
  return {
    rails,
    url: text,
    made: asker.made,
    ask: async (path, { url = text, ...more } = {}) => (await asker.ask({ url: `${url}${path}`, deadlineMs: DEADLINE_MS, ...more })).status,
  };
}

describe('what is let through', () => {
  it('is what the target declares, of contents of the run and of the one that comes next', async () => {
    const server = await countingServer();
    const { ask } = await railed(liveTarget({ url: server.url, purge: WAYS }));
    await ask('/api/content/7001');
    await ask('/api/content/7002');
    await ask('/api/content/7001', { method: 'PURGE' });
    await ask('/tags', { method: 'PURGE', headers: { 'x-tag': CONTENT.tags[0] ?? '' } });
    expect(server.received.map(({ method, url, headers }) => [method, url, headers['x-tag']])).toEqual([
      ['GET', '/api/content/7001', undefined],
      ['GET', '/api/content/7002', undefined],
      ['PURGE', '/api/content/7001', undefined],
      ['PURGE', '/tags', CONTENT.tags[0]],
    ]);
  });

  it.each([
    ['a content that the run has not made', '/api/content/7', {}],
    ['the content after the next', '/api/content/7003', {}],
    ['the next content, purged before it is there', '/api/content/7002', { method: 'PURGE' }],
    ['another path', '/admin', {}],
    ['a path that leads there', '/api/content/7001/../../admin', {}],
    ['a query', '/api/content/7001?x', {}],
    ['another method', '/api/content/7001', { method: 'DELETE' }],
    ['a header', '/api/content/7001', { headers: { 'x-a': 'b' } }],
    ['another host', '/api/content/7001', { headers: { host: 'evil.test' } }],
    ['a body', '/api/content/7001', { body: '{}' }],
    ['a tag of others', '/tags', { method: 'PURGE', headers: { 'x-tag': 'news' } }],
    ['every tag', '/tags', { method: 'PURGE', headers: { 'x-tag': '*' } }],
    ['a second line in a header', '/tags', { method: 'PURGE', headers: { 'x-tag': `${CONTENT.tags[0]}\r\nx-all: 1` } }],
    ['another port', '/api/content/7001', { url: 'http://127.0.0.1:9' }],
    ['another name', '/api/content/7001', { url: 'http://localhost' }],
    ['a user', '/api/content/7001', { url: 'http://127.0.0.1@evil.test' }],
    ['a URL as its path', 'http://evil.test/api/content/7001', { url: '' }],
  ])('is not %s', async (_what, path, more) => {
    const server = await countingServer();
    const { ask, rails } = await railed(liveTarget({ url: server.url, purge: WAYS }));
    await expect(ask(path, more)).rejects.toThrow('is no request of this run: the rails refuse every other request');
    expect([server.received, rails.report().requests]).toEqual([[], 0]);
  });

  it.each([
    ['a slug', { ...CONTENT, slug: 'getting-started' }],
    ['a slug of another run', { ...CONTENT, slug: 'race-x12-1' }],
    ['a tag', { ...CONTENT, tags: ['news'] }],
  ])('is no content with %s that is not of the run', async (_what, content) => {
    const { made } = await railed(liveTarget());
    expect(() => made(content)).toThrow('expected a name of this run');
  });

  const BODY =
    '{ hard: { key: { request: POST /purge, headers: { fastly-key: "<env:KEY>" }, body: { token: "<env:KEY>", keys: ["content-<id>"] } } } }';
  const bodyOf = (id: number) => JSON.stringify({ token: '<env:KEY>', keys: [`content-${id}`] });

  it('is a purge with the body that the target declares, and its secrets are filled as it is sent', async () => {
    const server = await countingServer();
    const { ask, rails } = await railed(liveTarget({ url: server.url, purge: BODY }), { variables: { KEY: 'a"b' } });
    const headers = { 'fastly-key': '<env:KEY>' };
    await ask('/purge', { method: 'POST', headers, body: bodyOf(7001) });
    expect(server.received.map(({ body, headers: sent }) => [JSON.parse(body), sent['fastly-key'], sent['content-type']])).toEqual([
      [{ token: 'a"b', keys: ['content-7001'] }, 'a"b', 'application/json'],
    ]);
    expect(rails.report().purges).toBe(1);
  });

  it.each([
    ['another content', bodyOf(7)],
    ['the next content', bodyOf(7002)],
    ['every key', JSON.stringify({ token: '<env:KEY>', keys: ['*'] })],
    ['one key more', JSON.stringify({ token: '<env:KEY>', keys: ['content-7001', 'news'] })],
    ['a member more', JSON.stringify({ token: '<env:KEY>', keys: ['content-7001'], purge_everything: true })],
    ['a secret as such', JSON.stringify({ token: 'k', keys: ['content-7001'] })],
    ['no body', undefined],
  ])('is no purge with a body of %s', async (_what, body) => {
    const server = await countingServer();
    const { ask } = await railed(liveTarget({ url: server.url, purge: BODY }), { variables: { KEY: 'k' } });
    const more = { method: 'POST', headers: { 'fastly-key': '<env:KEY>' } };
    await expect(ask('/purge', body === undefined ? more : { ...more, body })).rejects.toThrow('is no request of this run');
    expect(server.received).toEqual([]);
  });

  it('is no purge that was not asked for', async () => {
    const server = await countingServer();
    const { ask } = await railed(liveTarget({ url: server.url, purge: WAYS }), { takes: ({ type }) => type === 'key' });
    await expect(ask('/tags', { method: 'PURGE', headers: { 'x-tag': CONTENT.tags[0] ?? '' } })).rejects.toThrow(
      'is no request of this run',
    );
    expect(server.received).toEqual([]);
  });
});

describe('wide purges', () => {
  const wide = (type: string, request: string) => liveTarget({ purge: `{ hard: { key: PURGE /api/content/<id>, ${type}: ${request} } }` });

  it.each([
    ['all', wide('all', 'PURGE /'), 'hard all'],
    ['a pattern', wide('pattern', 'PURGE /<pattern>'), 'hard pattern'],
    ['a tag with a star', wide('tag', '{ request: PURGE /, headers: { x-tag: "<tag>*" } }'), 'hard tag'],
    ['a tag beside that of all', wide('tag', '{ request: PURGE /, headers: { x-tag: "<tag> all" } }'), 'hard tag'],
    ['a word of a CDN', wide('tag', 'POST /service/S/purge_all?tag=<tag>'), 'hard tag'],
    ['another word of one', wide('tag', 'POST /zones/Z/purge_everything?tag=<tag>'), 'hard tag'],
    ['words written together', wide('tag', 'POST /purgeAll?tag=<tag>'), 'hard tag'],
    ['a star that is encoded', wide('tag', 'POST /%2A?tag=<tag>'), 'hard tag'],
    ['a star that is encoded twice', wide('tag', 'POST /%252A?tag=<tag>'), 'hard tag'],
    ['a star beside what is no encoding', wide('tag', 'POST /%zz%2A?tag=<tag>'), 'hard tag'],
    ['whatever holds a tag', wide('tag', '{ request: BAN /, headers: { x-ban: "req.url ~ /tags/<tag>" } }'), 'hard tag'],
    [
      'whatever holds an id',
      liveTarget({ purge: '{ hard: { key: { request: POST /, body: { expression: "url=~/api/content/<id>" } } } }' }),
      'hard key',
    ],
    ['the name of a header', wide('tag', '{ request: POST /<tag>, headers: { x-purge-all: "1" } }'), 'hard tag'],
    ['a pattern around a tag', wide('tag', '{ request: PURGE /, headers: { x-ban: "/api/(<tag>)?" } }'), 'hard tag'],
    ['one tag or any other', wide('tag', 'PURGE /.+<tag>|.+'), 'hard tag'],
    ['a word in a body', wide('tag', '{ request: POST /purge, body: { tags: ["<tag>"], purge_everything: true } }'), 'hard tag'],
    ['a value in a body', wide('tag', '{ request: POST /purge, body: { tag: "<tag>", scope: all } }'), 'hard tag'],
    ['a star in a body', wide('tag', '{ request: POST /purge, body: { tags: ["<tag>", "*"] } }'), 'hard tag'],
    ['a pattern in a body', wide('tag', '{ request: POST /purge, body: { match: "^(<tag>|.)" } }'), 'hard tag'],
    ['a key with a star', liveTarget({ purge: '{ soft: { key: BAN /api/content/*?<id> } }' }), 'soft key'],
  ])('are refused before anything is sent: %s', async (_what, target, which) => {
    await expect(railsOver([target])).rejects.toThrow(`cdn: ${which} may purge contents of others; --allow-wide-purge allows that`);
    await expect(railsOver([target], { rules: { allowsWidePurge: true } })).resolves.toBeInstanceOf(Rails);
  });

  it.each(['/~me/<tag>', '/tags/~<tag>', '/100%/<tag>'])('are none of a path that is no pattern: %s', async (path) => {
    await expect(railsOver([wide('tag', `PURGE ${path}`)])).resolves.toBeInstanceOf(Rails);
  });

  it('are none where a body lists one key', async () => {
    const target = wide('tag', '{ request: POST /purge, body: { tags: ["<tag>"], files: ["https://cdn.test/api/<tag>"] } }');
    await expect(railsOver([target])).resolves.toBeInstanceOf(Rails);
  });

  it('need not be allowed where they are not asked for', async () => {
    await expect(railsOver([wide('all', 'PURGE /')], { takes: ({ type }) => type === 'key' })).resolves.toBeInstanceOf(Rails);
  });
});

describe('a named host', () => {
  const named = { rules: { allowExternal: ['cdn.test'] } };

  it('is looked up once, and asked at that address whatever its name leads to later', async () => {
    const first = await countingServer((answer) => void answer.setHeader('connection', 'close').end('{}'));
    const second = await countingServer(undefined, { host: '127.0.0.2', port: first.port });
    const names: string[] = [];
    const lookUp = async (name: string) => {
      names.push(name);
      return [names.length === 1 ? '127.0.0.1' : '127.0.0.2'];
    };
    const target = liveTarget({ url: `http://cdn.test:${first.port}` });
    const { ask, rails } = await railed(target, { ...named, lookUp });
    for (let times = 0; times < 3; times += 1) expect(await ask('/api/content/7001')).toBe(200);
    expect([names, first.received.length, second.received.length]).toEqual([['cdn.test'], 3, 0]);
    expect(first.received[0]?.headers.host).toBe(`cdn.test:${first.port}`);
    expect(rails.report().hosts).toEqual([{ host: 'cdn.test', addresses: ['127.0.0.1'], isNamed: true }]);
  });

  it('is looked up once for its purges, too', async () => {
    const server = await countingServer();
    let looks = 0;
    const lookUp = async () => {
      looks += 1;
      return [looks === 1 ? '127.0.0.1' : '169.254.169.254'];
    };
    const target = liveTarget({ url: `http://cdn.test:${server.port}`, more: [`purge-url: http://CDN.test:${server.port}`] });
    await railed(target, { ...named, lookUp });
    expect(looks).toBe(1);
  });

  it('of purges must be named, too', async () => {
    const target = liveTarget({ more: ['purge-url: https://api.test'] });
    await expect(railsOver([target], named)).rejects.toThrow(
      'cdn: live.purge-url: api.test is not this machine; --allow-external api.test',
    );
  });
});

it('a redirect is an answer, and is not followed', async () => {
  const elsewhere = await countingServer();
  for (const status of [301, 302, 303, 307, 308]) {
    const server = await countingServer((answer, { url }) => void answer.writeHead(status, { location: `${elsewhere.url}${url}` }).end());
    const { ask } = await railed(liveTarget({ url: server.url, purge: WAYS }));
    expect(await ask('/api/content/7001')).toBe(status);
    expect(await ask('/api/content/7001', { method: 'PURGE' })).toBe(status);
  }
  expect(elsewhere.received).toEqual([]);
});

describe('the pace', () => {
  it('is at most so many a second, however many come at once, in their order', async () => {
    const server = await countingServer();
    const { ask } = await railed(liveTarget({ url: server.url }), { rules: { perSecond: 20 } });
    const begunMs = performance.now();
    await Promise.all(Array.from({ length: 21 }, () => ask('/api/content/7001')));
    expect(performance.now() - begunMs).toBeGreaterThanOrEqual(1_000);
    expect(server.received).toHaveLength(21);
  });

  it('of purges is one a second, and what comes after one waits for it', async () => {
    const server = await countingServer();
    const { ask } = await railed(liveTarget({ url: server.url, purge: WAYS }));
    const begunMs = performance.now();
    await Promise.all([...['PURGE', 'PURGE', 'PURGE', 'GET'].map((method) => ask('/api/content/7001', { method }))]);
    expect(performance.now() - begunMs).toBeGreaterThanOrEqual(2_000);
    expect(server.received.map(({ method }) => method)).toEqual(['PURGE', 'PURGE', 'PURGE', 'GET']);
  });

  it('is one for all targets of a run', async () => {
    const [one, other] = [await countingServer(), await countingServer()];
    const targets = [liveTarget({ url: one.url }), liveTarget({ url: other.url })];
    const rails = await railsOver(targets, { rules: { perSecond: 10 } });
    onTestFinished(() => rails.close());
    const askers = targets.map((target) => rails.askerOf(target, PREFIX));
    const begunMs = performance.now();
    await Promise.all(
      Array.from({ length: 11 }, (_, at) => {
        const asker = askers[at % 2];
        asker?.made(CONTENT);
        return asker?.ask({ url: `${targets[at % 2]?.live.url.text}/api/content/7001`, deadlineMs: DEADLINE_MS });
      }),
    );
    expect(performance.now() - begunMs).toBeGreaterThanOrEqual(1_000);
    expect(one.received.length + other.received.length).toBe(11);
  });

  it.each([0, 21, -1, Number.NaN, Number.POSITIVE_INFINITY])('is never %d a second', async (perSecond) => {
    await expect(railsOver([liveTarget()], { rules: { perSecond } })).rejects.toThrow('expected 1 to 20 a second');
  });

  it('begins the deadline of a request when it is sent', async () => {
    const server = await countingServer();
    const target = liveTarget({ url: server.url });
    const { rails } = await railed(target, { rules: { perSecond: 1 } });
    const asker = rails.askerOf(target, PREFIX);
    asker.made(CONTENT);
    const sent: number[] = [];
    const asking = [1, 2, 3].map((number) =>
      asker.ask({ url: `${server.url}/api/content/7001`, deadlineMs: 900, onSent: () => void sent.push(number) }),
    );
    await asking[0];
    expect(sent).toEqual([1]);
    expect((await Promise.all(asking)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(sent).toEqual([1, 2, 3]);
  });

  it('ends with the run: what waits is not sent', async () => {
    const server = await countingServer();
    const stop = new AbortController();
    const { ask } = await railed(liveTarget({ url: server.url }), { rules: { perSecond: 1 }, signal: stop.signal });
    await ask('/api/content/7001');
    const waiting = [ask('/api/content/7001'), ask('/api/content/7002')];
    stop.abort(new Error('stopped'));
    for (const one of waiting) await expect(one).rejects.toThrow('stopped');
    expect(server.received).toHaveLength(1);
  });
});

describe('nothing more is sent', () => {
  it('after the first 429, by nobody of the run', async () => {
    const server = await countingServer((answer) => void answer.writeHead(429).end());
    const fine = await countingServer();
    const targets = [liveTarget({ url: server.url }), liveTarget({ url: fine.url })] as const;
    const rails = await railsOver(targets);
    onTestFinished(() => rails.close());
    const ask = async (target: LiveTarget) => {
      const asker = rails.askerOf(target, PREFIX);
      asker.made(CONTENT);
      return asker.ask({ url: `${target.live.url.text}/api/content/7001`, deadlineMs: DEADLINE_MS });
    };
    await expect(ask(targets[0])).rejects.toThrow(/was answered with 429: .*; --rate takes fewer a second; nothing more was sent$/);
    await expect(ask(targets[0])).rejects.toThrow('was answered with 429');
    await expect(ask(targets[1])).rejects.toThrow('was answered with 429');
    expect([server.received.length, fine.received.length]).toEqual([1, 0]);
    expect(rails.report()).toMatchObject({ requests: 1, stopped: expect.stringContaining('429') });
  });

  it('after the third 5xx, of whatever request, with others between', async () => {
    const statuses = [500, 200, 503, 404, 599, 200];
    const server = await countingServer((answer, { url }) => void answer.writeHead(statuses.shift() ?? 200).end(url));
    const { ask } = await railed(liveTarget({ url: server.url, purge: WAYS }));
    const asking = ['GET', 'GET', 'PURGE', 'GET', 'GET', 'GET'].map((method) => ask('/api/content/7001', { method }));
    expect((await Promise.allSettled(asking)).map(({ status }) => status)).toEqual([
      ...Array.from({ length: 4 }, () => 'fulfilled'),
      'rejected',
      'rejected',
    ]);
    await expect(ask('/api/content/7001')).rejects.toThrow('3 answers of the run were 5xx');
    expect(server.received).toHaveLength(5);
  });

  it(`after ${REQUESTS_MAX} requests`, async () => {
    const server = await countingServer();
    const { ask, rails } = await railed(liveTarget({ url: server.url }), { clock: hastyClock() });
    for (let sent = 0; sent < REQUESTS_MAX; sent += 1) await ask('/api/content/7001');
    await expect(ask('/api/content/7001')).rejects.toThrow(`${REQUESTS_MAX} requests were sent, the most that a run may send`);
    await expect(ask('/api/content/7001')).rejects.toThrow('nothing more was sent');
    expect([server.received.length, rails.report().requests]).toEqual([REQUESTS_MAX, REQUESTS_MAX]);
  });
});

/** Short waits are over at once; deadlines never come. */
function hastyClock(): Clock {
  let ms = 0;
  return {
    now: () => systemClock.now(),
    monotonicMs: () => ms,
    setTimer: (delayMs, callback) => {
      if (delayMs >= DEADLINE_MS) return { cancel: () => {} };
      const soon = setImmediate(() => {
        ms += delayMs;
        callback();
      });
      return { cancel: () => clearImmediate(soon) };
    },
  };
}

it('says who it is with every request, whatever a target says', async () => {
  const server = await countingServer();
  const { ask } = await railed(liveTarget({ url: server.url, purge: WAYS }));
  await ask('/api/content/7001');
  await ask('/api/content/7001', { method: 'PURGE' });
  expect(server.received.map(({ headers }) => headers['user-agent'])).toEqual(['edgesync-lab/test', 'edgesync-lab/test']);
});

describe('secrets', () => {
  const secret = { CDN_TOKEN: 's3cret-token', SITE: 's3cret-site' };
  const purge = '{ hard: { key: { request: PURGE /api/content/<id>, headers: { authorization: "Bearer <env:CDN_TOKEN>" } } } }';

  it('are put in where a request is sent, and stand nowhere else', async () => {
    const server = await countingServer();
    const target = liveTarget({ url: server.url, purge, more: ['headers: { x-site: "<env:SITE>" }'] });
    const { ask, rails } = await railed(target, { variables: secret });
    await ask('/api/content/7001');
    await ask('/api/content/7001', { method: 'PURGE', headers: { authorization: 'Bearer <env:CDN_TOKEN>' } });
    expect(server.received.map(({ headers }) => [headers.authorization, headers['x-site']])).toEqual([
      [undefined, 's3cret-site'],
      ['Bearer s3cret-token', 's3cret-site'],
    ]);
    expect(JSON.stringify([rails.report(), target])).not.toContain('s3cret');
  });

  it('of a site are not sent to another place that takes its purges', async () => {
    const [site, api] = [await countingServer(), await countingServer()];
    const target = liveTarget({ url: site.url, purge, more: ['headers: { x-site: "<env:SITE>" }', `purge-url: ${api.url}`] });
    const { ask } = await railed(target, { variables: secret });
    await ask('/api/content/7001');
    await ask('/api/content/7001', { url: api.url, method: 'PURGE', headers: { authorization: 'Bearer <env:CDN_TOKEN>' } });
    expect([site.received.length, api.received.map(({ headers }) => [headers.authorization, headers['x-site']])]).toEqual([
      1,
      [['Bearer s3cret-token', undefined]],
    ]);
  });

  it('are in no error of a request that had no answer', async () => {
    const server = await countingServer((answer) => void answer.destroy());
    const { ask } = await railed(liveTarget({ url: server.url, purge }), { variables: secret });
    const asking = ask('/api/content/7001', { method: 'PURGE', headers: { authorization: 'Bearer <env:CDN_TOKEN>' } });
    const error = await asking.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(String(error)).toContain('PURGE ');
    expect(`${String(error)} ${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain('s3cret');
  });

  it.each([
    ['missing', {}, 'cdn: expected CDN_TOKEN in the environment, got nothing'],
    ['empty', { CDN_TOKEN: '' }, 'cdn: expected CDN_TOKEN in the environment, got nothing'],
    ['of two lines', { CDN_TOKEN: 's3cret\r\nx-all: 1' }, 'cdn: expected the value of a header in CDN_TOKEN, in ASCII and on one line'],
    ['of other letters', { CDN_TOKEN: 's3crét' }, 'cdn: expected the value of a header in CDN_TOKEN'],
  ])('that are %s are refused before anything is sent, and not told', async (_what, variables, message) => {
    const opening = railsOver([liveTarget({ purge })], { variables });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.not.toThrow(/s3c/);
  });

  it('of a purge that is not asked for need not be there', async () => {
    await expect(railsOver([liveTarget({ purge })], { takes: () => false })).resolves.toBeInstanceOf(Rails);
  });
});

describe('runs that follow each other', () => {
  it('share one pace and one count, and each reports its own', async () => {
    const server = await countingServer();
    const target = liveTarget({ url: server.url, purge: WAYS });
    const spent = nothingSpent();
    const options = { rules: { perSecond: 5 }, spent };
    const first = await railed(target, options);
    await first.ask('/api/content/7001');
    const ofFirst = first.rails.report().requests;
    const second = await railed(target, options);
    await second.ask('/api/content/7001');
    const [one = 0, other = 0] = server.received.map(({ atMs }) => atMs);
    // One may come later than it was sent.
    expect(other - one).toBeGreaterThan(100);
    expect([ofFirst, second.rails.report().requests, spent.counts.requests]).toEqual([1, 1, 2]);
  });

  it.each([
    ['a 429', 429, 1],
    ['three 5xx, of all together', 503, 3],
  ])('send nothing more after %s', async (_what, status, times) => {
    const server = await countingServer((answer) => void answer.writeHead(status).end());
    const target = liveTarget({ url: server.url, purge: WAYS });
    const spent = nothingSpent();
    for (let run = 1; run <= times; run += 1) {
      const { ask } = await railed(target, { spent });
      await ask('/api/content/7001').catch(() => {});
    }
    const { ask, rails } = await railed(target, { spent });
    await expect(ask('/api/content/7001')).rejects.toThrow('nothing more was sent');
    await expect(rails.ended).resolves.toContain('nothing more was sent');
    expect(server.received).toHaveLength(times);
  });
});
