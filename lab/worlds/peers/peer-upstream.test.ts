/** The upstream between a client that asks like a cache, and the lab's own origin. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryLog } from '../../../services/log/memory.ts';
import { ORIGIN_SETTINGS } from '../../../services/origin/config.ts';
import { MemoryDatabase } from '../../../services/origin/database/memory.ts';
import { type Origin, startOrigin } from '../../../services/origin/origin.ts';
import { ASKED_HEADER, FETCH_HEADER, RUN_HEADER } from '../../../services/protocol/upstream-api.ts';
import { systemClock } from '../../../services/runtime/clock.ts';
import { readConfig } from '../../../services/runtime/config.ts';
import { silentLogger } from '../../../services/runtime/log.ts';
import { systemRandom } from '../../../services/runtime/random.ts';
import { Upstream } from '../../../services/upstream/upstream.ts';

const SHARED = { clock: systemClock, random: systemRandom };
const TIMES = { lifetimeMs: 3_600_000, missingMs: 5_000 };

let origin: Origin;
let upstream: Upstream;

beforeAll(async () => {
  const config = readConfig(ORIGIN_SETTINGS, { PORT: '0', DATABASE_URL: 'pglite:', KAFKA_BROKERS: 'memory:' });
  const ports = { database: new MemoryDatabase(SHARED), log: new MemoryLog({ ...SHARED, partitions: 1 }), logger: silentLogger, ...SHARED };
  origin = await startOrigin(config, ports);
  upstream = await Upstream.listen({ originUrl: `http://127.0.0.1:${origin.port}`, port: 0, host: '127.0.0.1', ...TIMES, ...SHARED });
});
afterAll(async () => {
  await upstream.close();
  await origin.close();
});

interface Got {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** `onBytes` hears of the body as it comes. */
function get(path: string, headers = {}, onBytes: (bytes: number) => void = () => {}, port = upstream.port): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asking = request({ port, host: '127.0.0.1', path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        onBytes(text.length);
      });
      answer.once('error', reject);
      answer.once('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    asking.once('error', reject);
    asking.end();
  });
}

const isOver = async (asked: Promise<unknown>) => {
  let over = false;
  void asked.then(() => {
    over = true;
  });
  // Whatever is on its way over loopback has come by then.
  await get('/api/content/3');
  return over;
};

describe('an upstream', () => {
  it('gives a content its lifetime, its tags and a stamp', async () => {
    const { status, headers, text } = await get('/api/content/1');
    expect([status, JSON.parse(text).data.version]).toEqual([200, 1]);
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=3600',
      etag: expect.any(String),
      xkey: expect.stringMatching(/^content-1 all /),
      'surrogate-key': headers['xkey'],
      [RUN_HEADER]: upstream.run,
      [FETCH_HEADER]: String(upstream.fetchesOf('/api/content/1').at(-1)?.number),
    });
    expect(Math.abs(Number(headers[ASKED_HEADER]) - systemClock.now())).toBeLessThan(60_000);
  });

  it('gives a 404 a lifetime of its own, and the tags of its key', async () => {
    const { status, headers } = await get('/api/content/4000');
    expect([status, headers['cache-control'], headers['xkey']]).toEqual([404, 'public, max-age=5', 'content-4000 all']);
  });

  it('answers a condition with a 304 that has the tags of the 200, unless it is told not to', async () => {
    const first = await get('/api/content/2');
    const condition = { 'if-none-match': String(first.headers['etag']) };
    const same = await get('/api/content/2', condition);
    expect([same.status, same.text, same.headers['xkey']]).toEqual([304, '', first.headers['xkey']]);
    upstream.set('/api/content/2', { untagged304: true, lifetimeMs: 1_000 });
    const untagged = await get('/api/content/2', condition);
    expect([untagged.status, untagged.headers['xkey'], untagged.headers['cache-control']]).toEqual([304, undefined, 'public, max-age=1']);
    expect(upstream.fetchesOf('/api/content/2').map(({ conditional, status }) => [conditional, status])).toEqual([
      [false, 200],
      [true, 304],
      [true, 304],
    ]);
  });

  it('holds one answer before its headers, and no other', async () => {
    const hold = upstream.hold('/api/content/1', 'head');
    const held = get('/api/content/1');
    expect(await hold.reached).toMatchObject({ path: '/api/content/1', status: 200, endedAt: undefined });
    expect(await isOver(held)).toBe(false);
    expect((await get('/api/content/1')).status).toBe(200);
    hold.release();
    expect((await held).status).toBe(200);
  });

  it('holds what was asked before a change: the old version is let go', async () => {
    const path = '/api/content/3';
    const hold = upstream.hold(path, 'head');
    const held = get(path);
    await hold.reached;
    const title = JSON.stringify({ title: 'changed' });
    await fetch(`http://127.0.0.1:${origin.port}${path}`, { method: 'PUT', body: title, headers: { 'content-type': 'application/json' } });
    hold.release();
    expect(JSON.parse((await held).text).data.version).toBe(1);
    expect(JSON.parse((await get(path)).text).data.version).toBe(2);
  });

  it('holds an answer in the middle of its body', async () => {
    const hold = upstream.hold('/api/content/1', 'body');
    let bytes = 0;
    const half = Promise.withResolvers<void>();
    const held = get('/api/content/1', {}, (so) => {
      bytes = so;
      half.resolve();
    });
    await Promise.all([hold.reached, half.promise]);
    expect(await isOver(held)).toBe(false);
    const whole = (await get('/api/content/1')).text;
    expect(bytes).toBe(whole.length >> 1);
    hold.release();
    expect((await held).text).toBe(whole);
    expect(upstream.fetchesOf('/api/content/1').at(-2)?.endedAt).toEqual(expect.any(Number));
  });

  it('lets pass whom a hold that was released did not reach', async () => {
    upstream.hold('/api/content/1', 'head').release();
    expect((await get('/api/content/1')).status).toBe(200);
  });

  it('passes on what is no content as it is, and counts none of it', async () => {
    expect((await get('/health')).headers).not.toHaveProperty(FETCH_HEADER);
    expect(upstream.fetchesOf('/health')).toEqual([]);
  });

  it('answers 502 while the origin is away', async () => {
    const alone = await Upstream.listen({ originUrl: 'http://127.0.0.1:9', port: 0, host: '127.0.0.1', ...TIMES, ...SHARED });
    expect((await get('/api/content/1', {}, () => {}, alone.port)).status).toBe(502);
    await alone.close();
  });
});
