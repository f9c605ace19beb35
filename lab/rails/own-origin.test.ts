/** Writes to an origin of the user's own through the rails, and attempts to write what is of others. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WriteKind } from '../targets/own-origin.ts';
import { countingServer } from './testing/counting-server.ts';
import { liveTarget, type OpenedRails, ownOrigin, railsOver } from './testing/live-target.ts';

const DEADLINE_MS = 60_000;
const PREFIX = 'run-x1';
const CONTENT = { id: 7001, version: 1, value: 'a "text"', slug: `${PREFIX}-1`, tags: [`${PREFIX}-tag`] };

async function railed(
  options: OpenedRails = {},
  more = '',
): Promise<{
  readonly write: (kind: WriteKind, content?: typeof CONTENT) => Promise<number>;
  readonly server: Awaited<ReturnType<typeof countingServer>>;
  readonly rails: Awaited<ReturnType<typeof railsOver>>;
}> {
  const server = await countingServer();
  const target = liveTarget({ origin: ownOrigin(server.url, more) });
  const rails = await railsOver([target], options);
  onTestFinished(() => rails.close());
  const asker = rails.askerOf(target, PREFIX);
  return { server, rails, write: async (kind, content = CONTENT) => (await asker.write(kind, content, DEADLINE_MS)).status };
}

describe('writes to an origin of the user’s own', () => {
  it('are those that the target declares, filled as JSON, and they are counted', async () => {
    const { write, server, rails } = await railed({ variables: { CMS: 's3cret' } }, ', headers: { authorization: Bearer <env:CMS> }');
    await write('create');
    await write('update', { ...CONTENT, version: 2 });
    await write('delete', { ...CONTENT, version: 3 });
    expect(server.received.map(({ method, url, body }) => [method, url, body === '' ? '' : JSON.parse(body)])).toEqual([
      ['PUT', '/api/content/7001', { version: 1, text: 'a "text"', slug: `${PREFIX}-1`, tag: `${PREFIX}-tag` }],
      ['PUT', '/api/content/7001', { version: 2, text: 'a "text"', slug: `${PREFIX}-1`, tag: `${PREFIX}-tag` }],
      ['DELETE', '/api/content/7001', ''],
    ]);
    expect(new Set(server.received.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer s3cret']));
    expect(rails.report()).toMatchObject({ requests: 3, writes: 3, purges: 0 });
  });

  it.each<[string, WriteKind, Partial<typeof CONTENT>, string]>([
    ['update of a content that the run has not made', 'update', {}, 'expected an id of this run, got 7001'],
    ['deletion of one', 'delete', {}, 'expected an id of this run, got 7001'],
    ['creation under a slug of others', 'create', { slug: 'getting-started' }, 'expected a name of this run'],
    ['creation with a tag of others', 'create', { tags: ['news'] }, 'expected a name of this run'],
  ])('are no %s', async (_what, kind, other, message) => {
    const { write, server, rails } = await railed();
    await expect(write(kind, { ...CONTENT, ...other })).rejects.toThrow(message);
    expect([server.received, rails.report().requests]).toEqual([[], 0]);
  });

  it.each<[string, Partial<typeof CONTENT>]>([
    ['slug', { slug: 'getting-started' }],
    ['tag', { tags: ['news'] }],
  ])('give no content of the run a %s of others', async (_what, other) => {
    const { write, server } = await railed();
    await write('create');
    await expect(write('update', { ...CONTENT, version: 2, ...other })).rejects.toThrow('expected a name of this run');
    expect(server.received).toHaveLength(1);
  });

  it('are followed by a look at what that origin holds, of contents of the run alone, which is no write', async () => {
    const server = await countingServer();
    const target = liveTarget({ origin: ownOrigin(server.url, ', headers: { cookie: "<env:CMS>" }, read: GET /raw/<id>') });
    const rails = await railsOver([target], { variables: { CMS: 's3cret' } });
    onTestFinished(() => rails.close());
    const asker = rails.askerOf(target, PREFIX);
    const look = async (id: number) => (await asker.look(id, DEADLINE_MS)).status;
    await expect(look(CONTENT.id)).rejects.toThrow('expected an id of this run, and live.origin.read, got 7001');
    await asker.write('create', CONTENT, DEADLINE_MS);
    await look(CONTENT.id);
    await expect(look(CONTENT.id + 1)).rejects.toThrow('got 7002');
    expect(server.received.map(({ method, url, headers }) => [method, url, headers.cookie])).toEqual([
      ['PUT', '/api/content/7001', 's3cret'],
      ['GET', '/raw/7001', 's3cret'],
    ]);
    expect(rails.report()).toMatchObject({ requests: 2, writes: 1 });
    const without = liveTarget({ origin: ownOrigin(server.url) });
    await expect((async () => rails.askerOf(without, PREFIX).look(CONTENT.id, DEADLINE_MS))()).rejects.toThrow('live.origin.read');
  });

  it('keep the pace of all requests, and end with them', async () => {
    const { write, server } = await railed({ rules: { perSecond: 5 } });
    await write('create');
    for (let version = 2; version < 6; version += 1) await write('update', { ...CONTENT, version });
    const [first, last] = [server.received[0]?.atMs ?? 0, server.received.at(-1)?.atMs ?? 0];
    expect(last - first).toBeGreaterThan(3 * 200);
  });

  it('go to a host that was named, and to no other', async () => {
    const target = liveTarget({ origin: ownOrigin('https://cms.test') });
    await expect(railsOver([target])).rejects.toThrow('cdn: live.origin.url: cms.test is not this machine; --allow-external cms.test');
    const secret = liveTarget({ origin: ownOrigin('http://127.0.0.1:9', ', headers: { cookie: "<env:CMS>" }') });
    await expect(railsOver([secret])).rejects.toThrow('cdn: expected CMS in the environment, got nothing');
  });
});
