/**
 * What the origin's SQL must do on every database: run on PGlite here, and on a server by who has one. `withDatabase`
 * gives a database whose tables are as at the first start: three rows, an empty outbox. One that takes the origin's
 * statements and no other SQL (`takesSql: false`) must do what those can ask.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentDraft } from '../../protocol/content.ts';
import { TARGET_ALL } from '../../protocol/invalidation.ts';
import { type Clock, toTimestamp } from '../../runtime/clock.ts';
import { createRandom, drawSeed } from '../../runtime/random.ts';
import { Contents } from '../contents.ts';
import type { Database } from '../database/database.ts';
import { Outbox } from '../outbox.ts';
import { describeConditionsContract } from './conditions-contract.ts';

export type WithDatabase = (use: (database: Database) => Promise<void>) => Promise<void>;

/** Wall time by hand; nothing here waits. */
interface HandClock extends Clock {
  advance(byMs: number): void;
}

const START_MS = Date.UTC(2030, 0, 1);
const ROUND_TRIPS = 100;
const HOUR_MS = 3_600_000;

function createHandClock(): HandClock {
  let now = START_MS;
  return {
    now: () => now,
    monotonicMs: () => now,
    setTimer: () => ({ cancel() {} }),
    advance: (byMs) => {
      now += byMs;
    },
  };
}

interface Stores {
  readonly contents: Contents;
  readonly outbox: Outbox;
  readonly clock: HandClock;
  readonly database: Database;
}

const DRAFT = { slug: 'lab-1', title: 'A title', body: 'A body', tags: ['b', 'a'], metadata: { deep: { list: [1, 'zwei', null, true] } } };

/** Text that a careless statement would mangle: quotes, dollars, backslashes, other scripts, the highest code point. */
const HARD_TEXT = `'; DROP TABLE content; -- "$1" $$ \\n \\0 {a,"b"} NULL \u{10ffff} é e\u0301 \r\n\t`;

/**
 * Once an object with the key `\` has been parsed, `JSON.parse` of V8 13.6 (Node 24) reads the key `"` of another one
 * with the same keys before it as `\`: what it expects is compared with what is written, escape and all. Node 20 does
 * not. `engine-keys.test.ts` says when it is over.
 */
function hasBackslashInKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => (!Array.isArray(value) && key.includes('\\')) || hasBackslashInKey(inner));
}

/** JSON with the keys of every object in order: jsonb has an order of its own. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${sorted(inner)}`).join()}}`;
}

export function describeContentStoreContract(name: string, withDatabase: WithDatabase, { takesSql = true } = {}): void {
  const withStores = (use: (stores: Stores) => Promise<void>) =>
    withDatabase(async (database) => {
      const clock = createHandClock();
      const shared = { database, clock, random: createRandom(1) };
      await use({ contents: new Contents(shared), outbox: new Outbox(shared), clock, database });
    });

  describe(`content on ${name}`, () => {
    it('is created under the next id at version 1, with its times in UTC', () =>
      withStores(async ({ contents }) => {
        const time = toTimestamp(START_MS);
        expect(await contents.create(DRAFT)).toEqual({ ...DRAFT, id: 4, version: 1, created_at: time, updated_at: time });
        expect(await contents.find(4)).toEqual({ content: { ...DRAFT, id: 4, version: 1, created_at: time, updated_at: time } });
      }));

    it('comes back exactly as it was sent', () =>
      withStores(async ({ contents }) => {
        const hard = {
          slug: HARD_TEXT,
          title: HARD_TEXT,
          body: HARD_TEXT,
          tags: [HARD_TEXT, 'NULL', ' ', '{}'],
          metadata: { [HARD_TEXT]: HARD_TEXT },
        };
        const { id } = await contents.create(hard);
        expect((await contents.find(id)).content).toMatchObject(hard);
        expect(await contents.update(id, { title: 'x', tags: [], metadata: {} })).toMatchObject({
          ...hard,
          title: 'x',
          tags: [],
          metadata: {},
        });
      }));

    it('comes back as it was sent, whatever a draft may hold', () =>
      withStores(async ({ contents }) => {
        const text = fc.string({
          unit: fc.oneof(
            fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
            fc.constantFrom('\\', '"', "'", ',', '{', '}', '__proto__'),
          ),
        });
        const fields = { title: text, slug: text, body: text, tags: fc.array(text), metadata: fc.dictionary(text, fc.jsonValue()) };
        const drafts = fc
          .record(fields)
          .filter(({ metadata }) => !hasBackslashInKey(metadata))
          .map((draft) => contentDraft.safeParse(JSON.parse(JSON.stringify(draft))).data)
          .filter((draft) => draft !== undefined);
        // Not drawn: a smaller draft would come under the slug of an earlier one.
        let drawn = 0;
        const check = fc.asyncProperty(drafts, async (draft) => {
          drawn += 1;
          const sent = { ...draft, slug: `${drawn}-${draft.slug}` };
          const { id } = await contents.create(sent);
          // As text: deep equality would not see a lost `__proto__`.
          const { content } = await contents.find(id);
          expect(sorted({ ...sent, metadata: content?.metadata })).toBe(sorted(sent));
          expect(content).toMatchObject({ title: sent.title, slug: sent.slug, body: sent.body, tags: sent.tags });
        });
        await fc.assert(check, { numRuns: ROUND_TRIPS, seed: drawSeed() });
      }));

    it('refuses a second row with the same slug and queues nothing for it', () =>
      withStores(async ({ contents, outbox }) => {
        await expect(contents.create({ ...DRAFT, slug: 'getting-started' })).rejects.toMatchObject({ code: 'duplicate_slug' });
        expect(await outbox.status()).toEqual({ pending: 0, oldestAgeMs: null });
      }));

    it('changes only the fields given, one version up', () =>
      withStores(async ({ contents, clock }) => {
        const { id } = await contents.create(DRAFT);
        clock.advance(1_000);
        const changed = await contents.update(id, { body: '' });
        expect(changed).toMatchObject({
          ...DRAFT,
          body: '',
          version: 2,
          created_at: toTimestamp(START_MS),
          updated_at: toTimestamp(START_MS + 1_000),
        });
      }));

    it('counts one version for each of many changes at once', () =>
      withStores(async ({ contents, outbox }) => {
        const changed = await Promise.all(Array.from({ length: 20 }, (_, at) => contents.update(1, { title: `t${at}` })));
        expect(changed.map(({ version }) => version).sort((left, right) => left - right)).toEqual(
          Array.from({ length: 20 }, (_, at) => at + 2),
        );
        const { events } = await outbox.claim(100);
        expect(events.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, at) => at + 2));
      }));

    it('keeps the version of what was deleted, and never uses the id again', () =>
      withStores(async ({ contents }) => {
        await contents.update(3, { title: 'x' });
        expect(await contents.delete(3)).toEqual({ id: 3, version: 3 });
        expect(await contents.find(3)).toEqual({ content: null, version: 3 });
        await expect(contents.delete(3)).rejects.toMatchObject({ code: 'not_found', version: 3 });
        await expect(contents.update(3, { title: 'y' })).rejects.toMatchObject({ code: 'not_found', version: 3 });
        expect((await contents.create({ ...DRAFT, slug: 'distributed-systems' })).id).toBe(4);
      }));

    it('knows version 0 of an id never created', () =>
      withStores(async ({ contents }) => {
        expect(await contents.find(99)).toEqual({ content: null, version: 0 });
        await expect(contents.delete(99)).rejects.toMatchObject({ code: 'not_found', version: 0 });
      }));

    it('is listed by id in pages', () =>
      withStores(async ({ contents }) => {
        const ids = async (limit: number, after: number) => (await contents.list({ limit, after })).map(({ id }) => id);
        expect([await ids(2, 0), await ids(2, 2), await ids(2, 3), await ids(100, 1)]).toEqual([[1, 2], [3], [], [2, 3]]);
      }));

    it('names the versions changed last, newest first, deletions too', () =>
      withStores(async ({ contents, clock }) => {
        for (const change of [() => contents.update(2, { title: 'x' }), () => contents.delete(1), () => contents.create(DRAFT)]) {
          clock.advance(1_000);
          await change();
        }
        expect(await contents.latestVersions(3)).toEqual([
          { key: 'content:4', version: 1, deleted: false },
          { key: 'content:1', version: 2, deleted: true },
          { key: 'content:2', version: 2, deleted: false },
        ]);
      }));
  });

  describeConditionsContract(name, withStores);

  describe(`the outbox on ${name}`, () => {
    it('holds one event for each write, in the order of the writes', () =>
      withStores(async ({ contents, outbox }) => {
        await contents.create(DRAFT);
        await contents.update(4, { title: 'x' });
        await contents.delete(4);
        const timestamp = toTimestamp(START_MS);
        const purge = await outbox.enqueue({ type: 'all', mode: 'soft' });
        expect((await outbox.claim(100)).events).toEqual([
          { id: expect.any(String), type: 'key', target: 'content:4', version: 1, timestamp, priority: 'normal' },
          { id: expect.any(String), type: 'key', target: 'content:4', version: 2, timestamp, priority: 'normal' },
          { id: expect.any(String), type: 'key', target: 'content:4', version: 3, mode: 'hard', timestamp, priority: 'high' },
          { id: purge, type: 'all', target: TARGET_ALL, mode: 'soft', timestamp, priority: 'high' },
        ]);
      }));

    it.runIf(takesSql).each([
      ['create', (contents: Contents) => contents.create(DRAFT)],
      ['update', (contents: Contents) => contents.update(1, { title: 'x' })],
      ['delete', (contents: Contents) => contents.delete(1)],
    ])('takes the %s back with it when it refuses its row', (_title, change) =>
      withStores(async ({ contents, outbox, database }) => {
        const before = await contents.list({ limit: 100, after: 0 });
        await database.execute('ALTER TABLE outbox ADD CONSTRAINT refuse_all CHECK (false)');
        await expect(change(contents)).rejects.toThrow(/refuse_all/);
        expect(await contents.list({ limit: 100, after: 0 })).toEqual(before);
        expect(await database.query('SELECT id FROM deleted_content')).toEqual([]);
        expect((await outbox.status()).pending).toBe(0);
      }),
    );

    it('is claimed from the oldest, and again until it is marked as sent', () =>
      withStores(async ({ outbox, clock }) => {
        const queued: string[] = [];
        for (const target of ['a', 'b', 'c']) queued.push(await outbox.enqueue({ type: 'key', target, mode: 'hard' }));
        clock.advance(250);
        expect(await outbox.status()).toEqual({ pending: 3, oldestAgeMs: 250 });
        const first = await outbox.claim(2);
        expect(first.events.map(({ id }) => id)).toEqual(queued.slice(0, 2));
        expect(await outbox.claim(2)).toEqual(first);
        await outbox.markSent(first.ids);
        expect((await outbox.claim(2)).events.map(({ id }) => id)).toEqual(queued.slice(2));
        expect((await outbox.status()).pending).toBe(1);
      }));

    // By number, not by text: '10' sorts before '9'.
    it('keeps its order past ten rows', () =>
      withStores(async ({ outbox }) => {
        const targets = Array.from({ length: 12 }, (_, at) => `key-${at}`);
        for (const target of targets) await outbox.enqueue({ type: 'key', target, mode: 'hard' });
        expect((await outbox.claim(100)).events.map(({ target }) => target)).toEqual(targets);
      }));

    it.runIf(takesSql)('drops what was sent more than an hour ago and nothing else', () =>
      withStores(async ({ outbox, clock, database }) => {
        for (const target of ['old', 'pending']) await outbox.enqueue({ type: 'key', target, mode: 'hard' });
        await outbox.markSent((await outbox.claim(1)).ids);
        clock.advance(HOUR_MS);
        await outbox.prune();
        expect(await database.query('SELECT target FROM outbox ORDER BY id')).toEqual([{ target: 'old' }, { target: 'pending' }]);
        clock.advance(1);
        await outbox.prune();
        expect(await database.query('SELECT target FROM outbox')).toEqual([{ target: 'pending' }]);
      }),
    );
  });

  describe(`the lock on ${name}`, () => {
    it('is held from its taking to its release, and can be taken again', () =>
      withDatabase(async (database) => {
        const lease = await database.tryLock(4_711);
        expect(lease?.held()).toBe(true);
        await lease?.release();
        const again = await database.tryLock(4_711);
        expect(again?.held()).toBe(true);
        await again?.release();
      }));

    it('has a session in which the outbox is claimed and marked', () =>
      withStores(async ({ database, outbox }) => {
        const lease = await database.tryLock(4_711);
        if (lease === undefined) throw new TypeError('expected the lock, which nobody holds');
        await outbox.enqueue({ type: 'key', target: 'content:1', mode: 'hard' });
        const { ids } = await outbox.through(lease).claim(10);
        expect(ids).toHaveLength(1);
        await outbox.through(lease).markSent(ids);
        expect((await outbox.claim(10)).ids).toEqual([]);
        await lease.release();
      }));
  });
}
