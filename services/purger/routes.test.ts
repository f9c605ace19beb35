/** What a purger tells over HTTP, and what it takes: over real sockets, before a cache that a test answers for. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { writeOf } from '../edge/testing/kit.ts';
import { MemoryLog } from '../log/memory.ts';
import { edgeMetrics } from '../protocol/edge-api.ts';
import { waysOf } from '../protocol/purge-ways.ts';
import { purgerHealth, purgerMetrics } from '../protocol/purger-api.ts';
import { Asker } from '../runtime/asker.ts';
import { systemClock } from '../runtime/clock.ts';
import { readConfig } from '../runtime/config.ts';
import { serveHttp } from '../runtime/http.ts';
import { silentLogger } from '../runtime/log.ts';
import { withReleasers } from '../runtime/releasers.ts';
import { errorAnswer, exchange } from '../runtime/testing/http.ts';
import { askAt } from './ask.ts';
import { PURGER_SETTINGS } from './config.ts';
import { createPurger } from './create.ts';
import { MemoryStore } from './store.ts';

const TOKEN = 'a token of 16 b.';
const ADMIN = { authorization: `Bearer ${TOKEN}` } as const;
const WAIT = { timeout: 10_000, interval: 5 } as const;

class FullStore extends MemoryStore {
  override async writePositions(): Promise<void> {
    throw new Error('no space left');
  }
}

interface Served {
  readonly port: number;
  readonly log: MemoryLog;
  /** What the cache was asked. */
  readonly asked: IncomingMessage[];
  status: number;
}

function withServed(environment: Readonly<Record<string, string>>, use: (served: Served) => Promise<void>, store = new MemoryStore()) {
  return withReleasers(async (releasers) => {
    const served = { status: 200, asked: [] as IncomingMessage[] };
    const cache = createServer((request, response) => {
      served.asked.push(request);
      response.writeHead(served.status).end();
    });
    await new Promise<void>((resolve) => void cache.listen(0, '127.0.0.1', resolve));
    releasers.push(() => void cache.close());
    const config = readConfig(PURGER_SETTINGS, {
      REGION_NAME: 'eu-west',
      CACHE_URL: `http://127.0.0.1:${(cache.address() as AddressInfo).port}`,
      PURGES: '{"ok":[200],"hard":{"key":{"request":"PURGE /<id>","headers":{"x-secret":"s3cret"}}}}',
      POSITION_FILE: 'of no matter',
      KAFKA_BROKERS: 'memory:',
      ADMIN_TOKEN: TOKEN,
      ...environment,
    });
    const shared = { clock: systemClock, logger: silentLogger };
    const log = new MemoryLog({ ...shared, partitions: 1 });
    releasers.push(() => log.close());
    const asker = new Asker(systemClock);
    releasers.push(() => asker.close());
    const ask = askAt(asker, { url: config.CACHE_URL, deadlineMs: config.PURGE_DEADLINE });
    const purger = createPurger(config, { ways: waysOf(config.PURGES), ok: config.PURGES.ok, ask, log, store, ...shared });
    releasers.push(() => purger.close());
    const { routes } = purger;
    const server = await serveHttp({ routes, allowedHosts: ['127.0.0.1', 'localhost'], log: silentLogger, port: 0, host: '127.0.0.1' });
    releasers.push(() => server.close());
    purger.join();
    await use(Object.assign(served, { port: server.port, log }));
    await releasers.release();
  });
}

const metricsOf = async ({ port }: Served) => purgerMetrics.parse((await exchange(port, { path: '/metrics' })).json);
const healthOf = async ({ port }: Served) => purgerHealth.strict().parse((await exchange(port, { path: '/health' })).json);

describe('/metrics', () => {
  it('in JSON is of the shape of a purger, and of an edge', () =>
    withServed({}, async (served) => {
      await served.log.append([writeOf(7, 2), { key: 'content:8', value: 'no event', headers: {} }]);
      await expect.poll(async () => (await metricsOf(served)).log.lag, WAIT).toBe(0);
      const { json } = await exchange(served.port, { path: '/metrics' });
      const metrics = purgerMetrics.strict().parse(json);
      expect(edgeMetrics.parse(json)).toBeTruthy();
      expect(metrics).toMatchObject({
        region: 'eu-west',
        strategy: 'eager',
        purges: { sent: 3, taken: 3, refused: 0, unanswered: 0, widened: 0 },
        log: { connected: true, catchingUp: false, joins: 1, queued: 0, overdueMs: 0, unreadable: 1, applied: { 0: 1 } },
        metrics: { totalInvalidations: 2, eagerInvalidations: 2 },
      });
      expect(metrics.recent.map(({ type, target }) => `${type} ${target}`)).toEqual(['all *', 'key content:7']);
      expect(served.asked.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(['PURGE /7', 'PURGE /7', 'PURGE /8']);
      expect(served.asked[0]?.headers['x-secret']).toBe('s3cret');
    }));

  it('in text can be scraped: each metric once, with help and type, and samples of numbers', () =>
    withServed({}, async (served) => {
      await served.log.append([writeOf(7, 2)]);
      await expect.poll(async () => (await metricsOf(served)).log.lag, WAIT).toBe(0);
      const { text, headers } = await exchange(served.port, { path: '/metrics', headers: { accept: 'text/plain' } });
      expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
      const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      for (const sample of samples) expect(sample).toMatch(/^edgesync_purger_[a-z_]+\{(\w+="[\w-]+",?)+\} -?\d+(\.\d+)?(e-?\d+)?$/);
      const told = [...text.matchAll(/^# TYPE (\S+) (?:counter|gauge)$/gm)].map(([, name]) => name);
      expect(new Set(told).size).toBe(told.length);
      expect(new Set(samples.map((sample) => sample.split('{')[0]))).toEqual(new Set(told));
      expect(text).toContain('edgesync_purger_purges_total{outcome="taken",region="eu-west"} 1\n');
    }));
});

describe('/health', () => {
  it('is ok, degraded while a purge is overdue, and ok again', () =>
    withServed({}, async (served) => {
      const ok = { status: 'ok', region: 'eu-west', log: 'connected', cache: 'takes purges', positions: 'stored' };
      await expect.poll(() => healthOf(served), WAIT).toEqual(ok);
      served.status = 503;
      await served.log.append([writeOf(7, 2)]);
      await expect.poll(() => healthOf(served), WAIT).toEqual({ ...ok, status: 'degraded', cache: 'overdue' });
      served.status = 200;
      await expect.poll(() => healthOf(served), WAIT).toEqual(ok);
    }));

  it('is degraded where the log does not answer', () =>
    withServed({}, async (served) => {
      await served.log.close();
      expect(await healthOf(served)).toMatchObject({ status: 'degraded', log: 'disconnected' });
    }));

  it('is degraded where it could not store how far it has come', () =>
    withServed(
      {},
      async (served) => {
        await served.log.append([writeOf(7, 2)]);
        await expect.poll(() => healthOf(served), WAIT).toMatchObject({ status: 'degraded', positions: 'not stored' });
      },
      new FullStore(),
    ));
});

describe('/admin/config', () => {
  it.each([undefined, 'Bearer another', TOKEN, `Basic ${TOKEN}`])('refuses %j, and changes nothing', (authorization) =>
    withServed({}, async ({ port }) => {
      const headers = authorization === undefined ? {} : { authorization };
      for (const method of ['GET', 'PUT']) {
        const answer = await exchange(port, {
          method,
          path: '/admin/config',
          headers,
          body: method === 'PUT' ? { strategy: 'lazy' } : undefined,
        });
        expect([answer.status, errorAnswer.parse(answer.json).code]).toEqual([401, 'unauthorized']);
      }
      expect((await exchange(port, { path: '/admin/config', headers: ADMIN })).json).toMatchObject({ data: { strategy: 'eager' } });
    }),
  );

  it('is closed to everybody where no token is set', () =>
    withServed({ ADMIN_TOKEN: '' }, async ({ port }) => {
      expect((await exchange(port, { path: '/admin/config', headers: { authorization: 'Bearer ' } })).status).toBe(403);
    }));

  it('changes the delay of what is queued', () =>
    withServed({ PROPAGATION_DELAY: '600000' }, async (served) => {
      await served.log.append([writeOf(7, 2)]);
      await expect.poll(async () => (await metricsOf(served)).log.queued, WAIT).toBe(1);
      expect(served.asked).toEqual([]);
      const change = { method: 'PUT', path: '/admin/config', headers: ADMIN } as const;
      expect((await exchange(served.port, { ...change, body: { propagationDelayMs: -1 } })).status).toBe(400);
      expect((await exchange(served.port, { ...change, body: { freshnessLeaseMs: 10_000 } })).json).toMatchObject({
        code: 'invalid_field',
        error: 'freshnessLeaseMs: expected none, for a purger calls nothing fresh',
      });
      const { json } = await exchange(served.port, { ...change, body: { propagationDelayMs: 0 } });
      expect(json).toEqual({ success: true, data: { propagationDelayMs: 0, strategy: 'eager' } });
      await expect.poll(() => served.asked.length, WAIT).toBe(1);
    }));
});
