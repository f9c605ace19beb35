/**
 * A database that an origin of version 0.1.0 has written, taken over by the origin of today: contents, deletions, and
 * what had not been published when it ended. And what that origin had published: the edges of today read it as it was
 * meant.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InvalidationLog } from '../log/log.ts';
import { type InvalidationEvent, parseInvalidation } from '../protocol/invalidation.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { systemRandom } from '../runtime/random.ts';
import { exchange } from '../runtime/testing/http.ts';
import { BUNDLED_MS_MAX, bundleVersion010, isVersion010There, type Version010 } from '../runtime/testing/version-0-1-0.ts';
import type { Contents } from './contents.ts';
import { PgliteDatabase } from './database/pglite.ts';
import type { Outbox } from './outbox.ts';
import type { Relay } from './relay.ts';
import { RecordingLog, withOrigin } from './testing/origin.ts';

const WAIT = { interval: 20, timeout: 10_000 };
const SOURCE = `
export { Contents, migrate } from './services/origin/contents.ts';
export { Outbox } from './services/origin/outbox.ts';
export { Relay } from './services/origin/relay.ts';
`;
const DRAFT = { slug: 'one', title: 'One', body: 'The first.', metadata: { by: 'somebody' }, tags: ['a', 'b'] };
const FOURTH = 4;
/** What it wrote, in order: see `write`. */
const EVENTS = [
  { type: 'key', target: `content:${FOURTH}`, version: 1 },
  { type: 'key', target: `content:${FOURTH}`, version: 2 },
  { type: 'key', target: 'content:1', version: 2 },
  { type: 'tag', target: 'a', mode: 'soft' },
  { type: 'all', target: '*', mode: 'hard' },
];

/** What the bundle has, as far as it is used here: what it takes is what those of today take, or less. */
interface OlderOrigin {
  readonly Contents: typeof Contents;
  readonly Outbox: typeof Outbox;
  readonly Relay: typeof Relay;
  readonly migrate: (database: PgliteDatabase) => Promise<void>;
}

describe.skipIf(!isVersion010There)('a database of 0.1.0', () => {
  let version: Version010<OlderOrigin>;
  let database: PgliteDatabase;

  beforeAll(async () => {
    version = await bundleVersion010<OlderOrigin>(SOURCE);
    database = await PgliteDatabase.open();
  }, BUNDLED_MS_MAX);

  afterAll(async () => {
    await database.close();
    await version.remove();
  });

  /** As that origin does, over fresh tables: a creation, an update, a deletion and two purges. */
  async function write(log?: InvalidationLog): Promise<void> {
    const { exports: older } = version;
    await database.execute('DROP TABLE IF EXISTS content, deleted_content, outbox CASCADE');
    await older.migrate(database);
    const shared = { database, clock: systemClock, random: systemRandom };
    const contents = new older.Contents(shared);
    const outbox = new older.Outbox(shared);
    await contents.create(DRAFT);
    await contents.update(FOURTH, { title: 'One, changed' });
    await contents.delete(1);
    await outbox.enqueue({ type: 'tag', target: 'a', mode: 'soft' });
    await outbox.enqueue({ type: 'all', target: undefined, mode: 'hard' });
    if (log === undefined) return;
    const relay = new older.Relay({ ...shared, outbox, log, logger: silentLogger });
    relay.start();
    await expect.poll(async () => (await outbox.status()).pending, WAIT).toBe(0);
    await relay.close();
  }

  it('is served, changed and published on by the origin of today', async () => {
    await write();
    const log = new RecordingLog();
    await withOrigin({ database, log, fresh: false }, async ({ port }) => {
      const read = async (id: number) => (await exchange(port, { path: `/api/content/${id}` })).json;
      expect(await read(FOURTH)).toMatchObject({ data: { ...DRAFT, id: FOURTH, title: 'One, changed', version: 2 } });
      expect(await read(1), 'its deletion').toMatchObject({ success: false, version: 2 });
      const changed = await exchange(port, { method: 'PUT', path: `/api/content/${FOURTH}`, body: { title: 'Today' } });
      expect(changed.json).toMatchObject({ data: { title: 'Today', version: 3 } });
      const deleted = await exchange(port, { method: 'DELETE', path: '/api/content/2' });
      expect(deleted.json).toMatchObject({ success: true });
      const changes = [
        { type: 'key', target: `content:${FOURTH}`, version: 3 },
        { type: 'key', target: 'content:2', version: 2 },
      ];
      await expect.poll(() => log.events.length, WAIT).toBe(EVENTS.length + changes.length);
      expect(log.events).toMatchObject([...EVENTS, ...changes]);
    });
  });

  it('and a log that its relay wrote says the same to a reader of today', async () => {
    const log = new RecordingLog();
    await write(log);
    const read: (InvalidationEvent | undefined)[] = log.messages.map(({ value }) => parseInvalidation(value));
    expect(read).toMatchObject(EVENTS);
  });
});
