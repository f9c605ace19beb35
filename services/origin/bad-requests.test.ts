/** Wrong requests to the origin: each is refused with its documented status, and none of them reaches the database. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../runtime/clock.ts';
import { type HttpServer, LOOPBACK_HOSTS, serveHttp } from '../runtime/http.ts';
import { silentLogger } from '../runtime/log.ts';
import { drawSeed, systemRandom } from '../runtime/random.ts';
import { errorAnswer, exchange, type Got, type Sent } from '../runtime/testing/http.ts';
import { describeHttpContract } from '../runtime/testing/http-contract.ts';
import { Contents } from './contents.ts';
import type { Database } from './database/database.ts';
import { Outbox } from './outbox.ts';
import { Relay } from './relay.ts';
import { originRoutes } from './routes.ts';
import { BAD_FIELDS, BAD_IDS, DRAFT, PATH, post, purge, put } from './testing/bad-requests.ts';
import { createLog, openedDatabase, resetTables } from './testing/origin.ts';

const FUZZ_RUNS = 300;

const openDatabase = openedDatabase();
let server: HttpServer;
let queries: string[] = [];

/** Counts what goes through; the relay is not started, so every query is a request's own. */
function counted(database: Database): Database {
  return {
    query: (sql, parameters) => {
      queries.push(sql);
      return database.query(sql, parameters);
    },
    execute: (sql) => database.execute(sql),
    tryLock: (key) => database.tryLock(key),
    connected: () => database.connected(),
    close: () => database.close(),
  };
}

beforeAll(async () => {
  await resetTables(openDatabase());
  const database = counted(openDatabase());
  const shared = { database, clock: systemClock, random: systemRandom };
  const outbox = new Outbox(shared);
  const log = createLog();
  const relay = new Relay({ ...shared, outbox, log, logger: silentLogger });
  const routes = originRoutes({ database, contents: new Contents(shared), outbox, relay, log, clock: shared.clock });
  server = await serveHttp({ routes, allowedHosts: LOOPBACK_HOSTS, log: silentLogger, port: 0, host: '127.0.0.1' });
});
afterAll(() => server.close());
beforeEach(() => {
  queries = [];
});

const send = (sent: Sent): Promise<Got> => exchange(server.port, sent);
/** Everything the database holds. */
async function contentsOfDatabase(): Promise<unknown> {
  const read = (table: string) => openDatabase().query(`SELECT * FROM ${table} ORDER BY id`);
  return { content: await read('content'), deleted: await read('deleted_content'), outbox: await read('outbox') };
}

describe('a wrong request to the origin', () => {
  it.each(BAD_FIELDS)('is refused with 400 for %s, naming the field', async (_title, sent, field) => {
    const answer = await send(sent);
    const { code, error } = errorAnswer.parse(answer.json);
    expect({ status: answer.status, code }).toEqual({ status: 400, code: 'invalid_field' });
    expect(error.startsWith(`${field}: `), error).toBe(true);
    expect(queries).toEqual([]);
  });

  it.each(BAD_IDS.flatMap((id) => ['GET', 'PUT', 'DELETE'].map((method) => [method, id] as const)))(
    'is refused with 400: %s of id %s',
    async (method, id) => {
      const answer = await send({
        method,
        path: `${PATH}/${id}`,
        ...(method === 'PUT' ? { body: { title: 'x' } } : {}),
      });
      expect(answer.status).toBe(400);
      expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(/^id: /) });
      expect(queries).toEqual([]);
    },
  );

  it.each(['../x', '..%2f..', '1/2', '%2e%2e/1'])('finds nothing at the path %s', async (id) => {
    expect((await send({ path: `${PATH}/${id}` })).status).toBeOneOf([400, 404]);
    expect(queries).toEqual([]);
  });

  it.each([
    ['PUT', 2_147_483_647, { title: 'x' }],
    ['GET', 2_147_483_647, undefined],
    ['DELETE', 999, undefined],
  ])('is answered with 404 and version 0: %s of the id %i, never created', async (method, id, body) => {
    const answer = await send({ method, path: `${PATH}/${id}`, body });
    expect(answer.status).toBe(404);
    expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'not_found', version: 0 });
  });

  it('is answered with 409 for a slug that another content has', async () => {
    const answer = await send(post({ ...DRAFT, slug: 'getting-started' }));
    expect(answer.status).toBe(409);
    expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'duplicate_slug', error: expect.stringMatching(/^slug: /) });
  });

  it('leaves the database as it was, whatever the table above sends', async () => {
    const before = await contentsOfDatabase();
    for (const [, sent] of BAD_FIELDS) await send(sent);
    for (const id of BAD_IDS) await send(put({ title: 'x' }, id));
    for (const sent of [post({ ...DRAFT, slug: 'getting-started' }), put({ title: 'x' }, 999), { method: 'DELETE', path: `${PATH}/999` }])
      await send(sent);
    expect(await contentsOfDatabase()).toEqual(before);
  });

  it('never is an error of the server, whatever JSON it carries', async () => {
    const field = fc.constantFrom('title', 'slug', 'body', 'tags', 'metadata', 'type', 'target', 'mode', '__proto__');
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('key', 'all', 'hard', '\0', '\ud800'),
    );
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(field, value));
    const target = fc.constantFrom(
      { method: 'POST', path: PATH },
      { method: 'PUT', path: `${PATH}/2` },
      { method: 'POST', path: '/api/invalidate' },
    );
    await fc.assert(
      fc.asyncProperty(target, body, async (route, json) => {
        expect((await send({ ...route, body: JSON.stringify(json), headers: { 'content-type': 'application/json' } })).status).toBeLessThan(
          500,
        );
      }),
      { numRuns: FUZZ_RUNS, seed: drawSeed() },
    );
  });
});

describeHttpContract('the origin', () => ({
  port: server.port,
  readPath: `${PATH}/1`,
  bodyRoute: { method: 'PUT', path: `${PATH}/1` },
  writes: [
    { ...post(DRAFT), takesBody: true },
    { ...put({ title: 'x' }), takesBody: true },
    { method: 'DELETE', path: `${PATH}/1`, takesBody: false },
    { ...purge({ type: 'all' }), takesBody: true },
  ],
  listing: { path: PATH },
  allowed: {
    [PATH]: 'HEAD, POST, GET',
    [`${PATH}/1`]: 'HEAD, PUT, DELETE, GET',
    '/api/invalidate': 'POST',
    '/metrics': 'HEAD, GET',
    '/health': 'HEAD, GET',
  },
}));
